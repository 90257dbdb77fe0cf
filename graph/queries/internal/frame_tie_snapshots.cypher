/* Which snapshot each kind of tie comes from, projects by framework programme. */
MATCH (p:Project) RETURN DISTINCT 'projects' AS tie, p.framework AS framework, p.snapshot AS snapshot
UNION ALL
MATCH (a:Agreement) RETURN DISTINCT 'agreements' AS tie, '' AS framework, a.snapshot AS snapshot
UNION ALL
MATCH (:Lab)-[r:COPUBLISHES_WITH]->(:Institution)
RETURN DISTINCT 'copublications' AS tie, '' AS framework, r.snapshot AS snapshot
