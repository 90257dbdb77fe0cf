MATCH (n:Project {id: $id})
RETURN n.name AS name, null AS country
