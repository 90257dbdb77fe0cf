/* Every published participation: who, in what, as what, with how much. */
MATCH (i:Institution)-[r:PARTICIPATES_IN]->(p:Project)
RETURN 'Institution:' + i.id AS actor, 'Project:' + p.id AS event, r.role AS role, r.contribution_eur AS contribution
