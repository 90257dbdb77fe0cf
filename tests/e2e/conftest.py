"""A served app over the bundled graph, and a real browser whose every request is written down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.serving import PATIENCE, served

LOOPBACK = {"localhost", "127.0.0.1", "::1", ""}


@dataclass
class Walk:
    """One browser page on the app, with what it asked of the network and what its console said."""

    page: Page
    url: str
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def strangers(self) -> list[str]:
        """Requests that would have left this machine."""
        return [
            url
            for url in self.requests
            if urlsplit(url).scheme not in {"data", "blob"} and urlsplit(url).hostname not in LOOPBACK
        ]


@pytest.fixture(scope="session")
def app_url(bundled_data: Path) -> Iterator[str]:
    """The real app over the bundled graph."""
    with served("app.py", {"EXPLORER_DATA_DIR": str(bundled_data)}, bundled_data / "app.log") as url:
        yield url


@pytest.fixture
def walk(browser: Browser, app_url: str) -> Iterator[Walk]:
    """A fresh page at 1440 x 900, in French, watched."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True, locale="fr-FR")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    walked = Walk(page, app_url)
    page.on("request", lambda request: walked.requests.append(request.url))
    page.on("pageerror", lambda error: walked.errors.append(str(error)))
    yield walked
    context.close()
