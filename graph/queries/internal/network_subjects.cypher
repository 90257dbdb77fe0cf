/* A project (node key) and a field of science it is about. */
MATCH (p:Project)-[:ABOUT]->(f:Topic)
RETURN DISTINCT 'Project:' + p.id AS event, f.id AS topic
