/* Every institution and lab; those without a tie are dropped on reading. */
MATCH (i:Institution) RETURN 'Institution' AS label, i.id AS id, i.name AS name, i.country AS country
UNION ALL
MATCH (l:Lab) RETURN 'Lab' AS label, l.id AS id, l.name AS name, l.country AS country
