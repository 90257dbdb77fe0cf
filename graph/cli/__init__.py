"""The command line over the graph: `python -m graph`."""
