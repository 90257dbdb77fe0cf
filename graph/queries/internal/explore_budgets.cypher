/* Every project's dates and the EU contribution to the whole of it. */
MATCH (p:Project)
RETURN 'Project:' + p.id AS event, toString(p.start_date) AS start, toString(p.end_date) AS end,
       p.ec_contribution_eur AS budget
