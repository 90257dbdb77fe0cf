"""The commands of docs/strategy.md answer; figures that no other test derives another way are derived here."""

from __future__ import annotations

import csv
import math
import re
import shlex
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import networkx as nx
import polars as pl
import pytest
from scipy import stats

from graph.network import ANALYSES, CNRS, Answer, Incidence, Scope, communities, project

ROOT = Path(__file__).parents[2]
QUESTIONS = re.findall(
    r"^\| ([^|]+\?) \| (.+) \| .+ \|$", (ROOT / "docs" / "strategy.md").read_text("utf-8"), re.MULTILINE
)
"""Each question of the table, and what it is answered by."""

DOCUMENTED = [words for _, cell in QUESTIONS for words in re.findall(r"`python -m graph measure (.+?)`", cell)]
"""What follows `measure` in each command of the table."""


def asked(incidence: Incidence, words: str) -> Answer:
    name, *rest = shlex.split(words)
    options = list(zip(rest[::2], rest[1::2], strict=True))
    given = dict(value.split("=", 1) for option, value in options if option == "--param")
    scope = next((value for option, value in options if option == "--scope"), "")
    return ANALYSES[name].answer(incidence, Scope.parse(scope), given)


def named(name: str) -> str:
    return next(words for words in DOCUMENTED if words.split()[0] == name)


def consortia(incidence: Incidence, events: str = "Project:HORIZON:") -> list[set[str]]:
    """The members of each event whose key starts so, but for the CNRS."""
    members = incidence.members.filter(pl.col("actor") != CNRS, pl.col("event").str.starts_with(events))
    return [set(keys) for _, keys in members.group_by("event").agg("actor").iter_rows()]


