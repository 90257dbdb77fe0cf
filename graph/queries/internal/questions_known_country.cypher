MATCH (n:Country {id: $id})
RETURN n.id AS id
