/*
id: partners_in_programme
order: 20
title:
  fr: Premiers partenaires du CNRS dans un programme
  en: First partners of the CNRS in a programme
description:
  fr: >-
    Les institutions qui partagent avec le CNRS le plus de projets distincts d'un programme et de ses parties, tous
    rôles confondus, tiers liés compris quand la source les publie.
  en: >-
    The institutions that share the most distinct projects of a programme and its parts with the CNRS, in any role,
    third parties included where the source publishes them.
roles: [strategist, officer, analyst]
parameters:
  - name: programme
    type: programme
    default: HORIZON
    required: false
    label: {fr: Programme (et ses parties), en: Programme (and its parts)}
  - name: rows
    type: integer
    default: 100
    label: {fr: Nombre de lignes, en: Rows}
columns:
  - {name: institution_id, type: id, kind: Institution, heading: {fr: Identifiant, en: Identifier}}
  - {name: institution, heading: {fr: Institution, en: Institution}}
  - {name: country_id, type: country, heading: {fr: Pays, en: Country}}
  - {name: joint_projects, type: number, heading: {fr: Projets communs, en: Joint projects}}
*/
MATCH (:Institution {id: 'ror:02feahw73'})-[:PARTICIPATES_IN]->(p:Project)
WHERE $programme IS NULL OR p.framework = $programme
   OR EXISTS { (p)-[:FUNDED_UNDER]->(:Programme)-[:PART_OF*0..6]->(:Programme {id: $programme}) }
WITH DISTINCT p
MATCH (p)<-[:PARTICIPATES_IN]-(i:Institution)
WHERE i.id <> 'ror:02feahw73'
WITH i, count(DISTINCT p) AS joint_projects
ORDER BY joint_projects DESC, i.name, i.id
LIMIT $rows
RETURN i.id AS institution_id, i.name AS institution, i.country AS country_id, joint_projects
ORDER BY joint_projects DESC, institution, institution_id
