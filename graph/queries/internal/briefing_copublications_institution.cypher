/* Joint works of each lab with one institution. */
MATCH (i:Institution {id: $id})<-[t:COPUBLISHES_WITH]-(l:Lab)
RETURN l.id AS lab, l.name AS name, l.acronym AS acronym, i.id AS institution, i.name AS institution_name,
       sum(t.full_count) AS works, min(t.year_from) AS year_from, max(t.year_to) AS year_to
ORDER BY works DESC, lab, institution
