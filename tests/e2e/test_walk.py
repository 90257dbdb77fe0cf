"""One walk of each user through the served app in a real browser; screenshots stay in artefacts/."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import networkx as nx
import pytest
from playwright.sync_api import Download, Locator, Page, expect

from tests.e2e.conftest import Walk
from tests.serving import ROOT

pytestmark = pytest.mark.browser


def canvas(page: Page) -> Locator:
    return page.get_by_test_id("canvas").first


def settled(page: Page) -> None:
    """Wait until the app has answered and nothing on the page is stale: its script has rested for half a second.

    A click in the middle of a run can meet a button that is about to be drawn anew.
    """
    page.evaluate("window.restedSince = undefined")
    page.wait_for_function(
        """() => {
            const app = document.querySelector('[data-testid="stApp"]');
            if (!app || app.dataset.testScriptState !== 'notRunning') { window.restedSince = undefined; return false; }
            window.restedSince ??= performance.now();
            return performance.now() - window.restedSince > 500;
        }""",
    )
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)


def drawn(page: Page) -> int:
    """How many nodes the canvas draws, once it draws any."""
    expect(canvas(page)).not_to_have_attribute("data-nodes", "0")
    settled(page)
    return int(canvas(page).get_attribute("data-nodes") or 0)


def point(page: Page, key: str, kind: str = "node") -> tuple[float, float]:
    """Where a node, or the middle of a tie, is on the screen."""
    place = canvas(page).evaluate("(host, [kind, key]) => host.__pgx[kind + 'Position'](key)", [kind, key])
    return place["x"], place["y"]


def taken(download: Download, tmp_path: Path) -> Path:
    target = tmp_path / download.suggested_filename
    download.save_as(target)
    return target


def test_the_strategist_searches_clicks_expands_and_takes_japan_away(
    walk: Walk, artefacts: Path, tmp_path: Path
) -> None:
    page = walk.page
    page.goto(f"{walk.url}/explore?lang=fr")
    assert drawn(page) > 5, "the first picture is the world"
    page.screenshot(path=artefacts / "1-world.png")

    page.locator(".st-key-frame-search input").fill("japon")
    page.locator("[class*='st-key-frame-hit-Country-JP'] button").click()
    expect(page).to_have_url(re.compile(r"focus=Country(:|%3A)JP"))
    expect(page.locator(".st-key-explore-panel").get_by_text("Japon").first).to_be_visible()
    before = drawn(page)
    page.screenshot(path=artefacts / "2-japan.png")

    # The agreements drawn and counted are the rows of the fact table.
    with (ROOT / "data/curated/instruments.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if "JP" in re.split(r"[;|]", row["countries"])]
    panel = page.locator(".st-key-explore-panel")
    expect(panel.get_by_role("row", name=re.compile(rf"Accords.*\b{len(rows)}\b"))).to_be_visible()

    # Click a partner: its details come beside the canvas, nothing moves.
    keys: list[str] = canvas(page).evaluate("host => host.__pgx.keys()")
    partner = next(key for key in keys if key.startswith("Institution:") and key != "Institution:ror:02feahw73")
    place = point(page, partner)
    page.mouse.click(*place)
    expect(canvas(page)).to_have_attribute("data-selected", partner)
    settled(page)
    moved = point(page, partner)
    assert abs(moved[0] - place[0]) < 2 and abs(moved[1] - place[1]) < 2, "a click keeps positions and zoom"
    page.screenshot(path=artefacts / "3-partner.png")

    # Double-click expands; undo goes back to the very same picture.
    page.mouse.dblclick(*moved)
    expect(canvas(page)).not_to_have_attribute("data-nodes", str(before))
    settled(page)
    assert int(canvas(page).get_attribute("data-nodes") or 0) > before
    page.screenshot(path=artefacts / "4-expanded.png")
    canvas(page).locator("button[data-act='undo']").click()
    expect(canvas(page)).to_have_attribute("data-nodes", str(before))
    settled(page)

    with page.expect_download() as download:
        page.locator("[class*='st-key-explore-GraphML'] button").click()
    network = nx.read_graphml(taken(download.value, tmp_path))
    assert network.number_of_nodes() >= before
    canvas(page).locator("summary[data-act='png']").click()
    with page.expect_download() as download:
        canvas(page).locator("button[data-act='png_light']").click()
    assert taken(download.value, tmp_path).read_bytes().startswith(b"\x89PNG")
    assert walk.errors == []
    assert walk.strangers() == []


def test_the_analyst_asks_a_question_and_exports_the_answer(walk: Walk, artefacts: Path, tmp_path: Path) -> None:
    page = walk.page
    page.goto(f"{walk.url}/ask?lang=en&question=partners_in_programme&param.programme=HORIZON")
    settled(page)
    page.locator(".st-key-ask-run button").click()
    settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("CSV")).first.click()
    answer = taken(download.value, tmp_path).read_text(encoding="utf-8-sig").splitlines()
    assert "103" in answer[1] and "99" in answer[2] and "95" in answer[3]
    page.screenshot(path=artefacts / "5-question.png")
    assert walk.errors == []
    assert walk.strangers() == []


def test_a_long_statement_is_stopped_from_the_page(walk: Walk, artefacts: Path) -> None:
    page = walk.page
    page.goto(f"{walk.url}/ask?lang=en&section=cypher")
    settled(page)
    field = page.get_by_role("textbox", name=re.compile("Statement|Cypher"))
    field.fill("UNWIND range(1, 900000) AS a UNWIND range(1, 900000) AS b RETURN count(a + b) AS n")
    page.get_by_role("button", name="Run").click()
    stop = page.get_by_role("button", name="Stop", exact=True)
    expect(stop).to_be_visible()
    page.screenshot(path=artefacts / "5-running.png")
    stop.click()
    expect(page.get_by_text("Statement stopped, as you asked.")).to_be_visible()
    expect(stop).to_have_count(0)
    field.fill("RETURN 40 + 2 AS n")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_text(re.compile("1 row"))).to_be_visible()
    assert walk.errors == []


def test_the_officer_prints_the_briefing_of_a_visit(walk: Walk, artefacts: Path, tmp_path: Path) -> None:
    page = walk.page
    page.goto(f"{walk.url}/briefing?lang=fr&focus=Country:JP&subject=JP")
    settled(page)
    page.wait_for_timeout(1_000)
    page.screenshot(path=artefacts / "6-briefing.png", full_page=True)
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("PDF")).first.click()
    printed = taken(download.value, tmp_path)
    assert printed.read_bytes().startswith(b"%PDF")
    assert walk.errors == []
    assert walk.strangers() == []


@pytest.mark.parametrize("page_name", ["explore", "centrality", "strategy", "ask", "briefing", "sources"])
@pytest.mark.parametrize("width", [1440, 390])
def test_every_page_draws_without_leaving_the_machine(walk: Walk, artefacts: Path, page_name: str, width: int) -> None:
    page = walk.page
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{walk.url}/{page_name}?lang=en&focus=Country:JP")
    expect(page.get_by_role("heading").first).to_be_visible()
    settled(page)
    page.wait_for_timeout(1_000)
    page.screenshot(path=artefacts / f"page-{page_name}-{width}.png")
    expect(page.get_by_test_id("stException")).to_have_count(0)
    assert walk.errors == []
    assert walk.strangers() == []
