/* Regions with both names, the world left out: it is no restriction. */
MATCH (r:Region) WHERE r.level > 0 RETURN r.id AS id, r.name_fr AS name_fr, r.name_en AS name_en
