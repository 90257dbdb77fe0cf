/* A project and a lab with a part in it, both as node keys. */
MATCH (l:Lab)-[:PARTICIPATES_IN]->(p:Project)
RETURN DISTINCT 'Project:' + p.id AS event, 'Lab:' + l.id AS lab
