MATCH (n:Project {id: $id})
RETURN n.id AS id
