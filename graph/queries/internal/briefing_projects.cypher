/* For given projects: the CNRS's roles and the programmes they are funded under. */
UNWIND $projects AS wanted
MATCH (p:Project {id: wanted})<-[t:PARTICIPATES_IN]-(:Institution {id: $cnrs})
WITH p, collect(t.role) AS roles
OPTIONAL MATCH (p)-[:FUNDED_UNDER]->(g:Programme)
RETURN p.id AS project, roles, p.start_date AS start_date, p.end_date AS end_date, collect(DISTINCT g.id) AS programmes
