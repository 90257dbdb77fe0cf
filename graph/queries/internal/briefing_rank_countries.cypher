/* Countries but France by distinct projects of one framework programme with the CNRS. */
MATCH (:Institution {id: $cnrs})-[:PARTICIPATES_IN]->(p:Project {framework: $framework})
WITH DISTINCT p
MATCH (p)<-[:PARTICIPATES_IN]-(i:Institution)-[:LOCATED_IN]->(c:Country)
WHERE c.id <> 'FR'
RETURN c.id AS id, count(DISTINCT p) AS projects
ORDER BY projects DESC, id
