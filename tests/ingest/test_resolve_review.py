"""From proposals to a person's decisions and back: what is proposed, edited, accepted, and taken apart again."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import polars as pl
import pytest
import typer
from typer.testing import CliRunner

from graph.errors import BadRequest, SourceError
from ingest.assemble import assemble
from ingest.fingerprint import JUDGEMENTS
from ingest.reading import IDENTITIES, Reading
from ingest.resolve import Judgement, load_judgements
from ingest.resolve.commands import review_command
from ingest.resolve.propose import COLUMNS, machine_judgements, proposals
from ingest.resolve.review import FOLDER, PROPOSED, UNSURE, accept, open_pairs, set_aside, write_review
from tests.ingest.support import read, spec_over

DAY = dt.date(2026, 11, 25)
HEADER = "left,right,judgement,by,rule,date\n"


def reading(*bodies, identities=()):
    schema = dict.fromkeys(("id", "name", "acronym", "country", "city", "url", "record"), pl.String)
    frame = pl.DataFrame([(*b, *[None] * (6 - len(b)), b[0]) for b in bodies], schema=schema, orient="row")
    pairs = pl.DataFrame(list(identities), schema=IDENTITIES, orient="row")
    return Reading({"Institution": frame.with_columns(named=pl.lit(True))}, {}, pairs, pl.DataFrame(), frame.height)


WIEN = reading(("ror:1", "University of Vienna", None, "AT"), ("pic:1", "UNIVERSITAT WIEN", None, "AT", "Wien"))
STUDSVIK = reading(
    ("fp7:a", "STUDSVIK AB", "STUDSVIK", "SE", "Nykoping", "http://www.studsvik.com"),
    ("pic:2", "STUDSVIK NUCLEAR AB", "STUDSVIK", "SE", "Nykoping", "http://www.studsvik.com"),
)


def verdicts(*readings, judgements=()):
    return set(proposals(readings, judgements).select("left", "right", "verdict").iter_rows())


def test_a_sure_pair_is_proposed_as_same_and_an_unsure_one_for_a_person():
    assert verdicts(WIEN, STUDSVIK) == {("ror:1", "pic:1", "same"), ("pic:2", "fp7:a", "unsure")}


def test_the_same_readings_give_the_same_proposals_in_any_order():
    one, other = proposals([WIEN, STUDSVIK], []), proposals([STUDSVIK, WIEN], [])
    assert one.equals(other) and tuple(one.columns) == COLUMNS


def test_what_a_person_judged_is_not_proposed_again():
    for verdict in ("same", "different", "unsure"):
        judged = Judgement("pic:1", "ror:1", verdict, True, "read")
        assert verdicts(WIEN, judgements=[judged]) == set()


def test_a_body_is_known_by_an_alias_too():
    """ROR's own name of a body that CORDIS calls by another name ROR lists."""
    pic = reading(("pic:3", "UNIVERSITAET GRAZ", None, "AT", "Graz"))
    named = reading(("ror:3", "Campus at the Schlossberg", None, "AT", "Graz"))
    known = pl.Series([["University of Graz"]], dtype=pl.List(pl.String))
    aliased = replace(named, nodes={"Institution": named.nodes["Institution"].with_columns(aliases=known)})
    assert verdicts(named, pic) == set()
    assert verdicts(aliased, pic) == {("ror:3", "pic:3", "same")}


def test_of_two_equal_candidates_for_one_ror_neither_is_joined():
    twice = reading(("ror:9", "Universität Graz", None, "AT"), ("ror:8", "University of Graz", None, "AT"))
    pic = reading(("pic:9", "UNIVERSITAET GRAZ", None, "AT", "Graz"))
    assert {verdict for _, _, verdict in verdicts(twice, pic)} == {"unsure"}


def test_bodies_without_name_or_country_are_not_proposed():
    assert verdicts(reading(("ror:1", "University of Vienna"), ("pic:1", "UNIVERSITAT WIEN"))) == set()
    assert verdicts(reading()) == set()


def test_a_machine_judgement_says_its_score():
    (judgement,) = machine_judgements(proposals([WIEN], []))
    assert not judgement.human and judgement.verdict == "same" and judgement.rule.startswith("scored 0.9")


def built(judgements, resolve="all"):
    """Assemble the small CORDIS fixture with two bodies of the University of Vienna beside it."""
    spec, small = spec_over("cordis_horizon"), read("cordis_horizon")
    both = pl.concat([small.nodes["Institution"], WIEN.nodes["Institution"]], how="diagonal")
    return assemble([(spec, replace(small, nodes={**small.nodes, "Institution": both}))], judgements, resolve)


def identifiers(assembly):
    return {frozenset(i) for i in assembly.tables.nodes["Institution"]["identifiers"].to_list()}


def test_one_different_row_splits_a_wrong_merge_at_the_next_build():
    assert frozenset({"ror:1", "pic:1"}) in identifiers(built([]))
    split = identifiers(built([Judgement("pic:1", "ror:1", "different", True, "read")]))
    assert {frozenset({"ror:1"}), frozenset({"pic:1"})} <= split


