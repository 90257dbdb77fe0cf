/* Programmes with both names and code. */
MATCH (p:Programme) RETURN p.id AS id, p.name_fr AS name_fr, p.name_en AS name_en
