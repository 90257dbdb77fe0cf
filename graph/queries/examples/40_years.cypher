/*
title: {fr: Projets avec l'Allemagne par année de début, en: Projects with Germany by starting year}
*/
MATCH (:Country {id: 'DE'})<-[:LOCATED_IN]-(:Institution)-[:PARTICIPATES_IN]->(p:Project)
WHERE p.start_date IS NOT NULL
RETURN p.start_date.year AS year, count(DISTINCT p) AS projects
ORDER BY year
