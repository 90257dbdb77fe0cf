/* Countries and regions, each with the region above it. */
MATCH (c:Country)
OPTIONAL MATCH (c)-[:LOCATED_IN]->(above:Region)
RETURN c.id AS child, above.id AS parent
UNION ALL
MATCH (r:Region)
OPTIONAL MATCH (r)-[:PART_OF]->(above:Region)
RETURN r.id AS child, above.id AS parent
