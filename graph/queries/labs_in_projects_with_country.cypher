/*
id: labs_in_projects_with_country
order: 115
needs: scanr
title:
  fr: Laboratoires présents dans les projets européens avec un pays
  en: Labs that take part in EU projects with a country
description:
  fr: >-
    Nombre de projets distincts auxquels le laboratoire prend part avec une institution du pays, et le plus récent. La
    part d'un laboratoire est comprise dans celle de sa tutelle : on ne les additionne pas, ni entre laboratoires. Elle
    vient de la source « scanr » : sans elle, la réponse est vide, ce qui ne veut pas dire qu'il n'y en a pas.
  en: >-
    Number of distinct projects the lab has a part in with an institution of the country, and the latest one. The part
    of a lab lies within that of its supervising body: the two are never added up, nor are labs. It comes from the
    source "scanr": without it the answer is empty, which does not mean that there is none.
roles: [strategist, officer, analyst]
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
  - {name: lab_id, type: id, kind: Lab, heading: {fr: Laboratoire, en: Lab}}
  - {name: lab, heading: {fr: Nom, en: Name}}
  - {name: projects, type: number, heading: {fr: Projets, en: Projects}}
  - {name: institutions, type: number, heading: {fr: Institutions du pays, en: Institutions of the country}}
  - {name: latest, type: date, heading: {fr: Début du plus récent, en: Start of the latest}}
*/
MATCH (l:Lab)-[:PARTICIPATES_IN]->(p:Project)<-[:PARTICIPATES_IN]-(i:Institution)-[:LOCATED_IN]->(:Country {id: $country})
WHERE $programme IS NULL OR p.framework = $programme
   OR EXISTS { (p)-[:FUNDED_UNDER]->(:Programme)-[:PART_OF*0..6]->(:Programme {id: $programme}) }
RETURN l.id AS lab_id, l.name AS lab, count(DISTINCT p) AS projects, count(DISTINCT i) AS institutions,
       max(p.start_date) AS latest
ORDER BY projects DESC, lab_id
