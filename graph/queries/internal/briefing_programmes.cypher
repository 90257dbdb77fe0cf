/* The tree of programmes. */
MATCH (g:Programme)
OPTIONAL MATCH (g)-[:PART_OF]->(up:Programme)
RETURN g.id AS id, up.id AS parent, g.name_en AS name_en, g.name_fr AS name_fr
ORDER BY id
