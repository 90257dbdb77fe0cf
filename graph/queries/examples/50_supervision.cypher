/*
title: {fr: Tutelles qui partagent le plus de laboratoires avec le CNRS, en: Supervising bodies with the most CNRS labs}
*/
MATCH (l:Lab)-[:SUPERVISED_BY]->(i:Institution)
WHERE i.id <> 'ror:02feahw73'
RETURN i.name AS institution, i.country AS country, count(DISTINCT l) AS labs
ORDER BY labs DESC
LIMIT 30
