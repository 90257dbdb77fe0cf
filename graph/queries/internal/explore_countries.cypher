/* Where countries lie, and their names. */
MATCH (c:Country)
RETURN c.id AS id, c.name_fr AS name_fr, c.name_en AS name_en, c.latitude AS latitude, c.longitude AS longitude
