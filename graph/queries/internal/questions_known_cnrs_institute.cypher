MATCH (n:CnrsInstitute {id: $id})
RETURN n.id AS id
