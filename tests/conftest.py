"""One graph built from the bundled data, once a session, on the real embedded engine; and no silent skips in CI."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from graph.settings import Settings
from graph.store import Store, open_store, stop_store
from tests.serving import ROOT

ARTEFACTS = ROOT / "artefacts"
LEFT_OUT = pytest.StashKey[list[str]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Turn a skip into a failure where the machine must have every part (REFUSE_SKIPS=1)."""
    report = yield
    if os.environ.get("REFUSE_SKIPS") == "1" and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skips are refused here: {report.longrepr}"
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, and say so at the end, what needs something that no installation gives (`left_out_unless`)."""
    reasons = {
        item: marker.args[1] for item in items for marker in item.iter_markers("left_out_unless") if not marker.args[0]
    }
    if reasons:
        items[:] = [item for item in items if item not in reasons]
        config.hook.pytest_deselected(items=list(reasons))
        config.stash[LEFT_OUT] = [f"{item.nodeid}: {reason}" for item, reason in reasons.items()]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print what was left out."""
    for line in config.stash.get(LEFT_OUT, []):
        terminalreporter.write_line(f"LEFT OUT {line}")


@pytest.fixture(scope="session")
def bundled_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A --data directory holding the graph built by the real command; its engine is stopped at the end."""
    data = tmp_path_factory.mktemp("bundled")
    built = subprocess.run(
        [sys.executable, "-m", "ingest", "build", "--data", str(data)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    yield data
    stop_store(Settings(data_dir=data))


@pytest.fixture(scope="session")
def bundled_settings(bundled_data: Path) -> Settings:
    """Settings that point at the built graph."""
    return Settings(data_dir=bundled_data)


@pytest.fixture(scope="session")
def bundled_store(bundled_settings: Settings) -> Iterator[Store]:
    """The store over the built graph; shared, so tests only read it."""
    with open_store(bundled_settings) as store:
        yield store


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """Where screenshots and printed pages are kept for a person to look at."""
    ARTEFACTS.mkdir(exist_ok=True)
    return ARTEFACTS


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the system's chromium."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no chromium on this machine: install Debian's chromium, or run .ci/run, which does")
    return found


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """Headless chromium of the system; one for all tests, since playwright's loop cannot be started twice."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield running
        running.close()
