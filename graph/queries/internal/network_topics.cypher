/* The tree of fields of science. */
MATCH (f:Topic)
OPTIONAL MATCH (f)-[:PART_OF]->(above:Topic)
RETURN f.id AS topic, above.id AS parent, f.name_en AS name
