/*
id: topics_with_country
order: 180
title:
  fr: Thèmes communs avec un pays
  en: Topics in common with a country
description:
  fr: >-
    Les thèmes (classification EuroSciVoc) des projets communs au CNRS et aux institutions du pays. La classification
    n'est publiée ici que pour Horizon Europe ; un projet peut en porter plusieurs.
  en: >-
    The topics (EuroSciVoc classification) of the projects the CNRS shares with the country's institutions. The
    classification is published here for Horizon Europe only; a project may carry several.
roles: [strategist, officer]
parameters:
  - name: country
    type: country
    default: JP
    label: {fr: Pays, en: Country}
columns:
  - {name: topic_id, type: id, kind: Topic, heading: {fr: Identifiant, en: Identifier}}
  - {name: topic, heading: {fr: Thème (en anglais), en: Topic}}
  - {name: joint_projects, type: number, heading: {fr: Projets communs, en: Joint projects}}
  - {name: institutions, type: number, heading: {fr: Institutions du pays, en: Institutions of the country}}
*/
MATCH (:Country {id: $country})<-[:LOCATED_IN]-(i:Institution)-[:PARTICIPATES_IN]->(p:Project)
      <-[:PARTICIPATES_IN]-(:Institution {id: 'ror:02feahw73'})
WHERE i.id <> 'ror:02feahw73'
WITH DISTINCT i, p
MATCH (p)-[:ABOUT]->(topic:Topic)
RETURN topic.id AS topic_id, topic.name_en AS topic, count(DISTINCT p) AS joint_projects, count(DISTINCT i) AS institutions
ORDER BY joint_projects DESC, topic_id
