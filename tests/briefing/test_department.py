"""What newer sources bring to a briefing: visits, missions, joint works of other labs, a country's status."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest

from graph.briefing import Briefing, compose, to_html, to_pdf
from graph.briefing.model import Value, shown
from graph.i18n import Language
from graph.settings import Settings
from graph.store import Store, open_store, stop_store
from tests.briefing.conftest import CSIC, TODAY, Writer
from tests.briefing.small import small
from tests.briefing.test_layout import pages, printed, words

GRAPHS: dict[str, dict[str, object]] = {
    "full": {},
    "bare": {"works": False, "visits": False, "mobility": False, "standings": False},
    "visits": {"mobility": False},
    "crowded": {"crowd": 40},
}
Small = Callable[..., Briefing]


@pytest.fixture(scope="module")
def own_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("small"), heap="512m", neo4j_uri=None)
    with open_store(settings) as store:
        yield store
    stop_store(settings)


@pytest.fixture(scope="module")
def written(own_store: Store) -> Small:
    """Write on a subject of one of the small graphs, each once."""
    made: dict[tuple[object, ...], Briefing] = {}
    held: list[str] = [""]

    def one(graph: str, subject: str, language: Language = "en", visit: dt.date | None = None) -> Briefing:
        asked = (graph, subject, language, visit)
        if asked not in made:
            if held[0] != graph:
                own_store.sync(small(**GRAPHS[graph]), fingerprint=graph)  # type: ignore[arg-type]
                held[0] = graph
            made[asked] = compose(own_store, subject, language, today=TODAY, visit_date=visit)
        return made[asked]

    return one


def rows(briefing: Briefing, key: str) -> list[tuple[Value, ...]]:
    table = briefing.table(key)
    assert table is not None
    return list(table.rows)


def said(briefing: Briefing) -> str:
    """Every sentence of the briefing, spaces as a person reads them."""
    html = re.sub(r"<style>.*?</style>|<svg.*?</svg>", "", to_html(briefing), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


# ---- joint works


def test_what_joint_works_cover_is_read_from_the_graph(written: Small) -> None:
    text = said(written("full", "KR"))
    assert "Labs that published with this country (2021–2023): 1 of 2." in text
    assert "These are the labs OpenAlex knows" in text
    assert "Co-publications: 2 labs, those OpenAlex knows (2021–2023)" in text
    assert "Lorraine" not in text and "sample" not in written("full", "KR").messages[1].so_what


def test_labs_without_a_joint_work_are_said_to_be_covered(written: Small) -> None:
    assert "No joint publication in the 2 labs that are covered (2021–2023)." in said(written("full", "CH"))


def test_without_joint_works_the_briefing_says_not_covered_and_not_none(written: Small) -> None:
    swiss, turkish = written("bare", "CH"), written("bare", "TR")
    assert "Co-publications are not covered" in swiss.messages[1].what
    assert [fact.value for fact in swiss.messages[1].facts] == [None]
    assert "co-publications are not covered" in turkish.messages[0].what
    for briefing in (swiss, turkish, written("bare", "JP", "fr")):
        assert not re.search(r"[Nn]o joint publication|ucune co-publication|2019", said(briefing))


@pytest.mark.parametrize(
    ("language", "covered"),
    [("fr", "21 laboratoires de Lorraine, 2019–2023"), ("en", "21 labs of Lorraine, 2019–2023")],
)
def test_the_bundled_joint_works_are_still_those_of_21_labs_of_lorraine(
    write: Writer, language: Language, covered: str
) -> None:
    table = write("JP", language).table("labs")
    assert table is not None and covered in table.remark


# ---- visits


def test_visits_are_newest_first_with_the_coming_ones_marked(written: Small) -> None:
    found = rows(written("full", "JP"), "visits")
    assert [row[0] for row in found] == [
        "8–10 December 2026 (to come), Paris",
        "12–14 March 2026, Paris",
        "30 November 2025 – 1 December 2025, Tokyo (Japan)",
        "6 May 2024, France",
        "6 May 2023, France",
    ]
    assert [row[1] for row in found] == [
        "Japan",
        "University of Tokyo",
        "France: CNRS",
        "Japan, South Korea: KAIST",
        "Japan",
    ]


def test_the_state_of_a_follow_up_is_told_in_expectedand_an_unknown_one_is_unknown(written: Small) -> None:
    assert [row[4] for row in rows(written("full", "JP"), "visits")] == [
        "Open, overdue: to do, due 1 June 2026",
        "Open, overdue: in progress, due 1 June 2026. Send the draft",
        "Open: to do, due 23 November 2026",
        "Done",
        "State not known",
    ]
    assert rows(written("full", "KR"), "visits")[0][3:] == ("", "")


def test_several_commitments_are_numbered(written: Small) -> None:
    assert rows(written("full", "JP"), "visits")[1][3] == "(1) Quantum call (2) Doctoral exchange"


def test_open_commitments_of_past_visits_are_the_first_message(written: Small) -> None:
    message = written("full", "JP").messages[0]
    assert message.what == "3 commitments of 2 visits are still open, 2 overdue."
    assert message.so_what.startswith("To settle first: “Quantum call” (overdue, due 1 June 2026)")
    assert "1 more in the table" in message.so_what and "Not yet" not in message.so_what
    assert [fact.value for fact in message.facts] == [3]
    french = written("full", "JP", "fr").messages[0].what
    assert french == "3 engagements de 2 visites restent ouverts, dont 2 en retard."


def test_a_day_is_overdue_only_once_it_is_past_on_the_day_of_writing(written: Small) -> None:
    later = written("full", "JP", "en", dt.date(2026, 12, 8))
    assert later.messages[0].what == written("full", "JP").messages[0].what


def test_a_follow_up_without_a_commitment_or_a_date_counts_as_one(written: Small) -> None:
    message = written("full", "CH").messages[0]
    assert message.what == "One follow-up of a visit without a date is still open."
    assert "“Call the ministry” (due date not known)" in message.so_what


def test_where_nothing_is_open_there_is_no_such_message(written: Small) -> None:
    assert not any("still open" in one.what for one in written("full", "KR").messages)


def test_an_institution_has_its_own_visits_and_those_of_its_country(written: Small) -> None:
    own = rows(written("full", "Institution:utokyo"), "visits")
    assert len(own) == 5
    kaist = rows(written("full", "Institution:kaist"), "visits")
    assert [row[0] for row in kaist] == ["5 January 2026, France", "6 May 2024, France"]


def test_a_country_without_joint_work_still_shows_its_visits(written: Small) -> None:
    briefing = written("full", "CA")
    assert briefing.empty and rows(briefing, "visits") == []
    assert "No visit of or to the country has been entered." in said(briefing)


# ---- mobility


def test_mobility_is_that_of_the_whole_cnrs_else_of_each_unit_and_never_added_up(written: Small) -> None:
    assert rows(written("full", "JP"), "mobility") == [
        (2025, "CNRS", 1412, 31, None),
        (2024, "CNRS – provisional", 1290, 0, 9),
        (2022, "INP", 96, 3, 1),
        (2022, "UMR 1", 12, 0, 0),
    ]


def test_an_unknown_count_is_a_dash_and_none_is_0(written: Small) -> None:
    table = written("full", "JP").table("mobility")
    assert table is not None
    assert [shown(row[4], table.columns[4].unit, "en") for row in table.rows] == ["–", "9", "1", "0"]


# ---- what is not loaded


def test_one_table_without_the_other_says_which_is_not_loaded(written: Small) -> None:
    briefing = written("visits", "JP")
    assert "Not loaded: the department's table “mobility”." in said(briefing)
    assert [one.value for one in briefing.facts() if "Missions" in one.question] == [None]
    assert "Visits and missions: not loaded" not in said(briefing)


@pytest.mark.parametrize("subject", ["JP", CSIC])
def test_without_either_table_the_bundled_briefing_says_so_and_is_otherwise_as_ever(
    write: Writer, subject: str
) -> None:
    briefing = write(subject, "en")
    assert briefing.tables[0].key == "agreements"
    assert len(briefing.messages) == 3
    assert "Visits and missions: not loaded." in said(briefing)


def test_where_nothing_is_on_record_what_is_not_loaded_is_named(written: Small, write: Writer) -> None:
    assert "networks (IRP, IRN), visits, missions and most co-publications" in write("KI", "en").messages[0].so_what
    assert "networks (IRP, IRN), visits, missions and co-publications" in written("bare", "TR").messages[0].so_what
    absent = "networks (IRP, IRN) and co-publications of labs that OpenAlex does not know"
    assert absent in written("full", "TR").messages[0].so_what


# ---- status in Horizon Europe


@pytest.mark.parametrize(
    ("country", "english", "french"),
    [
        ("FR", "EU member state", "État membre de l'UE"),
        ("CA", "associated country since 3 July 2024, Pillar II only",
         "pays associé depuis le 3 juillet 2024, pilier II seulement"),
        ("CH", "associated country since 1 January 2025", "pays associé depuis le 1er janvier 2025"),
        ("KR", "associated country from 1 January 2027, Ninth part only",
         "pays associé à partir du 1er janvier 2027, Neuvième partie seulement"),
        ("GB", "associated country until 31 December 2025, no longer",
         "pays associé jusqu'au 31 décembre 2025, plus depuis"),
        ("TR", "EU candidate country", "pays candidat à l'adhésion"),
        ("DE", "territory linked to a member state", "territoire lié à un État membre"),
        ("JP", "no status known to the sources read (6 December 2025)",
         "aucun statut connu des sources lues (6 décembre 2025)"),
    ],
)  # fmt: skip
def test_the_status_in_horizon_europe_is_said_in_words(written: Small, country: str, english: str, french: str) -> None:
    for language, expected in (("en", english), ("fr", french)):
        fact = written("full", country, language).standing
        assert fact is not None and fact.value == expected
        assert fact.source == "standing name"


def test_an_institution_has_the_status_of_its_country(written: Small) -> None:
    text = said(written("full", "Institution:eth"))
    assert "Horizon Europe: associated country since 1 January 2025" in text


def test_the_status_is_that_of_the_day_of_the_visit(written: Small) -> None:
    fact = written("full", "KR", "en", dt.date(2027, 1, 1)).standing
    assert fact is not None and fact.value == "associated country since 1 January 2027, Ninth part only"


def test_nothing_is_claimed_without_a_source_or_of_an_overseas_territory_of_older_programmes(written: Small) -> None:
    assert written("full", "NC").standing is None
    briefing = written("bare", "JP")
    assert briefing.standing is None
    assert "associated countries" not in said(briefing)


# ---- on paper


@pytest.mark.parametrize("language", ["fr", "en"])
def test_html_and_pdf_both_tell_of_visits_missions_and_status(written: Small, language: Language) -> None:
    briefing = written("full", "JP", language)
    assert briefing.standing
    paper, page = " ".join(words(to_pdf(briefing)).split()), said(briefing)
    told = {
        "fr": (
            "Visites et missions",
            "Doctoral exchange",
            "Ouvert, en retard",
            "à venir",
            "1 412",
            "aucun statut connu",
        ),
        "en": ("Visits and missions", "Doctoral exchange", "Open, overdue", "to come", "1,412", "no status known"),
    }[language]
    for one in told:
        assert one in page.replace("\u202f", " ")
        assert one in paper.replace("\u202f", " ")


def test_every_new_fact_has_its_question_source_and_date(written: Small) -> None:
    briefing = written("full", "JP")
    asked = {fact.question: fact for fact in briefing.facts()}
    for begins, source in (("Status of", "standing name"), ("Visits of", "visits name"), ("Missions", "mobility name")):
        fact = next(fact for question, fact in asked.items() if question.startswith(begins))
        assert (fact.source, fact.date) == (source, "6 December 2025")
    assert {"visits name", "mobility name", "standing name"} <= {one.name for one in briefing.sources}


@pytest.mark.parametrize("subject", ["JP", "Institution:utokyo"])
def test_many_visits_and_missions_still_print_on_two_pages(written: Small, subject: str) -> None:
    briefing = written("crowded", subject, "fr")
    for key in ("visits", "mobility"):
        table = briefing.table(key)
        assert table is not None and 2 <= table.printed < len(table.rows)
    assert pages(to_pdf(briefing)) == 2


@pytest.mark.browser
def test_many_visits_and_missions_still_print_on_two_pages_from_a_browser(
    written: Small, chromium: str, tmp_path: Path
) -> None:
    assert pages(printed(to_html(written("crowded", "JP", "fr")), chromium, tmp_path)) == 2
