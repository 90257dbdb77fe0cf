"""What makes two names one body, what keeps them apart, and how often that is right."""

from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from ingest.resolve import names
from ingest.resolve.candidates import DESCRIBED, LARGEST, candidates, comparable
from ingest.resolve.evaluate import fitted, labelled, quality, wilson
from ingest.resolve.score import FEATURES, INTERCEPT, SAME, WEIGHTS, features, scored


def body(name, country="AT", city=None, url=None, acronym=None, ident="x:1"):
    return {"body": ident, "name": name, "acronym": acronym, "country": country, "city": city, "url": url}


def table(*bodies):
    return comparable(pl.DataFrame(list(bodies), schema=DESCRIBED))


def compare(left, right):
    return scored(features(table(left), table(right))).row(0, named=True)


def joined(left, right):
    found = compare(left, right)
    return found["score"] >= SAME and not found["barred"]


@pytest.fixture(scope="module")
def pairs():
    return labelled()


ONE_BODY = [
    ("Universität Wien", "UNIVERSITY OF VIENNA", "AT"),
    ("University of Gothenburg", "GOETEBORGS UNIVERSITET", "SE"),
    ("University Hospital Heidelberg", "UNIVERSITATSKLINIKUM HEIDELBERG", "DE"),
    ("Warsaw University of Technology", "POLITECHNIKA WARSZAWSKA", "PL"),
    ("University of Trento", "UNIVERSITA DEGLI STUDI DI TRENTO", "IT"),
    ("Umicore (Belgium)", "UMICORE NV", "BE"),
    ("CONSEJO SUPERIOR DE INVESTIGACIONESCIENTIFICAS", "Consejo Superior de Investigaciones Científicas", "ES"),
]


@pytest.mark.parametrize(("left", "right", "country"), ONE_BODY)
def test_one_body_in_two_languages_or_spellings_is_joined(left, right, country):
    assert joined(body(left, country), body(right, country))


TWO_BODIES = [
    ("University of Vienna", "TECHNISCHE UNIVERSITAET WIEN", "AT"),
    ("Universität Heidelberg", "UNIVERSITATSKLINIKUM HEIDELBERG", "DE"),
    ("Sveučilište u Zagrebu", "SVEUCILISTE U ZAGREBU FILOZOFSKI FAKULTET", "HR"),
    ("Université Paris 6", "UNIVERSITE PARIS 11", "FR"),
    ("Bulgarian Academy of Sciences", "INSTITUTE OF MECHANICS, BULGARIAN ACADEMY OF SCIENCES", "BG"),
    ("Shell Aviation Limited", "Shell Research Limited", "GB"),
    ("China University of Geosciences", "China University of Geosciences (Beijing)", "CN"),
    ("University of Bath", "Bath Spa University", "GB"),
    ("ITM POWER (TRADING) LIMITED", "ITM POWER LIMITED", "GB"),
    ("X-Fab (Germany)", "B.FAB GMBH", "DE"),
    ("Engineering (Italy)", "F M INGEGNERIA SPA", "IT"),
    ("Centre National de la Recherche Scientifique", "CNRS Délégation régionale Alsace", "FR"),
]


@pytest.mark.parametrize(("left", "right", "country"), TWO_BODIES)
def test_a_part_a_neighbour_or_a_namesake_is_not_joined(left, right, country):
    same = {"city": "Somewhere", "url": "https://www.example.org"}
    assert not joined(body(left, country, **same), body(right, country, **same))


def test_the_same_few_words_turned_round_are_not_joined_unless_the_city_agrees():
    one, other = "Le Mans Université", "UNIVERSITE DU MANS"
    assert not joined(body("University of Miami", "US"), body("Miami University", "US"))
    assert joined(body(one, "FR", "Le Mans"), body(other, "FR", "LE MANS"))


def test_one_name_in_two_countries_is_not_joined():
    name = "Centre national de la recherche scientifique"
    assert not joined(body(name, "FR", acronym="CNRS"), body(name, "LB", acronym="CNRS"))
    assert joined(body(name, "FR", acronym="CNRS"), body(name, "FR", acronym="CNRS"))


def test_the_order_of_the_two_sides_does_not_matter(pairs):
    left, right = table(*map(body, pairs["left_name"])), table(*map(body, pairs["right_name"]))
    assert_frame_equal(features(left, right), features(right, left))


def test_held_out_pairs_are_judged_with_a_precision_of_99_in_100(pairs):
    held = quality(pairs.filter(pl.col("split") == "held-out"))
    assert held.found + held.missed + held.wrong + held.apart > 600
    assert held.precision >= 0.99
    assert held.recall >= 0.33


def test_no_body_is_in_both_parts_of_the_labelled_pairs(pairs):
    parts = [
        set(part["left"]) | set(part["right"]) for part in (pairs.filter(split="train"), pairs.filter(split="held-out"))
    ]
    assert not parts[0] & parts[1]


def test_every_label_says_how_it_is_known(pairs):
    assert pairs.height >= 600
    assert set(pairs["label"]) == {"same", "different"}
    assert pairs["how"].null_count() == 0 and pairs["how"].str.len_chars().min() > 10
    assert pairs.select("left", "right", "left_name", "right_name").is_duplicated().sum() == 0


def test_the_weights_are_those_of_the_training_part(pairs):
    intercept, weights = fitted(pairs.filter(split="train"))
    assert intercept == pytest.approx(INTERCEPT, abs=0.001)
    assert weights == pytest.approx(WEIGHTS, abs=0.001)
    assert tuple(WEIGHTS) == FEATURES


def test_no_training_pair_labelled_different_is_joined(pairs):
    assert quality(pairs.filter(split="train")).wrong == 0


def test_the_interval_of_a_proportion():
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(381, 381)
    assert low == pytest.approx(0.99, abs=0.0005) and high == 1.0


def test_what_a_name_says_in_any_language():
    assert names.tokens("Ludwig-Maximilians-Universität München") == names.tokens(
        "LUDWIG MAXIMILIANS UNIVERSITAET MUENCHEN"
    )
    assert names.tokens("GmbH") == ["gmbh"]
    assert names.site("http://www.kent.ac.uk/x")[1] == "kent.ac.uk"
    assert names.site("not an address") == ("", "")
    assert names.place("PARIS CEDEX 05") == names.place("Paris") == "paris"


def test_bodies_are_compared_only_within_a_country_and_once():
    rows = table(
        body("University of Vienna", ident="ror:1"),
        body("Universität Wien", ident="pic:1"),
        body("University of Vienna", "US", ident="pic:2"),
    )
    assert candidates(rows).rows() == [(0, 1)]


def test_two_bodies_with_a_pic_each_are_never_compared():
    rows = table(body("University of Vienna", ident="pic:1"), body("Universität Wien", ident="pic:2"))
    assert candidates(rows, {"pic": pl.Series([True, True])}).is_empty()


def test_pairs_do_not_grow_with_the_square_of_the_bodies():
    """Ten thousand bodies that share all their words make no more pairs than their whole names do."""
    rows = table(*(body(f"Institut für Forschung und Technik {n}", ident=f"pic:{n}") for n in range(10_000)))
    assert candidates(rows).height <= 10_000 * max(LARGEST.values())


def test_nothing_to_compare_gives_nothing():
    empty = table()
    assert candidates(empty).is_empty()
    assert scored(features(empty, empty)).is_empty()
