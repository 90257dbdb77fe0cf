MATCH (n:Institution)
WHERE $id IN n.identifiers
RETURN n.id AS id
LIMIT 1
