/* What the joint works cover: labs and years, by source. */
MATCH (l:Lab)-[t:COPUBLISHES_WITH]->(:Institution)
WITH t.source AS source, l.id AS lab, min(t.year_from) AS since, max(t.year_to) AS until
ORDER BY source, lab
RETURN source, collect(lab) AS labs, min(since) AS year_from, max(until) AS year_to
ORDER BY source
