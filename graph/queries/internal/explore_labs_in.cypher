/* CNRS units with their place in a country. */
MATCH (l:Lab)-[:LOCATED_IN]->(:Country {id: $id})
WHERE l.year_closed IS NULL
RETURN 'Lab:' + l.id AS key
ORDER BY key
