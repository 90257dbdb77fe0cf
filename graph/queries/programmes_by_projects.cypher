/*
id: programmes_by_projects
order: 110
title:
  fr: Programmes, par nombre de projets du CNRS
  en: Programmes, by number of CNRS projects
description:
  fr: >-
    Projets distincts du CNRS dans chaque programme et ses parties. Un projet peut relever de plusieurs parties : les
    lignes ne s'additionnent pas. « Coordonnés » reste inconnu là où les rôles ne sont pas publiés (FP7).
  en: >-
    Distinct CNRS projects in each programme and its parts. A project may fall under several parts: rows do not add
    up. “Coordinated” stays unknown where roles are not published (FP7).
roles: [strategist, analyst]
parameters: []
columns:
  - {name: programme_id, type: id, kind: Programme, heading: {fr: Identifiant, en: Identifier}}
  - {name: name_fr, language: fr, heading: {fr: Programme, en: Programme (French)}}
  - {name: name_en, language: en, heading: {fr: Programme (anglais), en: Programme}}
  - {name: family, heading: {fr: Famille, en: Family}}
  - {name: projects, type: number, heading: {fr: Projets, en: Projects}}
  - {name: coordinated, type: number, heading: {fr: Coordonnés par le CNRS, en: Coordinated by the CNRS}}
*/
MATCH (:Institution {id: 'ror:02feahw73'})-[t:PARTICIPATES_IN]->(p:Project)
WITH p, count(t.role) AS roles, sum(CASE WHEN t.role = 'coordinator' THEN 1 ELSE 0 END) AS leads
MATCH (p)-[:FUNDED_UNDER]->(:Programme)-[:PART_OF*0..6]->(g:Programme)
WITH DISTINCT g, p, roles, leads
WITH g, count(p) AS projects, sum(roles) AS roles, sum(CASE WHEN leads > 0 THEN 1 ELSE 0 END) AS leads
RETURN g.id AS programme_id, g.name_fr AS name_fr, g.name_en AS name_en, g.family AS family, projects,
       CASE WHEN roles = 0 THEN null ELSE leads END AS coordinated
ORDER BY projects DESC, programme_id
