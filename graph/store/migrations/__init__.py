"""Numbered changes of the schema, one Cypher file each; the number of the last one is `graph.schema.VERSION`."""
