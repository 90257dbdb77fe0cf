"""A generated network of the complete Horizon 2020's size: 36,000 bodies, 800,000 ties."""

from __future__ import annotations

import numpy as np
import polars as pl

from graph.network import CNRS, Incidence, empty_incidence

PROJECTS, BODIES = 35_389, 41_946
ALONE = 0.58
"""Share of projects of one body."""
MEAN_PARTNERS = 7.4
LARGEST = 120
CODES = ("FR", "DE", "IT", "ES", "GB", "NL", "BE", "SE", "US", "JP")


def incidence(seed: int = 11) -> Incidence:
    """Projects whose sizes and bodies are drawn from long-tailed distributions; body 0 is the CNRS."""
    random = np.random.default_rng(seed)
    sizes = np.where(
        random.random(PROJECTS) < ALONE,
        1,
        np.minimum(2 + random.negative_binomial(2, 2 / (2 + MEAN_PARTNERS), PROJECTS), LARGEST),
    )
    popularity = 1 / np.arange(1, BODIES + 1) ** 0.68
    events = np.repeat(np.arange(PROJECTS), sizes)
    bodies = random.choice(BODIES, len(events), p=popularity / popularity.sum())
    names = np.array([CNRS, *(f"Institution:pic:{number}" for number in range(1, BODIES))])
    places = np.array(CODES)[random.integers(0, len(CODES), BODIES)]
    empty = {name: getattr(empty_incidence(), name) for name in Incidence.__slots__}
    members = pl.DataFrame({"event": [f"Project:{event}" for event in events], "actor": names[bodies]}).unique(
        maintain_order=True
    )
    first = random.integers(2014, 2021, PROJECTS)
    empty |= {
        "actors": pl.DataFrame(
            {
                "actor": names,
                "id": [name.partition(":")[2] for name in names],
                "label": "Institution",
                "name": names,
                "country": places,
            }
        ),
        "events": pl.DataFrame(
            {
                "event": [f"Project:{event}" for event in range(PROJECTS)],
                "tie": "projects",
                "first": first,
                "last": first + 3,
            },
            schema=empty["events"].schema,
        ),
        "members": members,
        "countries": pl.DataFrame({"id": CODES, "name": CODES}),
    }
    return Incidence(**empty)
