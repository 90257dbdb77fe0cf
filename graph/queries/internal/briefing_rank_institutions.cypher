/* Institutions but the CNRS by distinct projects of one framework programme with it. */
MATCH (:Institution {id: $cnrs})-[:PARTICIPATES_IN]->(p:Project {framework: $framework})
WITH DISTINCT p
MATCH (p)<-[:PARTICIPATES_IN]-(i:Institution)
WHERE i.id <> $cnrs
RETURN i.id AS id, count(DISTINCT p) AS projects
ORDER BY projects DESC, id
