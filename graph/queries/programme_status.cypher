/*
id: programme_status
order: 105
title:
  fr: Statut des pays dans un programme-cadre
  en: Status of countries in a framework programme
description:
  fr: >-
    États membres, pays associés ou candidats et territoires d'un programme-cadre, avec la période et, si l'association
    s'y limite, la partie du programme ; un pays sans ligne n'a pas de statut connu ici. Une date absente n'est pas connue,
    ou le statut vaut pour tout le programme. À côté, les projets du programme entier, en toute période, où le CNRS et
    une institution du pays participent ; leur nombre est inconnu quand aucun projet du programme n'est chargé.
  en: >-
    Member states, associated or candidate countries and territories of a framework programme, with the period and,
    where the association is limited to one, the part of the programme; a country without a row has no status known here. A
    missing date is not known, or the status holds for the whole programme. Beside it, the projects of the whole
    programme, in any period, in which the CNRS and an institution of the country take part; their number is unknown
    where no project of the programme is loaded.
roles: [strategist, officer, analyst]
parameters:
  - name: programme
    type: programme
    default: HORIZON
    required: false
    label: {fr: "Programme-cadre (FP7, H2020 ou HORIZON)", en: "Framework programme (FP7, H2020 or HORIZON)"}
  - name: country
    type: country
    required: false
    label: {fr: Pays, en: Country}
columns:
  - {name: country_id, type: country, heading: {fr: Pays, en: Country}}
  - {name: framework, heading: {fr: Programme-cadre, en: Framework programme}}
  - {name: status, type: words, heading: {fr: Statut, en: Status}}
  - {name: scope, heading: {fr: Code de la partie, en: Code of the part}}
  - {name: scope_fr, language: fr, heading: {fr: Limité à la partie, en: Limited to the part (French)}}
  - {name: scope_en, language: en, heading: {fr: Limité à la partie (anglais), en: Limited to the part}}
  - {name: start_date, type: date, heading: {fr: Depuis, en: From}}
  - {name: end_date, type: date, heading: {fr: Jusqu'au, en: Until}}
  - {name: joint_projects, type: number, heading: {fr: Projets communs, en: Joint projects}}
  - {name: note, heading: {fr: Ce que disent les sources, en: What the sources say}}
  - {name: url, heading: {fr: Page, en: Page}}
*/
MATCH (:Institution {id: 'ror:02feahw73'})-[:PARTICIPATES_IN]->(p:Project)
WHERE $programme IS NULL OR p.framework = $programme
WITH DISTINCT p
MATCH (p)<-[:PARTICIPATES_IN]-(i:Institution)-[:LOCATED_IN]->(seat:Country)
WHERE i.id <> 'ror:02feahw73'
WITH p.framework AS framework, seat.id AS country, count(DISTINCT p) AS projects
WITH collect({framework: framework, country: country, projects: projects}) AS counted
MATCH (c:Country)-[s:HAS_STATUS_IN]->(g:Programme)
WHERE ($programme IS NULL OR g.id = $programme) AND ($country IS NULL OR c.id = $country)
OPTIONAL MATCH (part:Programme) WHERE part.id = s.scope
WITH c, s, g, part, [one IN counted WHERE one.framework = g.id] AS loaded
WITH c, s, g, part, loaded, [one IN loaded WHERE one.country = c.id | one.projects] AS joint
RETURN c.id AS country_id, g.id AS framework, s.status AS status, s.scope AS scope,
       part.name_fr AS scope_fr, part.name_en AS scope_en, s.start_date AS start_date, s.end_date AS end_date,
       CASE WHEN size(loaded) = 0 THEN null ELSE coalesce(head(joint), 0) END AS joint_projects, s.note AS note,
       s.url AS url
ORDER BY framework, country_id, start_date, scope
