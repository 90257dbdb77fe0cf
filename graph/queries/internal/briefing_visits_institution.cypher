/* Visits the institution took part in, one row for each visitor. */
MATCH (:Institution {id: $id})-[:VISITED]->(e:Event)
WITH DISTINCT e
MATCH (visitor)-[t:VISITED]->(e)
OPTIONAL MATCH (e)-[:HOSTED_IN]->(host:Country)
RETURN e.id AS id, e.start_date AS start_date, e.end_date AS end_date, e.city AS city, e.purpose AS purpose,
       e.commitments AS commitments, e.follow_up AS follow_up, e.follow_up_due AS due, e.follow_up_state AS state,
       host.id AS host, labels(visitor)[0] AS visitor_label, visitor.id AS visitor, visitor.name AS visitor_name,
       visitor.acronym AS visitor_acronym, t.source_name AS source_name
ORDER BY id, visitor_label, visitor, t.record
