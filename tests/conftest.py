"""One graph built from the bundled data, once a session, on the real embedded engine; and no silent skips in CI."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from xdist.scheduler import LoadScopeScheduling

from graph.network import Incidence, load_incidence
from graph.settings import Settings
from graph.store import Store, open_store, stop_store
from tests.serving import PATIENCE, ROOT

ARTEFACTS = ROOT / "artefacts"
LEFT_OUT = pytest.StashKey[list[str]]()

# What an example takes says how busy the machine is, not whether a property holds.
hypothesis.settings.register_profile(
    "unhurried",
    parent=hypothesis.settings(),
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("unhurried")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Turn a skip into a failure where the machine must have every part (REFUSE_SKIPS=1)."""
    report = yield
    if os.environ.get("REFUSE_SKIPS") == "1" and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skips are refused here: {report.longrepr}"
    return report


class Suites(LoadScopeScheduling):  # type: ignore[misc]
    """Gives a worker a whole file of tests; the contract suite in two halves, for its servers start once a worker."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if "/contract/" not in file:
            return file
        return "contract, harm" if file.endswith(("test_faults.py", "test_runaways.py")) else "contract"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Suites:
    """Share the tests out among workers."""
    return Suites(config, log)


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


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what a worker left out to the process that prints."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = session.config.stash.get(LEFT_OUT, [])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker left out; all leave out the same."""
    node.config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get("left_out", [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print what was left out."""
    for line in config.stash.get(LEFT_OUT, []):
        terminalreporter.write_line(f"LEFT OUT {line}")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Name once more, as the last lines, what failed: the end of a long log is all that some people see."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or hasattr(config, "workerinput"):
        return
    for report in (*reporter.stats.get("failed", []), *reporter.stats.get("error", [])):
        crash = getattr(report.longrepr, "reprcrash", None)
        why = str(crash.message if crash else report.longrepr).strip().partition("\n")[0]
        reporter.write_line(f"{report.outcome.upper()} {report.nodeid} ({report.when}): {why[:300]}")


@pytest.fixture(scope="session")
def bundled_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A --data directory holding the graph built by the real command; its engine is stopped at the end.

    Each worker has one of its own: a worker that ends stops its engine.
    """
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
def bundled_incidence(bundled_store: Store) -> Incidence:
    """Every tie of the built graph, as columns."""
    return load_incidence(bundled_store)


@pytest.fixture(scope="session")
def spark() -> str:
    """Master of a Spark on this machine, two workers strong."""
    if importlib.util.find_spec("pyspark") is None or shutil.which("java") is None:
        pytest.skip("no Spark on this machine: make provision fetches it; it needs Java 17, as .ci/run installs")
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    return "local[2]"


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
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield running
        running.close()