def test_a_different_row_splits_what_a_machine_joined_through_a_third():
    chain = [Judgement("pic:1", "fp7:z", "same", False, "x"), Judgement("fp7:z", "ror:1", "same", False, "x")]
    different = Judgement("pic:1", "ror:1", "different", True, "read")
    for members in identifiers(built([*chain, different])):
        assert not {"pic:1", "ror:1"} <= members


def test_building_by_identifiers_takes_no_machines_word():
    machine, human = (Judgement("pic:1", "ror:1", "same", by, "x") for by in (False, True))
    assert frozenset({"pic:1"}) in identifiers(built([machine], "ids"))
    assert frozenset({"ror:1", "pic:1"}) in identifiers(built([human], "ids"))
    assert built([machine], "ids").proposed.is_empty()


@pytest.fixture
def judgements(tmp_path):
    path = tmp_path / "judgements.csv"
    path.write_text(HEADER + "pic:5,ror:5,same,human,read,2026-11-23\n", encoding="utf-8")
    return path


def sheet(path):
    """The file as a French spreadsheet opens it."""
    return pl.read_csv(path, infer_schema=False, separator=";")


def filled(data, verdict, note=None):
    """Write the review of a build and fill in its first open pair."""
    write_review(data, proposals([WIEN, STUDSVIK], []))
    path = data / FOLDER / UNSURE
    frame = sheet(path)
    first = pl.int_range(pl.len()) == 0
    frame = frame.with_columns(
        pl.when(first).then(pl.lit(value)).otherwise(name).alias(name)
        for name, value in (("judgement", verdict), ("note", note))
    )
    frame.write_csv(path, separator=";", include_bom=True)
    return path


def test_a_build_writes_all_proposals_with_score_and_features_and_the_open_ones_apart(tmp_path):
    write_review(tmp_path, proposals([WIEN, STUDSVIK], []))
    proposed = sheet(tmp_path / FOLDER / PROPOSED)
    assert proposed.height == 2 and tuple(proposed.columns) == COLUMNS
    assert open_pairs(tmp_path, []).select("left", "right").rows() == [("pic:2", "fp7:a")]
    assert open_pairs(tmp_path, [Judgement("fp7:a", "pic:2", "unsure", True, "")]).is_empty()
    assert open_pairs(tmp_path / "elsewhere", []).is_empty()


def test_an_edited_file_becomes_judgements_of_a_person_with_the_day_once(tmp_path, judgements):
    path = filled(tmp_path, "Different", "a subsidiary, says its web site")
    assert [(j.left, j.right, j.verdict) for j in accept(path, judgements, DAY)] == [("pic:2", "fp7:a", "different")]
    last = judgements.read_text(encoding="utf-8").splitlines()[-1]
    assert last == 'pic:2,fp7:a,different,human,"a subsidiary, says its web site",2026-11-25'
    assert accept(path, judgements, DAY) == []
    assert len(load_judgements(judgements)) == 2


def run(*arguments):
    app = typer.Typer()
    app.command()(review_command)
    return CliRunner().invoke(app, arguments)


def test_the_command_lists_what_is_open_and_prints_precision_and_recall(tmp_path):
    assert "nothing is open" in run("--data", str(tmp_path)).output
    write_review(tmp_path, proposals([WIEN, STUDSVIK], []))
    listed = run("--data", str(tmp_path)).output
    assert "STUDSVIK NUCLEAR AB" in listed and "1 open" in listed
    quality = run("--quality", "--data", str(tmp_path)).output
    assert "held-out, all" in quality and "precision" in quality


def test_removing_the_line_takes_the_judgement_back(tmp_path, judgements):
    path = filled(tmp_path, "different")
    path.write_text(path.read_text(encoding="utf-8").replace("pic:2;fp7:a", "pic:1;ror:1"), encoding="utf-8")
    joined = frozenset({"ror:1", "pic:1"})
    assert joined in identifiers(built(load_judgements(judgements)))
    accept(path, judgements, DAY)
    assert joined not in identifiers(built(load_judgements(judgements)))
    lines = judgements.read_text(encoding="utf-8").splitlines(keepends=True)
    judgements.write_text("".join(lines[:-1]), encoding="utf-8")
    assert joined in identifiers(built(load_judgements(judgements)))


NOTE = "déjà vu : même siège"


