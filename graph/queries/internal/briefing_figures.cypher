/* Every published figure. */
MATCH (f:Figure)
RETURN f.id AS id, f.scope AS scope, f.measure AS measure, f.value AS value, f.period AS period, f.url AS url
ORDER BY id
