/* The programme tree: each programme and the one above it. */
MATCH (p:Programme)
OPTIONAL MATCH (p)-[:PART_OF]->(above:Programme)
RETURN p.id AS child, above.id AS parent
