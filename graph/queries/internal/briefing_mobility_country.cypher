/* Missions, stays and recruits of one country, of every level. */
MATCH (:Country {id: $id})<-[m:MOBILITY_TO]-(body)
RETURN labels(body)[0] AS level, body.id AS body, body.name AS name, body.acronym AS acronym, m.year AS year,
       m.missions AS missions, m.stays AS stays, m.recruits AS recruits, m.note AS note
ORDER BY year DESC, level, body, m.record
