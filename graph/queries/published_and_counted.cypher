/*
id: published_and_counted
order: 200
title:
  fr: Chiffres publiés à côté de ce que la base compte
  en: Published figures beside what the graph counts
description:
  fr: >-
    Chaque chiffre publié par le CNRS, avec sa période et son origine ; là où la base peut compter la même chose, son
    propre décompte et pourquoi les deux diffèrent. Les chiffres de périodes ou de périmètres différents ne
    s'additionnent jamais.
  en: >-
    Each figure the CNRS published, with its period and origin; where the graph can count the same thing, its own
    count and why the two differ. Figures of different periods or scopes are never added up.
roles: [strategist, officer]
parameters: []
columns:
  - {name: figure_id, type: id, kind: Figure, heading: {fr: Identifiant, en: Identifier}}
  - {name: scope, heading: {fr: Périmètre (source), en: Scope}}
  - {name: measure, heading: {fr: Mesure (source), en: Measure}}
  - {name: published, heading: {fr: Publié, en: Published}}
  - {name: period, heading: {fr: Période, en: Period}}
  - {name: counted, type: number, heading: {fr: Compté, en: Counted}}
  - {name: explanation, type: explanation, heading: {fr: Pourquoi l'écart, en: Why they differ}}
  - {name: url, heading: {fr: Origine, en: Origin}}
*/
MATCH (:Institution {id: 'ror:02feahw73'})-[:PARTICIPATES_IN]->(p:Project)
WHERE p.framework = 'FP7'
WITH count(DISTINCT p) AS fp7
OPTIONAL MATCH (irl:Agreement {instrument: 'IRL'})
WITH fp7, count(DISTINCT irl) AS irl
OPTIONAL MATCH (japan:Agreement {instrument: 'IRL'})-[:HOSTED_IN]->(:Country {id: 'JP'})
WITH fp7, irl, count(DISTINCT japan) AS japan
OPTIONAL MATCH (umifre:Agreement {instrument: 'UMIFRE'})
WITH fp7, irl, japan, count(DISTINCT umifre) AS umifre
OPTIONAL MATCH (:Institution {id: 'ror:02feahw73'})-[:PARTICIPATES_IN]->(:Project {framework: 'FP7'})-[:FUNDED_UNDER]->
               (:Programme)-[:PART_OF*0..4]->(part:Programme)-[:PART_OF]->(:Programme {id: 'FP7'})
WITH fp7, irl, japan, umifre, count(DISTINCT part) AS parts
MATCH (f:Figure)
WITH f, CASE WHEN f.measure CONTAINS 'contracts' AND f.measure CONTAINS 'FP7' THEN 'fp7_contracts'
             WHEN f.measure STARTS WITH 'main FP7' THEN 'fp7_programmes'
             WHEN f.scope = 'World' AND f.measure = 'IRL' THEN 'irl_world'
             WHEN f.scope = 'Japan' AND f.measure = 'IRL in the country' THEN 'irl_japan'
             WHEN f.scope = 'World' AND f.measure STARTS WITH 'UMIFRE' THEN 'umifre' END AS explanation,
     fp7, irl, japan, umifre, parts
RETURN f.id AS figure_id, f.scope AS scope, f.measure AS measure, f.value AS published, f.period AS period,
       CASE explanation WHEN 'fp7_contracts' THEN fp7 WHEN 'fp7_programmes' THEN parts WHEN 'irl_world' THEN irl
                        WHEN 'irl_japan' THEN japan WHEN 'umifre' THEN umifre ELSE null END AS counted,
       explanation, f.url AS url
ORDER BY coalesce(explanation, '~'), figure_id
