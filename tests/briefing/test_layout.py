"""How a briefing is laid out: two tagged pages, one offline file, nothing of the data read as markup."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from graph.briefing import Briefing, brief_to_file, to_html, to_pdf
from graph.briefing.maps import City, map_svg
from graph.errors import BadRequest
from graph.i18n import Language
from graph.network import Incidence
from graph.store import Store
from tests.briefing.conftest import CSIC, TODAY, Writer


class Page(HTMLParser):
    """What a browser would find: tags with attributes, and the text between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.tags)


def pages(pdf: bytes) -> int:
    """Number of pages of a PDF, from its page tree: read by poppler where it is at hand, else from the footer."""
    info = shutil.which("pdfinfo")
    if info is None:
        pytest.skip("pdfinfo (poppler-utils) is not on this machine")
    done = subprocess.run([info, "-"], input=pdf, capture_output=True, check=True)
    return int(re.search(rb"Pages:\s+(\d+)", done.stdout)[1])  # type: ignore[index]


def printed(html: str, chromium: str, folder: Path) -> bytes:
    """What a browser prints of a page, as PDF."""
    page, paper = folder / "page.html", folder / "page.pdf"
    page.write_text(html, encoding="utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-pdf-header-footer"]
    subprocess.run(
        [chromium, *flags, f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={paper}", page.as_uri()],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return paper.read_bytes()


def words(pdf: bytes) -> str:
    text = shutil.which("pdftotext")
    if text is None:
        pytest.skip("pdftotext (poppler-utils) is not on this machine")
    return subprocess.run([text, "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("subject", ["JP", "DE", CSIC])
def test_a_briefing_prints_on_exactly_two_pages(write: Writer, subject: str, language: Language) -> None:
    assert pages(to_pdf(write(subject, language))) == 2


@pytest.mark.parametrize("subject", ["KI", "MA", "TW", "US", "IN", "CA"])
def test_no_briefing_is_longer_than_two_pages(write: Writer, subject: str) -> None:
    assert pages(to_pdf(write(subject, "fr"))) <= 2


@pytest.mark.browser
@pytest.mark.parametrize("subject", ["JP", "DE", CSIC])
def test_the_html_prints_on_two_pages_too(write: Writer, subject: str, chromium: str, tmp_path: Path) -> None:
    assert pages(printed(to_html(write(subject, "fr")), chromium, tmp_path)) == 2


def test_the_pdf_is_tagged_and_names_its_language_and_pictures(write: Writer) -> None:
    pdf = to_pdf(write("JP", "fr"))
    assert b"/MarkInfo" in pdf or b"/StructTreeRoot" in pdf or b"/ObjStm" in pdf
    info = shutil.which("pdfinfo")
    if info is not None:
        told = subprocess.run([info, "-"], input=pdf, capture_output=True, check=True).stdout.decode()
        assert re.search(r"Tagged:\s+yes", told)
        assert re.search(r"Title:\s+.*Japon", told)


def test_hostile_values_stay_text_in_the_html(hostile: Briefing) -> None:
    html = to_html(hostile)
    page = Page(html)
    assert page.count("script") == 0
    assert page.count("svg") == 2
    assert "<script" not in html
    assert "".join(page.words).count("{{7*7}}") > 20
    assert "".join(page.words).count("<script>alert(1)</script>") > 20
    assert not [attrs for tag, attrs in page.tags if any(name.startswith("on") for name in attrs)]
    assert not [attrs for tag, attrs in page.tags if str(attrs.get("href", "")).startswith("javascript")]


def test_hostile_values_stay_text_in_the_pdf(hostile: Briefing) -> None:
    text = words(to_pdf(hostile))
    for piece in ("<script>alert(1)</script>", '#eval("1")', "$x$", "*b*", "@label", "{{7*7}}"):
        assert piece in text


@pytest.mark.parametrize("subject", ["JP", CSIC, "KI"])
def test_the_html_loads_nothing_from_anywhere(write: Writer, subject: str) -> None:
    html = to_html(write(subject, "en"))
    page = Page(html)
    for tag, attrs in page.tags:
        for name in ("src", "srcset", "data", "action", "poster", "xlink:href"):
            assert name not in attrs, (tag, attrs)
        if "href" in attrs and tag != "a":
            pytest.fail(f"<{tag}> loads {attrs['href']}")
    assert page.count("script") == page.count("link") == page.count("iframe") == 0
    assert "@import" not in html
    for target in re.findall(r"url\(\s*[\"']?([^)\"']{0,24})", html):
        assert target.startswith("data:font/woff2;base64,"), target
    policy = next(attrs["content"] for tag, attrs in page.tags if attrs.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in str(policy)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_html_can_be_read_without_seeing_it(write: Writer, language: Language) -> None:
    page = Page(to_html(write("JP", language)))
    assert ("html", {"lang": language}) in page.tags
    assert page.count("h1") == 1
    assert page.count("table") == page.count("caption") > 0
    assert all(attrs.get("scope") == "col" for tag, attrs in page.tags if tag == "th")
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    skips = [str(attrs["href"]) for tag, attrs in page.tags if tag == "a" and str(attrs.get("href")).startswith("#")]
    assert skips and {link[1:] for link in skips} <= {str(one) for one in ids}
    pictures = [attrs for tag, attrs in page.tags if tag == "svg"]
    assert len(pictures) == 2
    for attrs in pictures:
        assert attrs["role"] == "img"
        assert set(str(attrs["aria-labelledby"]).split()) <= set(ids)


def test_rows_that_stay_off_paper_are_all_in_the_html_and_the_paper_says_so(write: Writer) -> None:
    briefing = write("DE", "en")
    table = briefing.table("partners")
    assert table is not None and table.printed < len(table.rows)
    html = to_html(briefing)
    assert html.count('<tr class="beyond">') >= len(table.rows) - table.printed
    assert f"{table.printed} of {len(table.rows)} shown" in html
    assert f"{table.printed} of {len(table.rows)} shown" in " ".join(words(to_pdf(briefing)).split())


def test_no_text_of_the_other_language_and_no_unfilled_place(write: Writer) -> None:
    french, english = to_html(write("JP", "fr")), to_html(write("JP", "en"))
    assert "Accords et structures" in french and "Accords et structures" not in english
    assert "Agreements and structures" in english and "Agreements and structures" not in french
    body = re.compile(r"<style>.*?</style>", re.DOTALL)
    for html in (french, english):
        assert not re.search(r"\{\w+\}", body.sub("", html))


@pytest.mark.parametrize("suffix", [".html", ".pdf"])
def test_a_file_is_written_by_its_suffix(
    bundled_store: Store, incidence: Incidence, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"japan{suffix}"
    brief_to_file(bundled_store, "JP", "en", path, incidence=incidence)
    assert path.read_bytes()[:5] in (b"<!doc", b"%PDF-")


@pytest.mark.parametrize("name", ["japan.docx", "japan", "missing/japan.pdf"])
def test_a_file_that_cannot_be_is_refused_with_what_to_do(
    bundled_store: Store, incidence: Incidence, tmp_path: Path, name: str
) -> None:
    with pytest.raises(BadRequest) as refused:
        brief_to_file(bundled_store, "KI", "en", tmp_path / name, incidence=incidence)
    assert refused.value.next_action


def test_a_country_on_both_sides_of_180_degrees_is_drawn_in_one_piece() -> None:
    cities = [City("Moscow", 55.7, 37.6, 9, 0), City("Anadyr", 64.7, 177.5, 1, 0), City("Uelen", 66.2, -169.8, 1, 0)]
    drawn = map_svg("RU", cities, title="t", alternative="a", language="en")
    assert drawn is not None and drawn.outside == 0
    places = [float(x) for x in re.findall(r'<circle cx="([\d.]+)"', drawn.svg)[:3]]
    assert places[0] < places[1] < places[2]


def test_places_far_from_the_country_are_counted_not_drawn() -> None:
    cities = [City("Madrid", 40.4, -3.7, 5, 0), City("Somewhere", -30.0, 150.0, 1, 0)]
    drawn = map_svg("ES", cities, title="t", alternative="a", language="en")
    assert drawn is not None and drawn.outside == 1


def test_no_shape_and_no_place_is_no_map(tmp_path: Path) -> None:
    assert map_svg("XX", [], title="t", alternative="a", language="en", shapes=tmp_path / "none.json") is None


def test_the_network_stays_below_forty_nodes(write: Writer) -> None:
    for subject in ("DE", CSIC, "US"):
        picture = write(subject, "en").picture("network")
        assert picture is not None
        assert picture.svg.count("<circle") <= 40


def test_the_day_it_is_written_is_printed(write: Writer) -> None:
    assert TODAY.strftime("%Y") in to_html(write("JP", "en"))
