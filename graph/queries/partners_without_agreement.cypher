/*
id: partners_without_agreement
order: 150
title:
  fr: Partenaires de projets récents, sans accord connu
  en: Partners in recent projects with no known agreement
description:
  fr: >-
    Les institutions qui partagent avec le CNRS au moins le nombre choisi de projets européens commencés l'année
    choisie ou après, et qui ne sont partie à aucun accord de la base. Les accords n'y sont pas tous : les IRP, IRN,
    LIA et GDRI sont un échantillon.
  en: >-
    The institutions that share with the CNRS at least the chosen number of EU projects started in the chosen year or
    later, and are a party to no agreement of the graph. Not every agreement is in it: IRP, IRN, LIA and GDRI are a
    sample.
roles: [strategist]
parameters:
  - name: since
    type: year
    default: 2021
    label: {fr: Depuis l'année, en: Since the year}
  - name: minimum
    type: integer
    default: 5
    label: {fr: Projets communs au moins, en: Joint projects at least}
  - name: country
    type: country
    required: false
    label: {fr: Pays, en: Country}
columns:
  - {name: institution_id, type: id, kind: Institution, heading: {fr: Identifiant, en: Identifier}}
  - {name: institution, heading: {fr: Institution, en: Institution}}
  - {name: country_id, type: country, heading: {fr: Pays, en: Country}}
  - {name: joint_projects, type: number, heading: {fr: Projets communs, en: Joint projects}}
  - {name: last_end, type: date, heading: {fr: Dernière fin connue, en: Last known end}}
*/
MATCH (:Institution {id: 'ror:02feahw73'})-[:PARTICIPATES_IN]->(p:Project)
WHERE p.start_date.year >= $since
WITH DISTINCT p
MATCH (p)<-[:PARTICIPATES_IN]-(i:Institution)
WHERE i.id <> 'ror:02feahw73'
WITH i, count(DISTINCT p) AS joint_projects, max(p.end_date) AS last_end
WHERE joint_projects >= $minimum AND NOT EXISTS { (i)-[:PARTY_TO]->(:Agreement) }
  AND ($country IS NULL OR EXISTS { (i)-[:LOCATED_IN]->(:Country {id: $country}) })
RETURN i.id AS institution_id, i.name AS institution, i.country AS country_id, joint_projects, last_end
ORDER BY joint_projects DESC, institution, institution_id
