/*
id: mobility_to_country
order: 185
needs: mobility
title:
  fr: Mobilité du CNRS vers un pays, par année
  en: Mobility of the CNRS to a country, by year
description:
  fr: >-
    Missions, séjours d'un an ou plus et recrutés étrangers, l'année la plus récente d'abord, puis le CNRS entier, les
    instituts et les unités, chacun par ordre d'identifiant. Ces niveaux se recouvrent : on ne les additionne jamais. Les
    chiffres viennent du tableau que la direction remplit (source « mobility ») : sans lui, la réponse est vide. Un
    nombre absent n'est pas connu.
  en: >-
    Missions, stays of a year or more and foreign recruits, most recent year first, then the whole CNRS, institutes and
    units, each by identifier. These levels overlap and are never added up. The figures come from the table the
    department fills (source "mobility"): without it the answer is empty. A missing number is not known.
roles: [strategist, officer]
parameters:
  - name: country
    type: country
    default: JP
    label: {fr: Pays, en: Country}
columns:
  - {name: year, type: year, heading: {fr: Année, en: Year}}
  - {name: level, type: words, heading: {fr: Niveau, en: Level}}
  - {name: who, heading: {fr: Institut ou unité, en: Institute or unit}}
  - {name: missions, type: number, heading: {fr: Missions, en: Missions}}
  - {name: stays, type: number, heading: {fr: Séjours d'un an ou plus, en: Stays of a year or more}}
  - {name: recruits, type: number, heading: {fr: Recrutés étrangers, en: Foreign recruits}}
  - {name: note, heading: {fr: Note, en: Note}}
*/
MATCH (body)-[m:MOBILITY_TO]->(:Country {id: $country})
WITH m, CASE labels(body)[0] WHEN 'Institution' THEN 'cnrs' WHEN 'CnrsInstitute' THEN 'institute' ELSE 'unit' END AS level,
     CASE labels(body)[0] WHEN 'Institution' THEN coalesce(body.acronym, body.name) ELSE body.id END AS who
RETURN m.year AS year, level, who, m.missions AS missions, m.stays AS stays, m.recruits AS recruits, m.note AS note
ORDER BY year DESC, level, who
