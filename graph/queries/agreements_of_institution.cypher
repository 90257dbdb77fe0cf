/*
id: agreements_of_institution
order: 60
title:
  fr: Accords dont une institution est partie
  en: Agreements an institution is a party to
description:
  fr: >-
    Les accords du CNRS qui nomment l'institution parmi leurs parties. Un partenaire que la source n'identifie pas
    avec certitude n'est rattaché à aucune autre institution.
  en: >-
    The CNRS agreements that name the institution among their parties. A partner the source does not identify with
    certainty is attached to no other institution.
roles: [strategist, officer]
parameters:
  - name: institution
    type: institution
    default: pic:998361734
    label: {fr: Institution, en: Institution}
columns:
  - {name: agreement_id, type: id, kind: Agreement, heading: {fr: Identifiant, en: Identifier}}
  - {name: agreement, heading: {fr: Accord, en: Agreement}}
  - {name: acronym, heading: {fr: Sigle, en: Acronym}}
  - {name: instrument, heading: {fr: Instrument, en: Instrument}}
  - {name: start_year, type: year, heading: {fr: Début, en: Start}}
  - {name: end_year, type: year, heading: {fr: Fin, en: End}}
  - {name: named_as, heading: {fr: Nom dans la source, en: Named in the source}}
  - {name: url, heading: {fr: Adresse de la source, en: Source address}}
*/
MATCH (:Institution {id: $institution})-[t:PARTY_TO]->(a:Agreement)
RETURN DISTINCT a.id AS agreement_id, a.name AS agreement, a.acronym AS acronym, a.instrument AS instrument,
       a.year_start AS start_year, a.year_end AS end_year, t.source_name AS named_as, a.url AS url
ORDER BY start_year, agreement, agreement_id, named_as
