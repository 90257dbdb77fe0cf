/* Every country by both names: to read a name typed by a person, and to suggest. */
MATCH (c:Country)
RETURN c.id AS id, c.iso3 AS iso3, c.name_en AS name_en, c.name_fr AS name_fr
ORDER BY id
