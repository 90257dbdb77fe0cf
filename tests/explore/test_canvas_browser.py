"""The canvas in a real browser: clicks, keys, places kept, nothing of a name ever read as HTML."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.serving import PATIENCE, ROOT, served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = tmp_path_factory.mktemp("canvas") / "app.log"
    with served("tests/explore/canvas_app.py", {"PYTHONPATH": str(ROOT)}, log) as address:
        yield address


@pytest.fixture(scope="module")
def shared(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1200, "height": 800}, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    context.close()


@pytest.fixture
def page(shared: Page, url: str) -> Page:
    shared.goto(url)
    expect(canvas(shared)).to_have_attribute("data-nodes", "11")
    shared.wait_for_timeout(400)
    return shared


def canvas(page: Page) -> Locator:
    return page.get_by_test_id("canvas")


def point(page: Page, key: str, kind: str = "node") -> tuple[float, float]:
    place = canvas(page).evaluate("(host, [kind, key]) => host.__pgx[kind + 'Position'](key)", [kind, key])
    return place["x"], place["y"]


def test_names_are_never_read_as_html(page: Page) -> None:
    for key in ("Institution:evil0", "Institution:evil1"):
        x, y = point(page, key)
        page.mouse.move(x - 60, y)
        page.mouse.move(x, y, steps=4)
        tip = canvas(page).locator(".tip")
        expect(tip).to_contain_text("<")
        page.mouse.click(x, y)
        expect(canvas(page)).to_have_attribute("data-selected", key)
    page.mouse.move(600, 780)
    assert canvas(page).evaluate("host => host.querySelectorAll('img, a, script').length") == 0
    assert canvas(page).locator("[data-part='note']").inner_text().startswith("<img")
    assert page.title() != "HIT"


def test_a_click_selects_and_tells_the_page(page: Page) -> None:
    page.mouse.click(*point(page, "Country:1"))
    expect(page.get_by_text("select Country:1")).to_be_visible()
    expect(canvas(page)).to_have_attribute("data-selected", "Country:1")


def test_a_tie_can_be_clicked(page: Page) -> None:
    page.mouse.click(*point(page, "projects|Country:2|Institution:c", "edge"))
    expect(page.get_by_text("edge projects|Country:2|Institution:c")).to_be_visible()


def test_a_double_click_opens_and_nothing_moves(page: Page) -> None:
    before = {key: point(page, key) for key in ("Country:3", "Institution:c")}
    scale = canvas(page).evaluate("host => host.__pgx.scale()")
    page.mouse.dblclick(*point(page, "Country:0"))
    expect(canvas(page)).to_have_attribute("data-nodes", "16")
    expect(canvas(page)).to_have_attribute("data-selected", "Country:0")
    for key, place in before.items():
        assert point(page, key) == pytest.approx(place, abs=1)
    assert canvas(page).evaluate("host => host.__pgx.scale()") == scale
    x, y = point(page, "Project:new0")
    parent = point(page, "Country:0")
    assert abs(x - parent[0]) < 260 and abs(y - parent[1]) < 260, "the new ones come in beside what was opened"


def test_zoom_and_dragged_places_survive_a_rerun(page: Page) -> None:
    x, y = point(page, "Country:4")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 70, y + 30, steps=6)
    page.mouse.up()
    canvas(page).locator("[data-act='zoom_in']").click()
    moved = point(page, "Country:4")
    scale = canvas(page).evaluate("host => host.__pgx.scale()")
    page.mouse.click(*point(page, "Country:5"))
    expect(page.get_by_text("select Country:5")).to_be_visible()
    page.wait_for_timeout(300)
    assert point(page, "Country:4") == pytest.approx(moved, abs=1)
    assert canvas(page).evaluate("host => host.__pgx.scale()") == scale


def test_the_keyboard_walks_opens_zooms_and_clears(page: Page) -> None:
    stage = canvas(page).locator(".stage")
    assert stage.get_attribute("aria-label")
    stage.focus()
    page.keyboard.press("ArrowRight")
    expect(canvas(page)).to_have_attribute("data-selected", "Institution:c")
    page.keyboard.press("ArrowRight")
    expect(canvas(page)).to_have_attribute("data-selected", "Country:0")
    expect(canvas(page).locator("[data-part='live']")).to_contain_text("Country 0")
    page.keyboard.press("ArrowLeft")
    expect(canvas(page)).to_have_attribute("data-selected", "Institution:c")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_text("expand Country:0")).to_be_visible()
    scale = canvas(page).evaluate("host => host.__pgx.scale()")
    page.keyboard.press("+")
    assert canvas(page).evaluate("host => host.__pgx.scale()") > scale
    page.keyboard.press("-")
    page.keyboard.press("Escape")
    expect(canvas(page)).to_have_attribute("data-selected", "")
    expect(page.get_by_text("clear None")).to_be_visible()
    page.keyboard.press("Delete")
    expect(canvas(page)).to_have_attribute("data-selected", "")


@pytest.mark.parametrize("ground", ["light", "dark"])
def test_the_picture_leaves_as_a_png_on_the_ground_asked_for(page: Page, tmp_path: Path, ground: str) -> None:
    canvas(page).locator("summary[data-act='png']").click()
    with page.expect_download() as download:
        canvas(page).locator(f"[data-act='png_{ground}']").click()
    target = tmp_path / download.value.suggested_filename
    download.value.save_as(target)
    content = target.read_bytes()
    assert target.name == "picture.png"
    assert content.startswith(b"\x89PNG")
    assert int.from_bytes(content[16:20], "big") == 2000


def test_full_screen_fills_the_screen_and_comes_back(page: Page) -> None:
    stage = canvas(page).locator(".stage")
    height = stage.evaluate("stage => stage.clientHeight")
    canvas(page).locator("[data-act='full']").click()
    page.wait_for_function("() => document.fullscreenElement !== null")
    grown = "([stage, height]) => stage.clientHeight > height"
    page.wait_for_function(grown, arg=[stage.element_handle(), height])
    canvas(page).locator("[data-act='full']").click()
    page.wait_for_function("() => document.fullscreenElement === null")


def test_the_legend_names_shapes_and_counts(page: Page) -> None:
    entries = canvas(page).locator("[data-part='legend'] li").all_inner_texts()
    assert any("Countries" in entry and "8" in entry for entry in entries)
    assert any("Institutions" in entry and "3" in entry for entry in entries)


def test_colours_follow_the_theme_of_the_page(page: Page) -> None:
    assert canvas(page).get_attribute("data-theme") == "light"
    page.emulate_media(color_scheme="dark")
    page.reload()
    expect(canvas(page)).to_have_attribute("data-theme", "dark")
    page.emulate_media(color_scheme="light")
