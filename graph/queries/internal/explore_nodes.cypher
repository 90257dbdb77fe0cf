/* Nodes of one kind by id. */
MATCH (n:__A__) WHERE n.id IN $ids RETURN n
