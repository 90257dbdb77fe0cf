"""The bundled graph through the real store: figures a straight count over the source tables gives."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

from graph.errors import StoreUnavailable
from graph.network import CNRS, MEASURES, Incidence, Scope, cache_incidence, measure, project
from graph.queries import internal
from graph.settings import Settings
from graph.store import BuildInfo, Store

HORIZON = "ties=projects;programmes=HORIZON"


@pytest.fixture(scope="module")
def bundled(bundled_incidence: Incidence) -> Incidence:
    return bundled_incidence


def test_first_partners_in_horizon_europe_are_those_of_the_tables(bundled: Incidence) -> None:
    """CSIC 103, CEA 99 and CNR 95 joint projects."""
    projection = project(bundled, Scope.parse(HORIZON))
    names = dict(projection.nodes.select("key", "name").iter_rows())
    partners = sorted(((d["projects"], names[n]) for n, d in projection.graph[CNRS].items()), reverse=True)[:3]
    assert [count for count, _ in partners] == [103, 99, 95]
    for (_, name), word in zip(partners, ("CIENTÍFICAS", "ATOMIQUE", "NATIONAL RESEARCH COUNCIL"), strict=True):
        assert word in name.upper()


def test_germany_stands_at_515_joint_projects_in_horizon_europe(bundled: Incidence) -> None:
    graph = project(bundled, Scope.parse(f"{HORIZON};level=country")).graph
    assert graph["Country:FR"]["Country:DE"]["projects"] == 515


def test_a_programme_has_all_its_projects(bundled: Incidence) -> None:
    for programme, projects in (("FP7", 1623), ("H2020", 1372), ("HORIZON", 1222)):
        events = bundled.events.filter(pl.col("event").str.starts_with(f"Project:{programme}:"))
        assert events.height == projects
        funded = project(bundled, Scope.parse(f"ties=projects;programmes={programme};weighting=newman"))
        whole = {e for (e,) in events.select("event").iter_rows()}
        tied = bundled.members.filter(pl.col("event").is_in(whole)).filter(pl.len().over("event") > 1)
        joint = tied.filter(pl.col("actor") == CNRS).height
        assert measure(funded, "strength")[CNRS] == pytest.approx(joint)


def test_fp7_has_no_dates_and_years_say_so(bundled: Incidence) -> None:
    notes = dict(project(bundled, Scope.parse("ties=projects;programmes=FP7;years=2007-2013")).notes)
    assert notes["network.undated_projects"]["count"] == 1623


def test_every_measure_on_the_whole_graph(bundled: Incidence) -> None:
    projection = project(bundled, Scope())
    assert projection.nodes["name"].null_count() == 0
    for name in MEASURES:
        assert len(measure(projection, name)) == projection.nodes.height


def test_the_cache_is_read_back_the_same_and_old_ones_go(
    bundled_store: Store, bundled: Incidence, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path)
    old = tmp_path / "cache" / "incidence-0.parquet"
    old.parent.mkdir()
    old.touch()
    first = cache_incidence(bundled_store, settings)
    (path,) = old.parent.iterdir()
    unreachable = SimpleNamespace(built=bundled_store.built)
    again = cache_incidence(unreachable, settings)
    for table in Incidence.__slots__:
        assert getattr(again, table).equals(getattr(first, table))
        assert getattr(again, table).schema == getattr(bundled, table).schema
    path.write_bytes(b"damaged")
    assert cache_incidence(bundled_store, settings).events.equals(first.events)


class Rebuilt:
    """The bundled store, built again while its ties are read the first time, as another process may do."""

    def __init__(self, store: Store, times: int) -> None:
        self.store, self.times, self.built_at = store, times, 0

    def build(self) -> BuildInfo:
        return replace(self.store.built(), built_at=str(self.built_at))

    built = build

    def frame(self, cypher: str) -> pl.DataFrame:
        if cypher == internal("network_topics") and self.built_at < self.times:
            self.built_at += 1
        return self.store.frame(cypher)


def test_what_is_read_while_the_graph_is_built_is_read_again_and_kept_under_the_new_build(
    bundled_store: Store, bundled: Incidence, tmp_path: Path
) -> None:
    store, settings = Rebuilt(bundled_store, 1), Settings(data_dir=tmp_path)
    assert cache_incidence(store, settings).events.equals(bundled.events)
    (kept,) = (tmp_path / "cache").iterdir()
    cache_incidence(Rebuilt(bundled_store, 0), settings)  # the build before: another key, another file
    (other,) = (tmp_path / "cache").iterdir()
    assert kept.name != other.name
    with pytest.raises(StoreUnavailable, match="being built while it is read"):
        cache_incidence(Rebuilt(bundled_store, 99), Settings(data_dir=tmp_path / "never"))
    assert not (tmp_path / "never").exists()
