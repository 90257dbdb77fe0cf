/* Every snapshot with its source. */
MATCH (s:Snapshot)-[:PART_OF]->(src:Source)
RETURN s.id AS snapshot, s.date AS date, src.name AS name, src.publisher AS publisher, src.licence AS licence,
       src.coverage_en AS coverage_en, src.coverage_fr AS coverage_fr
