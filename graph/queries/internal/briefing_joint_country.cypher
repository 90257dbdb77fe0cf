/* Every participation of the country's institutions in projects with the CNRS, one row a published row. */
MATCH (:Country {id: $id})<-[:LOCATED_IN]-(i:Institution)-[t:PARTICIPATES_IN]->(p:Project)
WHERE i.id <> $cnrs AND EXISTS { (p)<-[:PARTICIPATES_IN]-(:Institution {id: $cnrs}) }
RETURN i.id AS institution, i.name AS name, i.acronym AS acronym, i.city AS city, i.country AS country,
       i.latitude AS latitude, i.longitude AS longitude, p.id AS project, p.framework AS framework, t.role AS role,
       t.contribution_eur AS gross, t.net_contribution_eur AS net
ORDER BY institution, project, t.record
