import pytest

from graph.errors import BadRequest
from graph.store import Store


def first(store: Store, text: str) -> tuple[object, ...]:
    return store.search(text).rows[0][:3]


def test_an_acronym_comes_before_a_name_that_begins_with_it(store: Store):
    found = store.search("csic").dicts()
    assert [row["id"] for row in found] == ["pic:1", "pic:5"]
    assert found[0]["score"] > found[1]["score"]  # type: ignore[operator]


@pytest.mark.parametrize("text", ["Japan", "japon", "JAPON ", "jp", "Japo"])
def test_a_country_is_found_in_both_languages_by_code_and_by_its_beginning(store: Store, text: str):
    assert first(store, text) == ("Country", "JP", "Japan")


@pytest.mark.parametrize("text", ["tokyo", "University of Tok", "utokyo", "univ tokyo", "Université de Tokyo"])
def test_words_may_be_unfinished_or_of_the_other_language(store: Store, text: str):
    assert [row["id"] for row in store.search(text).dicts()] == ["pic:2"]


def test_accents_do_not_matter(store: Store):
    assert first(store, "cientificas")[1] == first(store, "Científicas")[1] == "pic:1"
    assert first(store, "ecole ete")[1] == "pic:4"


def test_other_scripts_and_ids_are_found(store: Store):
    assert first(store, "東京大学")[1] == "pic:3"
    assert first(store, "pic:5")[1] == "pic:5"
    assert first(store, "HORIZON:2")[1] == "HORIZON:2"


@pytest.mark.parametrize("text", ["", "  ", "+-*?~:\"'()[]{}\\/^", "AND OR NOT", "nothing like it", "a" * 5000])
def test_text_that_means_nothing_finds_nothing_and_breaks_nothing(store: Store, text: str):
    assert store.search(text).rows == []


def test_labels_and_limit_are_kept(store: Store):
    assert {row[0] for row in store.search("es", labels=["Country"]).rows} == {"Country"}
    assert len(store.search("horizon alpha beta e", limit=1)) <= 1
    with pytest.raises(BadRequest):
        store.search("x", labels=["Figure"])