@pytest.mark.parametrize(
    ("separator", "encoding"), [(";", "utf-8-sig"), (",", "utf-8"), (",", "utf-8-sig"), ("\t", "utf-8")]
)
def test_an_edited_list_is_read_as_a_spreadsheet_saves_it(tmp_path, judgements, separator, encoding):
    path = filled(tmp_path, "same", NOTE)
    path.write_text(sheet(path).write_csv(separator=separator), encoding=encoding)
    write_review(tmp_path, proposals([STUDSVIK], []))
    assert sheet(path).select("judgement", "note").rows() == [("same", NOTE)]
    assert [judgement.rule for judgement in accept(path, judgements, DAY)] == [NOTE]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_letters_that_cannot_be_told_are_refused_with_what_to_do_and_nothing_is_kept(tmp_path, judgements, encoding):
    path, before = filled(tmp_path, "same", NOTE), judgements.read_text(encoding="utf-8")
    path.write_text(sheet(path).write_csv(separator=";"), encoding=encoding)
    with pytest.raises(SourceError, match="UTF-8") as refusal:
        accept(path, judgements, DAY)
    assert "CSV UTF-8" in str(refusal.value)
    assert judgements.read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    "content", ["judgement;note;left;right\nsame;déjà vu;a:1;b:1\n".encode("cp1252"), b"a;b\n1;2\n", b""]
)
def test_a_build_sets_an_unreadable_list_aside_and_goes_on(tmp_path, content):
    path = tmp_path / FOLDER / UNSURE
    path.parent.mkdir()
    for times in (1, 2):
        path.write_bytes(content)
        aside = write_review(tmp_path, proposals([STUDSVIK], []))
        assert aside is not None and aside.read_bytes() == content
        assert len(set_aside(tmp_path)) == times
        assert open_pairs(tmp_path, []).height == 1
    assert str(aside) in run("--data", str(tmp_path)).output
    assert write_review(tmp_path, proposals([STUDSVIK], [])) is None


FORMULA = '=HYPERLINK("http://example.org","STUDSVIK")'


def test_a_publishers_text_never_runs_as_a_formula_and_comes_back_as_it_was(tmp_path):
    bodies = reading(
        ("fp7:a", "STUDSVIK AB", "STUDSVIK", "SE", "@Nykoping", "http://www.studsvik.com"),
        ("pic:2", "STUDSVIK NUCLEAR AB", "STUDSVIK", "SE", "Nykoping", "http://www.studsvik.com"),
    )
    found = proposals([bodies], []).with_columns(right_name=pl.lit(FORMULA))
    write_review(tmp_path, found)
    for name in (PROPOSED, UNSURE):
        written = sheet(tmp_path / FOLDER / name)
        assert written["right_name"].to_list() == ["'" + FORMULA]
        assert "'@Nykoping" in written.select("left_city", "right_city").row(0)
    assert open_pairs(tmp_path, [])["right_name"].to_list() == [FORMULA]


def test_what_a_person_wrote_is_not_changed_by_build_after_build(tmp_path):
    path = filled(tmp_path, "same", "-- one firm")
    for _ in range(3):
        write_review(tmp_path, proposals([STUDSVIK], []))
    assert sheet(path)["note"].to_list() == ["'-- one firm"]
    assert open_pairs(tmp_path, [])["note"].to_list() == ["-- one firm"]


def test_what_is_filled_in_survives_the_next_build(tmp_path):
    path = filled(tmp_path, "same", "I asked them")
    write_review(tmp_path, proposals([WIEN], []))
    assert sheet(path).select("judgement", "note").rows() == [("same", "I asked them")]


def test_a_line_that_is_no_verdict_is_named_and_nothing_is_kept(tmp_path, judgements):
    before = judgements.read_text(encoding="utf-8")
    with pytest.raises(BadRequest, match="line 2"):
        accept(filled(tmp_path, "perhaps"), judgements, DAY)
    assert judgements.read_text(encoding="utf-8") == before


def test_a_contradiction_is_named(tmp_path, judgements):
    judgements.write_text(HEADER + "fp7:a,pic:2,different,human,read,2026-11-23\n", encoding="utf-8")
    with pytest.raises(BadRequest, match="are judged different"):
        accept(filled(tmp_path, "same"), judgements, DAY)


def test_a_judgement_that_would_join_two_pics_is_refused(tmp_path, judgements):
    judgements.write_text(HEADER + "fp7:a,pic:7,same,human,read,2026-11-23\n", encoding="utf-8")
    with pytest.raises(BadRequest, match="would join"):
        accept(filled(tmp_path, "same"), judgements, DAY)


def test_a_file_that_was_not_written_by_a_build_is_refused(tmp_path, judgements):
    path = tmp_path / "mine.csv"
    with pytest.raises(SourceError, match="cannot be read"):
        accept(path, judgements, DAY)
    path.write_text("one,other\na,b\n", encoding="utf-8")
    with pytest.raises(SourceError, match="lacks judgement, left, right"):
        accept(path, judgements, DAY)


def test_the_judgements_in_git_contradict_no_label():
    pairs = pl.read_csv(JUDGEMENTS.with_name("labelled_pairs.csv"), infer_schema=False)
    labels = {frozenset(ends): label for *ends, label in pairs.select("left", "right", "label").iter_rows()}
    for judgement in load_judgements(JUDGEMENTS):
        assert labels.get(frozenset((judgement.left, judgement.right)), judgement.verdict) == judgement.verdict
