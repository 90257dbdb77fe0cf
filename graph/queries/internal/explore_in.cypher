/* What points at a node. */
MATCH (n:__A__ {id: $id})<-[r]-(m)
WHERE type(r) IN $types
RETURN DISTINCT type(r) AS type, labels(m)[0] + ':' + m.id AS key
ORDER BY type, key
LIMIT $most
