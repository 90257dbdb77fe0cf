/*
id: labs_copublishing_with_country
order: 120
title:
  fr: Laboratoires qui copublient avec un pays
  en: Labs that co-publish with a country
description:
  fr: >-
    Une ligne par laboratoire couvert et institution du pays, avec le nombre d'articles communs. Laboratoires et années
    couverts : voir Sources (graphe fourni : 21 laboratoires de Lorraine, 2019-2023). Les lignes ne s'additionnent pas :
    un article à trois signataires figure plusieurs fois.
  en: >-
    One row for each lab covered and institution of the country, with the number of joint works. Labs and years covered:
    see Sources (bundled graph: 21 labs of Lorraine, 2019–2023). Rows do not add up: a work of three partners appears
    several times.
roles: [strategist, officer]
parameters:
  - name: country
    type: country
    default: JP
    label: {fr: Pays, en: Country}
columns:
  - {name: lab_id, type: id, kind: Lab, heading: {fr: Unité, en: Unit}}
  - {name: lab, heading: {fr: Laboratoire, en: Lab}}
  - {name: institution_id, type: id, kind: Institution, heading: {fr: Identifiant du partenaire, en: Partner identifier}}
  - {name: institution, heading: {fr: Partenaire, en: Partner}}
  - {name: works, type: number, heading: {fr: Articles communs, en: Joint works}}
  - {name: year_from, type: year, heading: {fr: De, en: From}}
  - {name: year_to, type: year, heading: {fr: À, en: To}}
*/
MATCH (:Country {id: $country})<-[:LOCATED_IN]-(i:Institution)<-[w:COPUBLISHES_WITH]-(l:Lab)
RETURN l.id AS lab_id, coalesce(l.acronym, l.name) AS lab, i.id AS institution_id, i.name AS institution,
       sum(w.full_count) AS works, min(w.year_from) AS year_from, max(w.year_to) AS year_to
ORDER BY works DESC, lab_id, institution, institution_id
