/*
id: dormant_agreements
order: 140
title:
  fr: Institutions liées par un accord, sans projet commun depuis une année
  en: Institutions with an agreement but no joint project since a year
description:
  fr: >-
    Les parties étrangères ou françaises à un accord du CNRS dont aucun projet européen commun connu n'a commencé
    l'année choisie ou après. Les projets du FP7 sont publiés sans dates et antérieurs à 2014. Un accord peut vivre
    sans projet européen : c'est un signal à vérifier, pas un verdict.
  en: >-
    The parties to a CNRS agreement, French or foreign, with no known joint EU project started in the chosen year or
    later. FP7 projects are published without dates and precede 2014. An agreement may well live without an EU
    project: a signal to check, not a verdict.
roles: [strategist]
parameters:
  - name: since
    type: year
    default: 2021
    label: {fr: Depuis l'année, en: Since the year}
  - name: country
    type: country
    required: false
    label: {fr: Pays, en: Country}
columns:
  - {name: institution_id, type: id, kind: Institution, heading: {fr: Identifiant, en: Identifier}}
  - {name: institution, heading: {fr: Institution, en: Institution}}
  - {name: country_id, type: country, heading: {fr: Pays, en: Country}}
  - {name: agreements, type: list, heading: {fr: Accords, en: Agreements}}
  - {name: joint_projects, type: number, heading: {fr: Projets communs (toutes années), en: 'Joint projects (all years)'}}
  - {name: last_start, type: date, heading: {fr: Dernier début connu, en: Last known start}}
*/
MATCH (i:Institution)-[:PARTY_TO]->(a:Agreement)
WHERE i.id <> 'ror:02feahw73' AND ($country IS NULL OR EXISTS { (i)-[:LOCATED_IN]->(:Country {id: $country}) })
WITH i, coalesce(a.acronym, a.name) AS agreement ORDER BY agreement
WITH i, collect(DISTINCT agreement) AS agreements
OPTIONAL MATCH (i)-[:PARTICIPATES_IN]->(p:Project)<-[:PARTICIPATES_IN]-(:Institution {id: 'ror:02feahw73'})
WITH i, agreements, count(DISTINCT p) AS joint_projects, max(p.start_date) AS last_start
WHERE last_start IS NULL OR last_start.year < $since
RETURN i.id AS institution_id, i.name AS institution, i.country AS country_id, agreements, joint_projects, last_start
ORDER BY joint_projects DESC, institution, institution_id
