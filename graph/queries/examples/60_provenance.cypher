/*
title: {fr: "Qui dit quoi, de quand : les liens d'une institution par relevé", en: "Who says so, as of when: one body's ties by snapshot"}
*/
MATCH (i:Institution {id: 'ror:02feahw73'})-[tie]-(other)
RETURN type(tie) AS tie, tie.snapshot AS snapshot, count(*) AS records
ORDER BY records DESC
