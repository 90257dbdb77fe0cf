/* Joint works of labs and institutions, with who says so. */
MATCH (l:Lab)-[r:COPUBLISHES_WITH]->(i:Institution)
WHERE l.id IN $labs AND i.id IN $institutions
RETURN l.id AS lab, l.name AS lab_name, i.id AS institution, i.name AS institution_name, r.year_from AS start,
       r.year_to AS end, r.full_count AS works, r.source AS source, r.snapshot AS snapshot, r.record AS record
