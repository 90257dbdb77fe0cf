/*
id: joint_projects
order: 70
title:
  fr: Projets communs avec une institution
  en: Joint projects with an institution
description:
  fr: >-
    Chaque projet européen où le CNRS et l'institution participent tous deux, avec le rôle et la contribution brute de
    l'UE à l'institution. Le FP7 est publié ici sans rôles, dates ni montants.
  en: >-
    Each EU project in which both the CNRS and the institution take part, with the institution's role and its gross EU
    contribution. FP7 is published here without roles, dates or amounts.
roles: [strategist, officer]
parameters:
  - name: institution
    type: institution
    default: ror:02gfc7t72
    label: {fr: Institution, en: Institution}
  - name: programme
    type: programme
    required: false
    label: {fr: Programme (et ses parties), en: Programme (and its parts)}
columns:
  - {name: project_id, type: id, kind: Project, heading: {fr: Identifiant, en: Identifier}}
  - {name: project, heading: {fr: Projet, en: Project}}
  - {name: framework, heading: {fr: Programme-cadre, en: Framework programme}}
  - {name: start_date, type: date, heading: {fr: Début, en: Start}}
  - {name: end_date, type: date, heading: {fr: Fin, en: End}}
  - {name: roles, type: words, heading: {fr: Son rôle, en: Its role}}
  - {name: cnrs_roles, type: words, heading: {fr: Rôle du CNRS, en: Role of the CNRS}}
  - {name: contribution_eur, type: euros, heading: {fr: Contribution UE (brut), en: EU contribution (gross)}}
*/
MATCH (:Institution {id: $institution})-[t:PARTICIPATES_IN]->(p:Project)
WHERE $institution <> 'ror:02feahw73'
  AND ($programme IS NULL OR p.framework = $programme
   OR EXISTS { (p)-[:FUNDED_UNDER]->(:Programme)-[:PART_OF*0..6]->(:Programme {id: $programme}) })
WITH p, t ORDER BY t.role
WITH p, collect(DISTINCT t.role) AS roles,
     CASE WHEN count(t.contribution_eur) = 0 THEN null ELSE sum(t.contribution_eur) END AS contribution_eur
MATCH (:Institution {id: 'ror:02feahw73'})-[c:PARTICIPATES_IN]->(p)
WITH p, roles, contribution_eur, c ORDER BY c.role
WITH p, roles, contribution_eur, collect(DISTINCT c.role) AS cnrs_roles
RETURN p.id AS project_id, p.name AS project, p.framework AS framework, p.start_date AS start_date,
       p.end_date AS end_date, roles, cnrs_roles, contribution_eur
ORDER BY coalesce(toString(start_date), '') DESC, project_id
