/* Facts of some projects for the evidence behind a tie, with who says so. */
MATCH (p:Project) WHERE p.id IN $ids
RETURN p.id AS id, p.name AS name, p.framework AS framework, p.grant AS grant, toString(p.start_date) AS start,
       toString(p.end_date) AS end, p.ec_contribution_eur AS contribution, p.scheme AS scheme, p.source AS source,
       p.snapshot AS snapshot, p.record AS record
