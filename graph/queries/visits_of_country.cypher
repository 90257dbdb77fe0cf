/*
id: visits_of_country
order: 45
needs: delegations
title:
  fr: Visites officielles d'un pays et leurs suites
  en: Official visits of a country and their follow-up
description:
  fr: >-
    Les visites que le pays a faites ou reçues, avec leur objet, les engagements pris et les suites données, la plus
    récente d'abord, puis par identifiant. Elles viennent du tableau que la direction remplit (source « delegations ») :
    sans lui, la réponse est vide. Une date, un engagement ou un état absent n'est pas connu.
  en: >-
    The visits the country made or received, with their purpose, the commitments made and the follow-up, most recent
    first, then by identifier. They come from the table the department fills (source "delegations"): without it the
    answer is empty. A missing date, commitment or state is not known.
roles: [strategist, officer]
parameters:
  - name: country
    type: country
    default: JP
    label: {fr: Pays, en: Country}
columns:
  - {name: visit_id, type: id, kind: Event, heading: {fr: Identifiant, en: Identifier}}
  - {name: start_date, type: date, heading: {fr: Début, en: Start}}
  - {name: end_date, type: date, heading: {fr: Fin, en: End}}
  - {name: visitors, type: list, heading: {fr: Pays de la délégation, en: Country of the delegation}}
  - {name: institutions, type: list, heading: {fr: Établissements, en: Institutions}}
  - {name: host_id, type: country, heading: {fr: Pays de la visite, en: Country visited}}
  - {name: place, heading: {fr: Lieu, en: Place}}
  - {name: purpose, heading: {fr: Objet, en: Purpose}}
  - {name: commitments, type: list, heading: {fr: Engagements, en: Commitments}}
  - {name: follow_up, heading: {fr: Suites, en: Follow-up}}
  - {name: due, type: date, heading: {fr: Échéance, en: Due}}
  - {name: state, type: words, heading: {fr: État, en: State}}
*/
MATCH (:Country {id: $country})-[:VISITED|HOSTED_IN]-(e:Event)
WITH DISTINCT e
OPTIONAL MATCH (visitor:Country)-[:VISITED]->(e)
WITH e, visitor.id AS visitor_id ORDER BY visitor_id
WITH e, collect(visitor_id) AS visitors
OPTIONAL MATCH (i:Institution)-[t:VISITED]->(e)
WITH e, visitors, coalesce(t.source_name, i.name) AS institution ORDER BY institution
WITH e, visitors, collect(DISTINCT institution) AS institutions
OPTIONAL MATCH (e)-[:HOSTED_IN]->(host:Country)
RETURN e.id AS visit_id, e.start_date AS start_date, e.end_date AS end_date, visitors, institutions,
       host.id AS host_id, e.city AS place, e.purpose AS purpose, e.commitments AS commitments,
       e.follow_up AS follow_up, e.follow_up_due AS due, e.follow_up_state AS state
ORDER BY start_date DESC, visit_id
