/* Every snapshot beside its source. */
MATCH (n:Snapshot)-[:PART_OF]->(s:Source)
RETURN n.id AS snapshot, n.date AS date, n.checksum AS checksum, n.rows AS rows, n.used AS used,
       n.ignored AS ignored, n.rejected AS rejected, s.id AS source, s.name AS name, s.publisher AS publisher,
       s.licence AS licence, s.url AS url, s.coverage_en AS coverage_en, s.coverage_fr AS coverage_fr
ORDER BY name, date
