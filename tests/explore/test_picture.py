"""What a person does to a picture: open, fold, undo, restore from a link."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from graph.explore.picture import MOST_NODES, WORLD, History, Picture, assemble, collapse, decode, encode, expand, more
from graph.explore.view import View, ViewEdge, ViewNode

JAPAN, TOKYO, KYOTO = "Country:JP", "Institution:t", "Institution:k"


def test_opening_in_the_world_makes_a_centre_and_opening_inside_a_picture_adds() -> None:
    japan = expand(WORLD, JAPAN)
    assert japan == Picture(JAPAN)
    assert expand(japan, TOKYO).opened == (TOKYO,)
    assert expand(expand(japan, TOKYO), TOKYO).opened == (TOKYO,)
    assert expand(japan, JAPAN) == japan


def test_folding_takes_back_the_opening_and_hides_what_was_never_opened() -> None:
    picture = expand(Picture(JAPAN), TOKYO)
    assert collapse(picture, TOKYO) == Picture(JAPAN)
    assert collapse(picture, KYOTO).hidden == (KYOTO,)
    assert collapse(picture, JAPAN) == picture, "the centre stays"


def test_undo_and_redo_walk_the_same_way_back_and_forth() -> None:
    history = History().to(Picture(JAPAN)).to(expand(Picture(JAPAN), TOKYO))
    assert history.undo().undo().present == WORLD
    assert history.undo().undo().redo().redo() == history
    assert history.redo() == history
    assert History().undo() == History()
    assert history.undo().to(Picture(TOKYO)).future == (), "a new step ends the redo"
    assert history.to(history.present) == history


def test_the_trail_names_each_centre_once_and_starts_at_the_world() -> None:
    history = History().to(Picture(JAPAN)).to(Picture(TOKYO)).to(Picture(JAPAN))
    assert history.trail() == (JAPAN,)
    assert History().to(Picture(JAPAN)).to(Picture(TOKYO)).trail() == (JAPAN, TOKYO)
    assert history.to(WORLD).trail() == ()


KEYS = st.lists(
    st.sampled_from(["Institution:ror:02x", "Project:HORIZON:1", "Lab:UMR 8552", "Country:JP"]), unique=True
)


@given(KEYS, KEYS, st.integers(1, MOST_NODES), st.sampled_from(["direct", "partners"]))
def test_a_link_restores_the_picture(opened: list[str], hidden: list[str], limit: int, through: str) -> None:
    picture = Picture("Country:JP", tuple(opened), tuple(hidden), limit, through)  # type: ignore[arg-type]
    assert decode("Country:JP", encode(picture)) == picture


@given(st.text())
def test_a_broken_link_draws_something_instead_of_failing(text: str) -> None:
    assert decode("Country:JP", text).centre == "Country:JP"
    assert 1 <= decode("Country:JP", text).limit <= MOST_NODES


def test_the_plain_picture_needs_no_parameter() -> None:
    assert encode(Picture("Country:JP")) == ""
    assert more(Picture(JAPAN)).limit == 120
    assert more(Picture(JAPAN, limit=MOST_NODES)).limit == MOST_NODES


def star(key: str, size: int) -> View:
    centre = ViewNode(*key.split(":", 1), key, key)  # type: ignore[arg-type]
    leaves = [ViewNode("Project", f"{key}-{i}", str(i), str(i)) for i in range(size)]
    edges = [ViewEdge(leaf.key, key, "participates_in") for leaf in leaves]
    return View((centre, *leaves), tuple(edges), size, size, key)


def test_a_picture_stops_growing_where_the_drawing_would_be_slow() -> None:
    first = "Project:Institution:a-0"
    picture = Picture("Institution:a", opened=(first, "Project:Institution:a-1"))
    view = assemble(picture, lambda key, limit, through: star(key, MOST_NODES if key == first else 5))
    assert len(view.nodes) <= 2 * MOST_NODES
    assert view.node("Project:Project:Institution:a-1-0") is None, "nothing is opened once the picture is full"


def test_what_is_opened_but_not_in_the_picture_is_passed_over() -> None:
    view = assemble(
        Picture("Institution:a", opened=("Institution:elsewhere",)), lambda key, limit, through: star(key, 3)
    )
    assert len(view.nodes) == 4
