MATCH (n:Lab {id: $id})
RETURN n.id AS id
