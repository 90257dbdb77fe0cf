/*
id: partners_of_country
order: 30
title:
  fr: Partenaires du CNRS dans un pays, par projets communs
  en: Partners of the CNRS in a country, by joint projects
description:
  fr: >-
    Les institutions ayant leur siège dans le pays et participant à au moins un projet européen avec le CNRS. Les
    dates sont celles des projets datés ; le 7e programme-cadre (FP7) est publié ici sans dates.
  en: >-
    The institutions with their seat in the country that take part in at least one EU project with the CNRS. Dates are
    those of dated projects; FP7 is published here without dates.
roles: [strategist, officer]
parameters:
  - name: country
    type: country
    default: JP
    label: {fr: Pays, en: Country}
  - name: programme
    type: programme
    required: false
    label: {fr: Programme (et ses parties), en: Programme (and its parts)}
columns:
  - {name: institution_id, type: id, kind: Institution, heading: {fr: Identifiant, en: Identifier}}
  - {name: institution, heading: {fr: Institution, en: Institution}}
  - {name: city, heading: {fr: Ville, en: City}}
  - {name: joint_projects, type: number, heading: {fr: Projets communs, en: Joint projects}}
  - {name: first_start, type: date, heading: {fr: Premier début connu, en: First known start}}
  - {name: last_end, type: date, heading: {fr: Dernière fin connue, en: Last known end}}
*/
MATCH (:Country {id: $country})<-[:LOCATED_IN]-(i:Institution)-[:PARTICIPATES_IN]->(p:Project)
      <-[:PARTICIPATES_IN]-(:Institution {id: 'ror:02feahw73'})
WHERE i.id <> 'ror:02feahw73'
  AND ($programme IS NULL OR p.framework = $programme
   OR EXISTS { (p)-[:FUNDED_UNDER]->(:Programme)-[:PART_OF*0..6]->(:Programme {id: $programme}) })
RETURN i.id AS institution_id, i.name AS institution, i.city AS city, count(DISTINCT p) AS joint_projects,
       min(p.start_date) AS first_start, max(p.end_date) AS last_end
ORDER BY joint_projects DESC, institution, institution_id
