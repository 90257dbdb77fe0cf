/*
id: agreements_ending
order: 50
title:
  fr: Accords qui finissent avant une année, ou dont la fin est inconnue
  en: Agreements that end before a year, or whose end is unknown
description:
  fr: >-
    D'abord les accords dont la fin publiée tombe avant l'année choisie, puis ceux dont aucune source ne donne la fin,
    du plus ancien au plus récent : ce sont ceux à vérifier avant une visite. Aucune durée n'est supposée.
  en: >-
    First the agreements whose published end falls before the chosen year, then those for which no source gives an
    end, oldest first: the ones to check before a visit. No duration is assumed.
roles: [strategist, officer]
parameters:
  - name: year
    type: year
    default: 2028
    label: {fr: Avant l'année, en: Before the year}
  - name: country
    type: country
    required: false
    label: {fr: Pays, en: Country}
columns:
  - {name: agreement_id, type: id, kind: Agreement, heading: {fr: Identifiant, en: Identifier}}
  - {name: agreement, heading: {fr: Accord, en: Agreement}}
  - {name: instrument, heading: {fr: Instrument, en: Instrument}}
  - {name: countries, type: list, heading: {fr: Pays (codes), en: Countries (codes)}}
  - {name: start_year, type: year, heading: {fr: Début, en: Start}}
  - {name: end_year, type: year, heading: {fr: Fin, en: End}}
  - {name: dates_note, heading: {fr: Ce que disent les sources, en: What the sources say}}
*/
MATCH (a:Agreement)
WHERE a.year_end IS NULL OR a.year_end < $year
OPTIONAL MATCH (a)-[:HOSTED_IN]->(c:Country)
WITH a, c.id AS country_id ORDER BY country_id
WITH a, collect(DISTINCT country_id) AS countries
WHERE $country IS NULL OR $country IN countries
RETURN a.id AS agreement_id, a.name AS agreement, a.instrument AS instrument, countries,
       a.year_start AS start_year, a.year_end AS end_year, a.dates_note AS dates_note
ORDER BY coalesce(end_year, 9999), coalesce(start_year, 9999), agreement, agreement_id
