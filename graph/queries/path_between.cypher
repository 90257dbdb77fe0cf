/*
id: path_between
order: 160
title:
  fr: Chemins entre deux institutions
  en: Paths between two institutions
description:
  fr: >-
    Les plus courts chemins d'une institution à l'autre par les projets et les accords, au plus dix. Seuls sont connus
    les projets où participe le CNRS : deux institutions peuvent être liées ailleurs.
  en: >-
    The shortest paths from one institution to the other through projects and agreements, ten at most. Only projects
    with the CNRS are known: two institutions may be tied elsewhere.
roles: [strategist, analyst]
parameters:
  - name: from
    type: institution
    default: pic:998361734
    label: {fr: De l'institution, en: From the institution}
  - name: to
    type: institution
    default: ror:02gfc7t72
    label: {fr: À l'institution, en: To the institution}
columns:
  - {name: length, type: number, heading: {fr: Longueur, en: Length}}
  - {name: through, type: list, heading: {fr: En passant par, en: Through}}
  - {name: path, type: graph, heading: {fr: Chemin, en: Path}}
*/
MATCH (a:Institution {id: $from}), (b:Institution {id: $to})
MATCH path = allShortestPaths((a)-[:PARTICIPATES_IN|PARTY_TO*..6]-(b))
RETURN length(path) AS length, [n IN nodes(path) | n.name] AS through, path
ORDER BY through, [n IN nodes(path) | n.id]
LIMIT 10
