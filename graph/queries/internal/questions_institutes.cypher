MATCH (n:CnrsInstitute)
RETURN n.id AS id, n.name_fr AS name_fr, n.name_en AS name_en
ORDER BY id
