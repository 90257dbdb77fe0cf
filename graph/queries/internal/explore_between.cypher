/* Every relationship between two nodes, with its properties and who says so. */
MATCH (a:__A__ {id: $a})-[r]-(b:__B__ {id: $b})
RETURN type(r) AS type, properties(r) AS properties
ORDER BY type, r.record
