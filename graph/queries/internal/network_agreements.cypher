/* Agreements with their names, years, distinct parties (node keys), hosts and programmes. An institute of the CNRS is the CNRS. */
MATCH (a:Agreement)
OPTIONAL MATCH (party)-[:PARTY_TO]->(a) WHERE party:Institution OR party:Lab
WITH a, collect(DISTINCT CASE WHEN party:Lab THEN 'Lab:' + party.id ELSE 'Institution:' + party.id END) AS members
OPTIONAL MATCH (a)-[:HOSTED_IN]->(c:Country)
WITH a, members, collect(DISTINCT c.id) AS hosts
OPTIONAL MATCH (a)-[:FUNDED_UNDER]->(g:Programme)
RETURN a.id AS id, a.name AS name, a.acronym AS acronym, a.instrument AS instrument, a.year_start AS first,
       a.year_end AS last, members, hosts, collect(DISTINCT g.id) AS programmes
