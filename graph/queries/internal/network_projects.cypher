/* Projects with their years, distinct participants (node keys) and programmes; one row each, lists for speed over Bolt. */
MATCH (p:Project)
OPTIONAL MATCH (i:Institution)-[:PARTICIPATES_IN]->(p)
WITH p, collect(DISTINCT 'Institution:' + i.id) AS members
OPTIONAL MATCH (p)-[:FUNDED_UNDER]->(g:Programme)
RETURN p.id AS id, substring(toString(p.start_date), 0, 4) AS first, substring(toString(p.end_date), 0, 4) AS last,
       members, collect(DISTINCT g.id) AS programmes
