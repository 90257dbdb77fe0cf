/*
id: coordinators
order: 90
title:
  fr: Qui coordonne les projets où se trouve le CNRS
  en: Who coordinates the projects the CNRS is in
description:
  fr: >-
    Nombre de projets distincts avec le CNRS coordonnés par chaque institution, le CNRS lui-même compris. Les rôles ne
    sont pas publiés pour le FP7 : ses projets n'entrent pas dans ce décompte.
  en: >-
    Number of distinct projects with the CNRS that each institution coordinates, the CNRS itself included. Roles are
    not published for FP7: its projects do not enter this count.
roles: [strategist, analyst]
parameters:
  - name: programme
    type: programme
    default: HORIZON
    required: false
    label: {fr: Programme (et ses parties), en: Programme (and its parts)}
  - name: country
    type: country
    required: false
    label: {fr: Pays, en: Country}
columns:
  - {name: institution_id, type: id, kind: Institution, heading: {fr: Identifiant, en: Identifier}}
  - {name: institution, heading: {fr: Institution, en: Institution}}
  - {name: country_id, type: country, heading: {fr: Pays, en: Country}}
  - {name: coordinated, type: number, heading: {fr: Projets coordonnés, en: Projects coordinated}}
*/
MATCH (:Institution {id: 'ror:02feahw73'})-[:PARTICIPATES_IN]->(p:Project)
WHERE $programme IS NULL OR p.framework = $programme
   OR EXISTS { (p)-[:FUNDED_UNDER]->(:Programme)-[:PART_OF*0..6]->(:Programme {id: $programme}) }
WITH DISTINCT p
MATCH (p)<-[t:PARTICIPATES_IN]-(i:Institution)
WHERE t.role = 'coordinator' AND ($country IS NULL OR EXISTS { (i)-[:LOCATED_IN]->(:Country {id: $country}) })
RETURN i.id AS institution_id, i.name AS institution, i.country AS country_id, count(DISTINCT p) AS coordinated
ORDER BY coordinated DESC, institution, institution_id
