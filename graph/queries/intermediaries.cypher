/*
id: intermediaries
order: 170
title:
  fr: Intermédiaires entre deux institutions
  en: Intermediaries between two institutions
description:
  fr: >-
    Les institutions, hors CNRS, qui partagent des projets avec l'une et avec l'autre, classées par le plus petit des
    deux nombres : les portes d'entrée. Projets où participe le CNRS seulement.
  en: >-
    The institutions other than the CNRS that share projects with both, ranked by the smaller of the two numbers: the
    ways in. Only projects with the CNRS are known.
roles: [strategist]
parameters:
  - name: from
    type: institution
    default: ror:02gfc7t72
    label: {fr: De l'institution, en: From the institution}
  - name: to
    type: institution
    default: pic:999979500
    label: {fr: À l'institution, en: To the institution}
columns:
  - {name: institution_id, type: id, kind: Institution, heading: {fr: Identifiant, en: Identifier}}
  - {name: institution, heading: {fr: Institution, en: Institution}}
  - {name: country_id, type: country, heading: {fr: Pays, en: Country}}
  - {name: projects_with_first, type: number, heading: {fr: Projets avec la première, en: Projects with the first}}
  - {name: projects_with_second, type: number, heading: {fr: Projets avec la seconde, en: Projects with the second}}
*/
MATCH (pole:Institution)-[:PARTICIPATES_IN]->(p:Project)<-[:PARTICIPATES_IN]-(m:Institution)
WHERE pole.id IN [$from, $to] AND NOT m.id IN ['ror:02feahw73', $from, $to]
WITH m, count(DISTINCT CASE WHEN pole.id = $from THEN p END) AS projects_with_first,
     count(DISTINCT CASE WHEN pole.id = $to THEN p END) AS projects_with_second
WHERE projects_with_first > 0 AND projects_with_second > 0
WITH m, projects_with_first, projects_with_second,
     CASE WHEN projects_with_first < projects_with_second THEN projects_with_first ELSE projects_with_second END AS weaker
RETURN m.id AS institution_id, m.name AS institution, m.country AS country_id, projects_with_first, projects_with_second
ORDER BY weaker DESC, projects_with_first + projects_with_second DESC, institution, institution_id
LIMIT 100
