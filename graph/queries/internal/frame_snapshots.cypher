/* Every snapshot with its source's title and date. */
MATCH (n:Snapshot)
OPTIONAL MATCH (n)-[:PART_OF]->(s:Source)
RETURN n.id AS id, s.name_fr AS name_fr, s.name_en AS name_en, n.date AS date, n.dated AS dated
ORDER BY id
