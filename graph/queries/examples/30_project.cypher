/*
title: {fr: "Un projet et ses participants, en réseau", en: "One project and its participants, as a network"}
*/
MATCH (i:Institution)-[tie:PARTICIPATES_IN]->(p:Project {id: 'HORIZON:237929'})
RETURN i, tie, p
