/*
title: {fr: "Les accords avec le Japon et leurs parties, en réseau", en: "Agreements with Japan and their parties, as a network"}
*/
MATCH (party:Institution)-[tie:PARTY_TO]->(a:Agreement)-[host:HOSTED_IN]->(c:Country {id: 'JP'})
RETURN party, tie, a, host, c
