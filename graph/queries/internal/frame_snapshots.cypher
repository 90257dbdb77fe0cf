/* Every snapshot with its source's title and date. */
MATCH (n:Snapshot)
OPTIONAL MATCH (n)-[:PART_OF]->(s:Source)
RETURN n.id AS id, s.name AS name, n.date AS date
ORDER BY id
