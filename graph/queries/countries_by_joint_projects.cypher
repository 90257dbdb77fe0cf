/*
id: countries_by_joint_projects
order: 10
title:
  fr: Pays partenaires, par projets communs
  en: Partner countries, by joint projects
description:
  fr: >-
    Pour chaque pays, le nombre de projets européens distincts où le CNRS et au moins une institution ayant son siège
    dans ce pays participent, à quelque titre que ce soit. Un projet compte une fois par pays, quel que soit le nombre
    de partenaires. Les projets français comptent les partenaires autres que le CNRS.
  en: >-
    For each country, the number of distinct EU projects in which the CNRS and at least one institution with its seat
    in that country take part, in any role. A project counts once a country, however many partners it has there.
    France counts partners other than the CNRS.
roles: [strategist, officer, analyst]
parameters:
  - name: programme
    type: programme
    default: HORIZON
    required: false
    label: {fr: Programme (et ses parties), en: Programme (and its parts)}
columns:
  - {name: country_id, type: country, heading: {fr: Pays, en: Country}}
  - {name: joint_projects, type: number, heading: {fr: Projets communs, en: Joint projects}}
  - {name: institutions, type: number, heading: {fr: Institutions, en: Institutions}}
*/
MATCH (:Institution {id: 'ror:02feahw73'})-[:PARTICIPATES_IN]->(p:Project)
WHERE $programme IS NULL OR p.framework = $programme
   OR EXISTS { (p)-[:FUNDED_UNDER]->(:Programme)-[:PART_OF*0..6]->(:Programme {id: $programme}) }
WITH DISTINCT p
MATCH (p)<-[:PARTICIPATES_IN]-(i:Institution)
WHERE i.id <> 'ror:02feahw73'
WITH i, collect(DISTINCT p.id) AS projects
MATCH (i)-[:LOCATED_IN]->(c:Country)
UNWIND projects AS project
RETURN c.id AS country_id, count(DISTINCT project) AS joint_projects, count(DISTINCT i.id) AS institutions
ORDER BY joint_projects DESC, country_id
