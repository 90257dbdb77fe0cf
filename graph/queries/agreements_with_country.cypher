/*
id: agreements_with_country
order: 40
title:
  fr: Accords du CNRS avec un pays
  en: Agreements of the CNRS with a country
description:
  fr: >-
    Laboratoires et réseaux internationaux, bureaux, UMIFRE et programmes multilatéraux implantés dans le pays ou
    conclus avec lui. Une date inconnue reste inconnue : une fin absente ne veut pas dire « sans terme ». La liste des
    laboratoires internationaux (IRL) est presque complète, celle des IRP, IRN, LIA et GDRI est un échantillon.
  en: >-
    International laboratories and networks, offices, UMIFRE and multilateral programmes hosted in the country or
    concluded with it. An unknown date stays unknown: a missing end does not mean open-ended. The list of international
    laboratories (IRL) is nearly complete; that of IRP, IRN, LIA and GDRI is a sample.
roles: [strategist, officer]
parameters:
  - name: country
    type: country
    default: JP
    label: {fr: Pays, en: Country}
columns:
  - {name: agreement_id, type: id, kind: Agreement, heading: {fr: Identifiant, en: Identifier}}
  - {name: agreement, heading: {fr: Accord, en: Agreement}}
  - {name: acronym, heading: {fr: Sigle, en: Acronym}}
  - {name: instrument, heading: {fr: Instrument, en: Instrument}}
  - {name: start_year, type: year, heading: {fr: Début, en: Start}}
  - {name: end_year, type: year, heading: {fr: Fin, en: End}}
  - {name: dates_note, heading: {fr: Ce que disent les sources, en: What the sources say}}
  - {name: parties, type: list, heading: {fr: Autres parties et unités, en: Other parties and units}}
  - {name: city, heading: {fr: Ville, en: City}}
  - {name: verification, type: words, heading: {fr: Vérification, en: Verification}}
*/
MATCH (a:Agreement)-[:HOSTED_IN]->(:Country {id: $country})
OPTIONAL MATCH (party)-[t:PARTY_TO]->(a)
WHERE party.id <> 'ror:02feahw73'
WITH a, coalesce(t.source_name, party.name, party.id) AS party_name ORDER BY party_name
WITH a, collect(DISTINCT party_name) AS parties
RETURN a.id AS agreement_id, a.name AS agreement, a.acronym AS acronym, a.instrument AS instrument,
       a.year_start AS start_year, a.year_end AS end_year, a.dates_note AS dates_note, parties,
       a.city AS city, a.verification AS verification
ORDER BY instrument, start_year, agreement, agreement_id
