/* Every participation, but the CNRS's, in the projects of one institution with the CNRS. */
MATCH (:Institution {id: $id})-[:PARTICIPATES_IN]->(p:Project)
WHERE EXISTS { (p)<-[:PARTICIPATES_IN]-(:Institution {id: $cnrs}) }
WITH DISTINCT p
MATCH (i:Institution)-[t:PARTICIPATES_IN]->(p)
WHERE i.id <> $cnrs
RETURN i.id AS institution, i.name AS name, i.acronym AS acronym, i.city AS city, i.country AS country,
       i.latitude AS latitude, i.longitude AS longitude, p.id AS project, p.framework AS framework, t.role AS role,
       t.contribution_eur AS gross, t.net_contribution_eur AS net
ORDER BY institution, project, t.record
