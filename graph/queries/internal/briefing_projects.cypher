/* For given projects: the CNRS's roles and the programmes they are funded under. */
UNWIND $projects AS wanted
MATCH (p:Project {id: wanted})<-[t:PARTICIPATES_IN]-(:Institution {id: $cnrs})
WITH p, t.role AS role ORDER BY role
WITH p, collect(role) AS roles
OPTIONAL MATCH (p)-[:FUNDED_UNDER]->(g:Programme)
WITH p, roles, g.id AS programme ORDER BY programme
RETURN p.id AS project, roles, p.start_date AS start_date, p.end_date AS end_date, collect(DISTINCT programme) AS programmes
ORDER BY project
