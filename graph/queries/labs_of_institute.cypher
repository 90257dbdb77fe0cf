/*
id: labs_of_institute
order: 190
title:
  fr: Laboratoires rattachés à un institut du CNRS
  en: Labs of a CNRS institute
description:
  fr: >-
    Les unités que le répertoire rattache à l'institut. Il n'en donne qu'un par unité, pas toujours le principal :
    cette liste ne sert pas à compter les laboratoires d'un institut. Une fermeture absente veut dire « non connue ».
  en: >-
    The units the directory attaches to the institute. It gives one institute a unit, not always the main one: do not
    count an institute's labs by this list. A missing closing year means none is known.
roles: [strategist, analyst]
parameters:
  - name: institute
    type: cnrs_institute
    default: INSIS
    label: {fr: Institut du CNRS, en: CNRS institute}
columns:
  - {name: lab_id, type: id, kind: Lab, heading: {fr: Unité, en: Unit}}
  - {name: lab, heading: {fr: Laboratoire, en: Lab}}
  - {name: acronym, heading: {fr: Sigle, en: Acronym}}
  - {name: city, heading: {fr: Ville, en: City}}
  - {name: country_id, type: country, heading: {fr: Pays, en: Country}}
  - {name: year_created, type: year, heading: {fr: Création, en: Created}}
  - {name: year_closed, type: year, heading: {fr: Fermeture, en: Closed}}
*/
MATCH (:CnrsInstitute {id: $institute})<-[:PART_OF]-(l:Lab)
RETURN l.id AS lab_id, l.name AS lab, l.acronym AS acronym, l.city AS city, l.country AS country_id,
       l.year_created AS year_created, l.year_closed AS year_closed
ORDER BY lab_id
