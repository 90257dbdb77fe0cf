MATCH (n:Institution {id: $id})
RETURN n.id AS id
