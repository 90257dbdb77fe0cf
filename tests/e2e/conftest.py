"""A served app over the bundled graph, and a real browser whose every request is written down."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import ROOT

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
    """The real app, served on a free port by the command that `make app` uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (bundled_data / "app.log").open("wb")
    served = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port), "--server.headless", "true"],
        cwd=ROOT,
        env={**os.environ, "EXPLORER_DATA_DIR": str(bundled_data)},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    url = f"http://127.0.0.1:{port}"
    for _ in range(120):
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1):
                break
        except OSError:
            time.sleep(0.25)
    else:
        served.kill()
        pytest.fail((bundled_data / "app.log").read_text())
    yield url
    served.terminate()
    served.wait(timeout=20)
    log.close()


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """Headless chromium of the system."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield running
        running.close()


@pytest.fixture
def walk(browser: Browser, app_url: str) -> Iterator[Walk]:
    """A fresh page at 1440 x 900, in French, watched."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True, locale="fr-FR")
    page = context.new_page()
    page.set_default_timeout(30_000)
    walked = Walk(page, app_url)
    page.on("request", lambda request: walked.requests.append(request.url))
    page.on("pageerror", lambda error: walked.errors.append(str(error)))
    yield walked
    context.close()
