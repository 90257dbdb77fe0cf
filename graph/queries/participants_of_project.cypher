/*
id: participants_of_project
order: 80
title:
  fr: Participants d'un projet
  en: Participants of a project
description:
  fr: >-
    Une ligne par participation publiée, avec le rôle, la contribution brute de l'UE et la contribution nette (après
    reversement aux tiers liés). Une même institution peut y figurer deux fois.
  en: >-
    One row for each published participation, with the role, the gross EU contribution and the net one (after what
    goes to third parties). One institution may appear twice.
roles: [analyst, officer]
parameters:
  - name: project
    type: project
    default: HORIZON:237929
    label: {fr: Projet, en: Project}
columns:
  - {name: institution_id, type: id, kind: Institution, heading: {fr: Identifiant, en: Identifier}}
  - {name: institution, heading: {fr: Institution, en: Institution}}
  - {name: country_id, type: country, heading: {fr: Pays, en: Country}}
  - {name: role, type: words, heading: {fr: Rôle, en: Role}}
  - {name: contribution_eur, type: euros, heading: {fr: Contribution UE brute, en: Gross EU contribution}}
  - {name: net_contribution_eur, type: euros, heading: {fr: Contribution UE nette, en: Net EU contribution}}
  - {name: record, heading: {fr: Enregistrement source, en: Source record}}
*/
MATCH (:Project {id: $project})<-[t:PARTICIPATES_IN]-(i:Institution)
RETURN i.id AS institution_id, i.name AS institution, i.country AS country_id, t.role AS role,
       t.contribution_eur AS contribution_eur, t.net_contribution_eur AS net_contribution_eur, t.record AS record
ORDER BY CASE role WHEN 'coordinator' THEN 0 WHEN 'participant' THEN 1 WHEN 'partner' THEN 2 ELSE 3 END, institution, record
