"""The Neo4j server stops while a page is open, and comes back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.contract.conftest import environment, ingest, settings_of, started
from tests.engines.provision import CURRENT
from tests.engines.server import Server
from tests.serving import PATIENCE, served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = started(CURRENT.name, tmp_path_factory.mktemp("server"), brief=True)
    yield server
    server.kill()


def test_a_page_says_that_the_server_is_gone_and_goes_on_when_it_is_back(
    server: Server, browser: Browser, tmp_path: Path, artefacts: Path
) -> None:
    settings = settings_of(server, tmp_path / "data")
    built = ingest(settings, "build")
    assert built.returncode == 0, built.stdout + built.stderr
    given = environment(settings) | {"EXPLORER_DATA_DIR": str(settings.data_dir)}
    with served("app.py", given, tmp_path / "app.log") as url:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(PATIENCE)
        page.goto(f"{url}/ask?lang=en&question=partners_in_programme&param.programme=HORIZON")
        expect(page.get_by_text(re.compile(r"\d+ rows"))).to_be_visible()
        server.stop()
        page.goto(f"{url}/ask?lang=en&question=partners_in_programme&param.programme=H2020")
        expect(page.get_by_text(re.compile("The graph's store does not answer"))).to_be_visible()
        expect(page.get_by_text(re.compile("Traceback"))).to_have_count(0)
        page.screenshot(path=artefacts / "7-outage.png")
        server.start()
        page.get_by_role("button", name="Retry").first.click()
        expect(page.get_by_text(re.compile(r"\d+ rows"))).to_be_visible()
        expect(page.get_by_text(re.compile("does not answer"))).to_have_count(0)
        page.close()
