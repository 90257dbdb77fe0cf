/*
id: labs_copublishing_with_institution
order: 130
title:
  fr: Laboratoires qui copublient avec une institution
  en: Labs that co-publish with an institution
description:
  fr: >-
    Les laboratoires du CNRS ayant des articles communs avec l'institution. Laboratoires et années couverts : voir
    Sources (graphe fourni : 21 laboratoires de Lorraine, 2019-2023). Les laboratoires ne s'additionnent pas.
  en: >-
    The CNRS labs with joint works with the institution. Labs and years covered: see Sources (bundled graph: 21 labs of
    Lorraine, 2019–2023). Labs do not add up.
roles: [strategist, officer]
parameters:
  - name: institution
    type: institution
    default: ror:036x5ad56
    label: {fr: Institution, en: Institution}
columns:
  - {name: lab_id, type: id, kind: Lab, heading: {fr: Unité, en: Unit}}
  - {name: lab, heading: {fr: Laboratoire, en: Lab}}
  - {name: city, heading: {fr: Ville, en: City}}
  - {name: works, type: number, heading: {fr: Articles communs, en: Joint works}}
  - {name: year_from, type: year, heading: {fr: De, en: From}}
  - {name: year_to, type: year, heading: {fr: À, en: To}}
*/
MATCH (:Institution {id: $institution})<-[w:COPUBLISHES_WITH]-(l:Lab)
RETURN l.id AS lab_id, coalesce(l.acronym, l.name) AS lab, l.city AS city,
       sum(w.full_count) AS works, min(w.year_from) AS year_from, max(w.year_to) AS year_to
ORDER BY works DESC, lab_id
