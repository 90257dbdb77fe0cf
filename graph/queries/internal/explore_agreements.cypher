/* Facts of some agreements for the evidence behind a tie, with who says so. */
MATCH (a:Agreement) WHERE a.id IN $ids
RETURN a.id AS id, a.name AS name, a.acronym AS acronym, a.instrument AS instrument, a.year_start AS start,
       a.year_end AS end, a.dates_note AS note, a.verification AS verification, a.url AS url, a.source AS source,
       a.snapshot AS snapshot, a.record AS record
