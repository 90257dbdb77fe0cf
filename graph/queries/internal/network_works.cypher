/* Joint works of one lab and one institution in a span of years. */
MATCH (l:Lab)-[c:COPUBLISHES_WITH]->(i:Institution)
RETURN l.id AS lab, i.id AS institution, c.year_from AS first, c.year_to AS last,
       c.full_count AS full, c.fractional_count AS fractional
