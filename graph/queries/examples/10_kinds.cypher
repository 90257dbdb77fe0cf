/*
title: {fr: Combien de nœuds de chaque sorte, en: How many nodes of each kind}
*/
MATCH (n)
RETURN labels(n)[0] AS kind, count(*) AS nodes
ORDER BY nodes DESC
