"""From a picture to the browser's data, and from the browser's events back: pure functions."""

from __future__ import annotations

import pytest

from graph.explore.view import ViewEdge, ViewNode
from views.parts.canvas import CanvasEvent, CanvasOptions, kind_name, parse_event, tie_name, unseen
from views.parts.canvas.payload import build, legend
from views.parts.canvas.style import KINDS, LARGEST, SMALLEST, UNSIZED, radii, widths

HOSTILE = "<img src=x onerror=alert(1)>"
NODES = [
    ViewNode("Institution", "ror:02feahw73", "CNRS", "CNRS", "FR"),
    ViewNode("Institution", "evil", HOSTILE, HOSTILE, "JP", projects=4),
    ViewNode("Country", "JP", "Japon", "Japan", projects=9),
    ViewNode("Agreement", "I1", "LIMMS", "LIMMS", active=False),
]
EDGES = [
    ViewEdge("Institution:evil", "Institution:ror:02feahw73", "projects", 4),
    ViewEdge("Institution:evil", "Agreement:I1", "party_to", active=False),
    ViewEdge("Institution:evil", "Country:XX", "located_in"),
]


def test_nodes_carry_shape_group_and_plain_text() -> None:
    data = build(NODES, EDGES, CanvasOptions(language="fr"))
    nodes = {node["id"]: node for node in data["nodes"]}  # type: ignore[attr-defined]
    assert nodes["Institution:evil"]["label"] == HOSTILE, "strings travel as they are"
    assert "title" not in nodes["Institution:evil"], "vis would get a title it might read"
    assert nodes["Country:JP"]["shape"] == "hexagon"
    assert nodes["Agreement:I1"]["group"] == "Agreement/hollow", "what has ended is hollow"


def test_a_tie_without_both_ends_is_not_drawn_and_a_dormant_one_is_dashed() -> None:
    edges = build(NODES, EDGES, CanvasOptions())["edges"]
    assert [edge["dashes"] for edge in edges] == [False, True]  # type: ignore[attr-defined]
    assert [edge["line"] for edge in edges] == ["actual", "agreement"]  # type: ignore[attr-defined]


def test_the_version_follows_the_content_and_nothing_else() -> None:
    first = build(NODES, EDGES, CanvasOptions())["version"]
    assert build(NODES, EDGES, CanvasOptions(selected="Country:JP", note="x"))["version"] == first
    assert build(NODES[:2], EDGES, CanvasOptions())["version"] != first


def test_the_legend_counts_what_is_drawn() -> None:
    entries = legend(NODES, EDGES[:2], CanvasOptions(language="en", size_name="Joint projects"))
    words = [(entry["text"], entry.get("count")) for entry in entries]
    assert ("Institutions", "2") in words
    assert ("Country", "1") in words
    assert ("Agreements, ended", "1") in words
    assert words[-1][0].startswith("Size: Joint projects")  # type: ignore[attr-defined]


def test_groups_have_a_legend_of_their_own_and_the_rest_is_grey() -> None:
    options = CanvasOptions(language="en", groups={"Country:JP": 0, "Institution:evil": 99}, group_names=["Japan"])
    assert build(NODES, [], options)["nodes"][1]["group"] == "rest"  # type: ignore[index]
    words = [(entry["text"], entry.get("count")) for entry in legend(NODES, [], options)]
    assert ("Japan", "1") in words
    assert ("Others", "3") in words


def test_area_grows_with_the_value_and_unknown_is_not_zero() -> None:
    sizes = radii({"most": 100.0, "quarter": 25.0, "zero": 0.0, "unknown": None})
    assert sizes["most"] == LARGEST
    assert sizes["quarter"] == pytest.approx((SMALLEST + LARGEST) / 2)
    assert sizes["zero"] == SMALLEST
    assert sizes["unknown"] == UNSIZED
    capped = radii({"giant": 10_000.0, "most": 100.0}, {"giant"})
    assert capped == {"giant": LARGEST, "most": LARGEST}, "one giant does not make all others dots"


def test_projects_and_publications_are_not_measured_by_one_rule() -> None:
    projects, few, works = widths([("projects", 100.0), ("projects", 1.0), ("copublishes_with", 3.0)])
    assert projects > works > few


@pytest.mark.parametrize("label", KINDS)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_kind_has_a_word(label: str, language: str) -> None:
    assert kind_name(label, language) != "" and kind_name(label, language, 2) != ""  # type: ignore[arg-type]


def test_words_follow_number_and_language() -> None:
    assert kind_name("Country", "en", 0) == "Countries"
    assert kind_name("Lab", "fr", 0) == "Laboratoire", "French keeps the singular at zero"
    assert tie_name("projects", "en", 2) == "joint EU projects"
    assert tie_name("no_such_tie", "fr") == "no such tie"


@pytest.mark.parametrize(
    ("payload", "event"),
    [
        ({"type": "select", "key": "Country:JP"}, CanvasEvent("select", "Country:JP")),
        ({"type": "expand", "key": "Country:JP"}, CanvasEvent("expand", "Country:JP")),
        ({"type": "edge", "key": "projects|a|b"}, CanvasEvent("edge", "projects|a|b")),
        ({"type": "undo", "key": "ignored"}, CanvasEvent("undo")),
        ({"type": "select", "key": "Country:XX"}, None),
        ({"type": "edge", "key": "Country:JP"}, None),
        ({"type": "select", "key": ["Country:JP"]}, None),
        ({"type": "drop", "key": "Country:JP"}, None),
        ("select", None),
        (None, None),
    ],
)
def test_only_events_of_what_is_drawn_are_believed(payload: object, event: CanvasEvent | None) -> None:
    assert parse_event(payload, ["Country:JP"], ["projects|a|b"]) == event


def message(*numbers: int, canvas: str = "a") -> dict[str, object]:
    return {"canvas": canvas, "events": [{"n": n, "type": "undo"} for n in numbers]}


def test_each_event_is_handled_once_though_messages_repeat_it() -> None:
    events, mark = unseen(message(1), ("", 0))
    assert ([each["n"] for each in events], mark) == ([1], ("a", 1))  # type: ignore[index]
    events, mark = unseen(message(1, 2, 3), mark)
    assert ([each["n"] for each in events], mark) == ([2, 3], ("a", 3))  # type: ignore[index]
    assert unseen(message(1, 2, 3), mark) == ([], mark)
    assert unseen(message(1, canvas="b"), mark)[1] == ("b", 1), "a canvas drawn anew counts from one"
    assert unseen("nonsense", mark) == ([], mark)
    assert unseen({"canvas": "a", "events": ["nonsense", {"n": "4"}]}, mark) == ([], mark)
