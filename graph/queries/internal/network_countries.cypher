/* Countries by code. */
MATCH (c:Country) RETURN c.id AS id, c.name_en AS name
