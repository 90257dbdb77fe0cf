"""`python -m graph`: status, questions, Cypher, measures, exports and briefings."""

import sys

from graph.cli.commands import app
from graph.cli.runner import run

if __name__ == "__main__":
    sys.exit(run(app, "python -m graph"))
