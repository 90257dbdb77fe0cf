/* Which snapshot says what: each framework programme, agreements, joint works, published figures, visits, mobility, status. */
MATCH (p:Project) RETURN DISTINCT p.framework AS what, p.snapshot AS snapshot
UNION
MATCH (a:Agreement) RETURN DISTINCT 'agreements' AS what, a.snapshot AS snapshot
UNION
MATCH (f:Figure) RETURN DISTINCT 'figures' AS what, f.snapshot AS snapshot
UNION
MATCH (:Lab)-[t:COPUBLISHES_WITH]->(:Institution) RETURN DISTINCT 'copublications' AS what, t.snapshot AS snapshot
UNION
MATCH (e:Event)<-[:VISITED]-() RETURN DISTINCT 'visits' AS what, e.snapshot AS snapshot
UNION
MATCH (:Country)<-[m:MOBILITY_TO]-() RETURN DISTINCT 'mobility' AS what, m.snapshot AS snapshot
UNION
MATCH (:Country)-[s:HAS_STATUS_IN]->(:Programme {id: 'HORIZON'}) RETURN DISTINCT 'standing' AS what, s.snapshot AS snapshot
