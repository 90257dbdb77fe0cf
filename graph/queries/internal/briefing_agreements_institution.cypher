/* Agreements the institution is a party to, with every party as the source names it. */
MATCH (:Institution {id: $id})-[:PARTY_TO]->(a:Agreement)
WITH DISTINCT a
OPTIONAL MATCH (party)-[t:PARTY_TO]->(a)
RETURN a.id AS id, a.name AS name, a.acronym AS acronym, a.instrument AS instrument, a.code AS code,
       a.year_start AS year_start, a.year_end AS year_end, a.dates_note AS dates_note,
       a.dates_conflict AS dates_conflict, a.city AS city, a.verification AS verification,
       labels(party)[0] AS party_label, party.id AS party, party.name AS party_name, party.country AS party_country,
       t.source_name AS source_name
ORDER BY id, party_label, t.record, party
