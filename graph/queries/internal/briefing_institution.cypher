/* The institution a briefing is about, with the country of its seat. */
MATCH (i:Institution {id: $id})
OPTIONAL MATCH (i)-[:LOCATED_IN]->(c:Country)
RETURN i.id AS id, i.name AS name, i.acronym AS acronym, i.city AS city, c.id AS country,
       c.name_en AS country_en, c.name_fr AS country_fr
