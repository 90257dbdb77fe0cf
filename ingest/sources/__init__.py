"""One folder a source: source.toml says what it is, read.py turns its files into records."""
