/*
id: funding_with_country
order: 100
title:
  fr: Financement européen des projets communs avec un pays
  en: EU funding of joint projects with a country
description:
  fr: >-
    Par programme-cadre : les projets communs, la contribution de l'UE à ces projets entiers (chaque projet compté une
    fois), puis ce que reçoivent le CNRS et les institutions du pays. Brute : le montant attribué au participant ;
    nette : après reversement à ses tiers liés. Les montants du FP7 ne sont pas publiés ici, la contribution nette
    seulement pour Horizon Europe.
  en: >-
    By framework programme: the joint projects, the EU contribution to those whole projects (each counted once), then
    what the CNRS and the country's institutions receive. Gross: the amount granted to the participant; net: after
    what goes to its third parties. FP7 amounts are not published here, net contributions only for Horizon Europe.
roles: [strategist, officer]
parameters:
  - name: country
    type: country
    default: JP
    label: {fr: Pays, en: Country}
columns:
  - {name: framework, heading: {fr: Programme-cadre, en: Framework programme}}
  - {name: joint_projects, type: number, heading: {fr: Projets communs, en: Joint projects}}
  - {name: projects_eur, type: euros, heading: {fr: UE aux projets entiers, en: EU to the whole projects}}
  - {name: cnrs_gross_eur, type: euros, heading: {fr: CNRS (brut), en: CNRS (gross)}}
  - {name: cnrs_net_eur, type: euros, heading: {fr: CNRS (net), en: CNRS (net)}}
  - {name: country_gross_eur, type: euros, heading: {fr: Pays (brut), en: Country (gross)}}
  - {name: country_net_eur, type: euros, heading: {fr: Pays (net), en: Country (net)}}
*/
MATCH (:Country {id: $country})<-[:LOCATED_IN]-(i:Institution)-[t:PARTICIPATES_IN]->(p:Project)
WHERE i.id <> 'ror:02feahw73'
WITH p, count(t.contribution_eur) AS gross_known, sum(t.contribution_eur) AS gross,
     count(t.net_contribution_eur) AS net_known, sum(t.net_contribution_eur) AS net
MATCH (:Institution {id: 'ror:02feahw73'})-[c:PARTICIPATES_IN]->(p)
WITH p, gross_known, gross, net_known, net,
     count(c.contribution_eur) AS cnrs_gross_known, sum(c.contribution_eur) AS cnrs_gross,
     count(c.net_contribution_eur) AS cnrs_net_known, sum(c.net_contribution_eur) AS cnrs_net
WITH p.framework AS framework, count(p) AS joint_projects,
     count(p.ec_contribution_eur) AS projects_known, sum(p.ec_contribution_eur) AS projects,
     sum(gross_known) AS gross_known, sum(gross) AS gross, sum(net_known) AS net_known, sum(net) AS net,
     sum(cnrs_gross_known) AS cnrs_gross_known, sum(cnrs_gross) AS cnrs_gross,
     sum(cnrs_net_known) AS cnrs_net_known, sum(cnrs_net) AS cnrs_net
RETURN framework, joint_projects,
       CASE WHEN projects_known = 0 THEN null ELSE projects END AS projects_eur,
       CASE WHEN cnrs_gross_known = 0 THEN null ELSE cnrs_gross END AS cnrs_gross_eur,
       CASE WHEN cnrs_net_known = 0 THEN null ELSE cnrs_net END AS cnrs_net_eur,
       CASE WHEN gross_known = 0 THEN null ELSE gross END AS country_gross_eur,
       CASE WHEN net_known = 0 THEN null ELSE net END AS country_net_eur
ORDER BY framework
