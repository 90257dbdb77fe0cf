/* How the country stands to each framework programme, in each period on record. */
MATCH (:Country {id: $id})-[s:HAS_STATUS_IN]->(g:Programme)
RETURN g.id AS programme, s.status AS status, s.scope AS scope, s.start_date AS start_date, s.end_date AS end_date
ORDER BY programme, start_date, scope, status
