MATCH (n:Institution)
WHERE $id IN n.identifiers
RETURN n.id AS id
ORDER BY id LIMIT 1
