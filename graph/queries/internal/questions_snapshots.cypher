/* Every snapshot beside its source. */
MATCH (n:Snapshot)-[:PART_OF]->(s:Source)
RETURN n.id AS snapshot, n.date AS date, n.dated AS dated, n.checksum AS checksum, n.rows AS rows, n.used AS used,
       n.ignored AS ignored, n.rejected AS rejected, s.id AS source, s.name_en AS name_en, s.name_fr AS name_fr,
       s.publisher_en AS publisher_en, s.publisher_fr AS publisher_fr, s.licence_en AS licence_en,
       s.licence_fr AS licence_fr, s.url AS url, s.coverage_en AS coverage_en, s.coverage_fr AS coverage_fr
ORDER BY source, date