def published(name: str) -> Iterator[dict[str, str]]:
    with (ROOT / "data" / "bundled" / f"cordis_{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def test_there_are_twelve_and_each_has_its_command() -> None:
    assert len({question for question, _ in QUESTIONS}) == 12
    assert all("`python -m graph measure " in cell for _, cell in QUESTIONS)


@pytest.mark.parametrize("words", DOCUMENTED)
def test_a_documented_command_answers(bundled_incidence: Incidence, words: str) -> None:
    assert asked(bundled_incidence, words).table.height >= 3


def test_the_first_brokers_between_france_and_japan_in_horizon_europe_are_those_of_networkx(
    bundled_incidence: Incidence,
) -> None:
    """The share that ranks them, by paths of networkx over the members of each project, event by event.

    One programme of the documented scope: all of it takes networkx half a minute.
    """
    scope = "ties=projects,agreements;cnrs=0;programmes=HORIZON"
    assert scope.startswith(shlex.split(named("brokers"))[-1])
    answer = ANALYSES["brokers"].answer(bundled_incidence, Scope.parse(scope), {"b": "JP"})
    joint = Counter(pair for members in consortia(bundled_incidence) for pair in combinations(sorted(members), 2))
    # A tie of n joint projects is 1/n long; in whole numbers, for sums of floats miss paths of equal length.
    unit = math.lcm(*joint.values())
    network = nx.Graph()
    network.add_edges_from((a, b, {"length": unit // n}) for (a, b), n in joint.items())
    country = dict(bundled_incidence.actors.select("actor", "country").iter_rows())
    french, japanese = ({one for one in network if country[one] == code} for code in ("FR", "JP"))
    joined = sum(len(piece & french) * len(piece & japanese) for piece in nx.connected_components(network))
    assert answer.figures["pairs_joined"] == joined
    # networkx halves each pair, for from all to all it would meet it twice.
    halves = nx.betweenness_centrality_subset(network, japanese, french, weight="length")
    expected = sorted(((2 * half / joined, one) for one, half in halves.items()), reverse=True)[:10]
    assert expected[0][0] > 0.4
    found = answer.table.head(10)
    assert found["key"].to_list() == [one for _, one in expected]
    assert found["pairs_share"].to_list() == pytest.approx([share for share, _ in expected])


def test_joint_events_of_the_first_broker_between_france_and_japan_are_those_of_its_consortia(
    bundled_incidence: Incidence,
) -> None:
    """All consortia of the documented scope: whom the first of the answer meets in them."""
    answer = asked(bundled_incidence, named("brokers"))
    country = dict(bundled_incidence.actors.select("actor", "country").iter_rows())
    events = consortia(bundled_incidence, "")
    both = [members for members in events if {"FR", "JP"} <= {country.get(one) for one in members}]
    assert answer.figures["events_both"] == len(both)
    first = answer.table.row(0, named=True)
    others = [{country.get(one) for one in members - {first["key"]}} for members in events if first["key"] in members]
    assert first["with_a"] == sum("FR" in places for places in others)
    assert first["with_b"] == sum("JP" in places for places in others)
    assert first["with_both"] == sum({"FR", "JP"} <= places for places in others)


def test_an_untapped_partner_in_canada_has_no_project_and_is_introduced_by_a_common_partner(
    bundled_incidence: Incidence,
) -> None:
    answer = asked(bundled_incidence, named("untapped"))
    works = bundled_incidence.works
    canada = set(bundled_incidence.actors.filter(pl.col("country") == "CA")["actor"])
    joint = set(bundled_incidence.members["actor"])
    straight = {body for body in works["institution"].unique() if body in canada and body not in joint}
    assert answer.figures["untapped"] == len(straight) == answer.table.height
    by_lab = works.group_by("lab", "institution").agg(pl.col("full").sum())
    for row in answer.table.head(5).to_dicts():
        labs = by_lab.filter(pl.col("institution") == row["key"])
        assert row["common"] == labs.height
        assert row["introducer_key"] in set(labs["lab"])


def test_the_first_bridge_has_its_ties_spread_over_the_blocks_as_counted_by_hand(bundled_incidence: Incidence) -> None:
    answer = asked(bundled_incidence, named("bridges"))
    projection = project(bundled_incidence, answer.scope)
    block = dict(zip(projection.keys, communities.community(projection).tolist(), strict=True))
    first = answer.table.row(0, named=True)["key"]
    weights: Counter[float] = Counter()
    for names in consortia(bundled_incidence):
        weights.update(block[other] for other in names - {first} if first in names)
    total = sum(weights.values())
    participation = 1 - sum((weight / total) ** 2 for weight in weights.values())
    assert answer.table.row(0, named=True)["participation"] == pytest.approx(participation)


def test_a_community_looks_outward_as_far_as_the_joint_projects_of_its_members_do(bundled_incidence: Incidence) -> None:
    """E-I by hand: of each project, the pairs within a community and those across; who is in which as `bridges` says.

    Most look outward; that of the consortia of 60 bodies and more, whose members mostly meet each other, does not.
    """
    scope = shlex.split(named("communities"))[-1]
    assert scope == shlex.split(named("bridges"))[-1]
    everybody = ANALYSES["bridges"].answer(bundled_incidence, Scope.parse(scope), {"floor": 1}).table
    block = dict(everybody.select("key", "block").iter_rows())
    inside: Counter[int] = Counter()
    across: Counter[int] = Counter()
    for names in consortia(bundled_incidence):
        for a, b in combinations([block[one] for one in names if len(names) > 1], 2):
            if a == b:
                inside[a] += 1
            else:
                across.update((a, b))
    table = asked(bundled_incidence, named("communities")).table
    sizes = Counter(block.values())
    for row in table.to_dicts():
        one = row["block"]
        assert (row["size"], row["internal"], row["external"]) == (sizes[one], inside[one], across[one])
        assert row["ei"] == pytest.approx((across[one] - inside[one]) / (across[one] + inside[one]))
    assert table["ei"][0] > 0 > table["ei"].min()


def test_dormant_agreements_are_those_with_no_tie_abroad_since_2021(bundled_incidence: Incidence) -> None:
    """Each agreement's parties abroad, their projects with the CNRS and their joint works, by plain sets and loops."""
    answer = asked(bundled_incidence, named("dormant"))
    starts = {event: first for event, _, first, _ in bundled_incidence.events.iter_rows()}
    ends = {event: last for event, _, _, last in bundled_incidence.events.iter_rows()}
    country = dict(bundled_incidence.actors.select("actor", "country").iter_rows())
    taken: dict[str, set[str]] = {}
    parties: dict[str, set[str]] = {}
    for event, actor in bundled_incidence.members.iter_rows():
        if event.startswith("Project:"):
            taken.setdefault(actor, set()).add(event)
        elif actor.startswith("Institution:") and country[actor] != "FR":
            parties.setdefault(event, set()).add(actor)
    written = {body for body, last in bundled_incidence.works.select("institution", "last").iter_rows() if last >= 2021}
    standing = [event for event in parties if ends[event] is None or ends[event] >= 2021]
    joint = {event: {p for one in parties[event] for p in taken[CNRS] & taken.get(one, set())} for event in standing}
    asleep = {
        event: projects
        for event, projects in joint.items()
        if not any((starts[project] or 0) >= 2021 for project in projects) and written.isdisjoint(parties[event])
    }
    assert (answer.figures["judged"], answer.figures["dormant"]) == (len(standing), len(asleep)) == (93, 10)
    rows = {row["key"]: (row["projects"], row["undated"], row["last_start"]) for row in answer.table.to_dicts()}
    assert rows.keys() == asleep.keys()
    for event, (projects, undated, last) in rows.items():
        dates = [starts[project] for project in asleep[event]]
        assert (projects, undated) == (len(dates), dates.count(None))
        assert last == max((date for date in dates if date), default=None)
    # REHABS of Port Elizabeth: one project, of 2019.
    assert rows["Agreement:I053"] == (1, 0, 2019)


def test_changes_by_institution_are_those_of_the_files(bundled_incidence: Incidence) -> None:
    """Grenoble's university went into another, Groningen's hospital rose; counts and shares straight from the files."""
    answer = asked(bundled_incidence, named("changes"))
    name = {row["org_id"]: row["name"] for row in published("fp7_organisations")}
    fp7 = {(row["rcn"], name[row["org_id"]]) for row in published("fp7_participations")}
    h2020 = {(row["rcn"], row["pic"]) for row in published("h2020_participations")}
    (cnrs,) = {one for one in name.values() if one.startswith("CENTRE NATIONAL DE LA RECHERCHE SCIENTIFIQUE")}
    of_before = len({project for project, body in fp7 if body != cnrs})
    of_after = len({project for project, body in h2020 if body != "999997930"})
    assert (answer.figures["events_before"], answer.figures["events_after"]) == (of_before, of_after)
    before, after = Counter(body for _, body in fp7), Counter(body for _, body in h2020)
    found = {row["key"]: row for row in answer.table.to_dicts()}
    for pic, verdict, firm in (
        ("909875521", "new", True),
        ("999907429", "gone", True),
        ("999989200", "fading", True),
        ("999914801", "rising", False),
        ("974300496", "steady", False),
    ):
        row = found[f"Institution:pic:{pic}"]
        early, late = before[row["name"]], after[pic]
        assert (row["n_before"], row["n_after"], row["verdict"], row["firm"]) == (early, late, verdict, firm)
        assert (row["share_before"], row["share_after"]) == pytest.approx((early / of_before, late / of_after))
        # Of its projects a binomial share is of H2020; the exact interval of that as odds, by the projects there are.
        share = stats.binomtest(late, early + late).proportion_ci(method="exact")
        low, high = (end / (1 - end) * of_before / of_after if end < 1 else None for end in (share.low, share.high))
        assert (row["ratio_low"], row["ratio_high"]) == (pytest.approx(low), high and pytest.approx(high))
        assert row["ratio"] == (pytest.approx(late / of_after / (early / of_before)) if early else None)


def test_changes_called_firm_are_those_of_the_step_up_over_all_partners(bundled_incidence: Incidence) -> None:
    """Benjamini and Hochberg's list by hand: the k least probable, k the last whose p is at most k/m of 5 %."""
    answer = asked(bundled_incidence, named("changes"))
    of_before, of_after = answer.figures["events_before"], answer.figures["events_after"]
    chance = of_after / (of_before + of_after)

    def two_sided(early: int, late: int) -> float:
        n = early + late
        as_few, as_many = stats.binom.cdf(late, n, chance), stats.binom.sf(late - 1, n, chance)
        return min(1.0, 2 * min(as_few, as_many))

    p = {key: two_sided(early, late) for key, early, late in answer.table.select("key", "n_before", "n_after").rows()}
    ordered = sorted(p.values())
    last = max(value for k, value in enumerate(ordered, 1) if value <= 0.05 * k / len(ordered))
    firm = {key for key, value in p.items() if value <= last}
    assert set(answer.table.filter("firm")["key"]) == firm
    assert 0 < len(firm) == answer.figures["firm"] < len(p)


def test_blocks_are_denser_within_than_between(bundled_incidence: Incidence) -> None:
    """The partition behind the bridges, held to networkx's own modularity."""
    projection = project(bundled_incidence, Scope.parse("ties=projects;programmes=HORIZON;countries=JP;cnrs=0"))
    found = communities.blocks(projection)
    graph = nx.Graph()
    graph.add_nodes_from(range(projection.nodes.height))
    graph.add_weighted_edges_from(zip(projection.a, projection.b, projection.weight, strict=True))
    groups: dict[int, set[int]] = {}
    for vertex, group in enumerate(found.membership.tolist()):
        groups.setdefault(group, set()).add(vertex)
    assert found.modularity == pytest.approx(nx.community.modularity(graph, groups.values(), weight="weight"))
    assert all(a.isdisjoint(b) for a, b in combinations(groups.values(), 2))
