/* The regions, their names and levels. */
MATCH (r:Region)
RETURN r.id AS id, r.name_fr AS name_fr, r.name_en AS name_en, r.level AS level
