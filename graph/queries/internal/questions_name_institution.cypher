MATCH (n:Institution {id: $id})
RETURN n.name AS name, n.country AS country
