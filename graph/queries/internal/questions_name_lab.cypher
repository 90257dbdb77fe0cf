MATCH (n:Lab {id: $id})
RETURN n.name AS name, n.country AS country
