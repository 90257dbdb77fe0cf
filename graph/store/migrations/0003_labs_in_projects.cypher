/* Labs take part in projects, countries have a status in a programme: that relationship takes the place of one property. */
MATCH (c:Country) WHERE c.horizon_status IS NOT NULL REMOVE c.horizon_status;
