"""Real Neo4j servers for the tests: provisioned from Maven Central, started on loopback."""
