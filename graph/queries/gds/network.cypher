/* The network of a scope as a graph inside a Neo4j server with Graph Data Science: the ties and weights of
   graph.network.projection, drawn from the events that scope holds. Joint works of a lab and an institution are an
   event of these two. Each actor's ties are added up before the next actor's, so that no more is held than one's. */
CALL () {
  CALL () {
    UNWIND $projects AS id
    MATCH (e:Project {id: id})
    CALL (e) {
      MATCH (m:Institution)-[:PARTICIPATES_IN]->(e) RETURN collect(DISTINCT m) AS members
    }
    RETURN members
    UNION ALL
    UNWIND $agreements AS id
    MATCH (e:Agreement {id: id})
    CALL (e) {
      CALL (e) {
        MATCH (m:Institution|Lab)-[:PARTY_TO]->(e) RETURN m
        UNION
        MATCH (m:Institution {id: $cnrs}) RETURN m
      }
      RETURN collect(m) AS members
    }
    RETURN members
  }
  WITH members, toFloat(size(members)) AS d
  WITH [m IN members WHERE $include_cnrs OR m.id <> $cnrs] AS members,
       CASE WHEN d < 2 OR $weighting = 'full' THEN 1.0 WHEN $weighting = 'newman' THEN 1 / (d - 1) ELSE 1 / d END AS weight
  UNWIND members AS a
  RETURN a, {members: members, weight: weight} AS event
  UNION ALL
  UNWIND $works AS work
  MATCH (l:Lab {id: work.lab})
  MATCH (i:Institution {id: work.institution})
  UNWIND [l, i] AS a
  RETURN a, {members: [l, i], weight: work.weight} AS event
}
WITH a, collect(event) AS events
OPTIONAL CALL (a, events) {
  UNWIND events AS event
  UNWIND event.members AS b
  WITH a, b, event.weight AS w
  WHERE elementId(a) < elementId(b)
  RETURN b, sum(w) AS weight
}
WITH a, b, weight
WHERE $places IS NULL OR a.country IN $places OR b.country IN $places
RETURN gds.graph.project(
  $graph, a, b,
  CASE WHEN b IS NULL THEN null ELSE {relationshipProperties: {weight: weight, length: $unit / weight}} END,
  {undirectedRelationshipTypes: ['*']}
)
