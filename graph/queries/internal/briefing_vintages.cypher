/* Which snapshot says what: each framework programme, agreements, joint works, published figures. */
MATCH (p:Project) RETURN DISTINCT p.framework AS what, p.snapshot AS snapshot
UNION
MATCH (a:Agreement) RETURN DISTINCT 'agreements' AS what, a.snapshot AS snapshot
UNION
MATCH (f:Figure) RETURN DISTINCT 'figures' AS what, f.snapshot AS snapshot
UNION
MATCH (:Lab)-[t:COPUBLISHES_WITH]->(:Institution) RETURN DISTINCT 'copublications' AS what, t.snapshot AS snapshot
