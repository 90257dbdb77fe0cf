/* Every snapshot with its source. */
MATCH (s:Snapshot)-[:PART_OF]->(src:Source)
RETURN s.id AS snapshot, s.date AS date, s.dated AS dated, src.name_en AS name_en, src.name_fr AS name_fr,
       src.publisher_en AS publisher_en, src.publisher_fr AS publisher_fr, src.licence_en AS licence_en,
       src.licence_fr AS licence_fr, src.coverage_en AS coverage_en, src.coverage_fr AS coverage_fr
ORDER BY snapshot
