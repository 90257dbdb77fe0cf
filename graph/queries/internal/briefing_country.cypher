/* The country a briefing is about. */
MATCH (c:Country {id: $id})
OPTIONAL MATCH (c)-[:LOCATED_IN]->(r:Region)
RETURN c.id AS id, c.name_en AS name_en, c.name_fr AS name_fr, collect(r.name_en) AS regions
