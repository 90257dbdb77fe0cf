"""A CORDIS archive of full size in the official layout, and its way into a store, in a process of its own.

`python -m tests.benchmarks.cordis_case ours|raw ARCHIVE DATA` prints one line of JSON: seconds by stage, memory.
"""

from __future__ import annotations

import csv
import io
import json
import os
import resource
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

from graph.settings import Settings
from graph.store import stop_store
from ingest.build import assemble_all, build
from ingest.catalogue import source
from ingest.selection import Selection, remember, specs
from ingest.snapshot import adopt
from tests.benchmarks.load_case import held, peak, raw_embedded

PROJECTS, PARTICIPATIONS, ORGANISATIONS = 35_389, 178_932, 41_946
"""The complete Horizon 2020."""

SELECTION = Selection(("cordis_h2020",), "all")


def archive(path: Path, share: float = 1.0) -> None:
    """Write a zip of the complete H2020's size times `share`: its headers, quoting and proportions, random content."""
    random = np.random.default_rng(11)
    projects, organisations = int(PROJECTS * share), int(ORGANISATIONS * share)
    rows = int(PARTICIPATIONS * share)
    places = ["DE", "FR", "UK", "EL", "ES", "IT", "NL", "BE", "PL", "SE", "US", "JP"]
    calls = ["H2020-MSCA-IF-2016", "ERC-2017-STG", "H2020-ICT-2018-20", "H2020-SC1-2016-2017"]
    bases = ["H2020-EU.1.3.", "H2020-EU.1.1.", "H2020-EU.2.1.1.", "H2020-EU.3.1."]
    ids = [str(600_000 + number) for number in range(projects)]
    kind = random.integers(0, len(calls), projects)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        _member(
            packed,
            "project.csv",
            "id;acronym;status;title;startDate;endDate;totalCost;ecMaxContribution;legalBasis;topics;ecSignatureDate;"
            "frameworkProgramme;masterCall;subCall;fundingScheme;nature;objective;contentUpdateDate;rcn;grantDoi",
            (
                [
                    *(ids[n], f"ACRO{n}", "CLOSED", f"A title of project {n}", f"20{15 + n % 6}-01-01"),
                    *(
                        f"20{18 + n % 6}-12-31",
                        f"{1_000_000 + n},5",
                        f"{900_000 + n}",
                        bases[kind[n]],
                        "",
                        "2015-01-01",
                    ),
                    *("H2020", calls[kind[n]], calls[kind[n]], "RIA", "", f"The objective of project {n}. " * 20),
                    *("2023-04-05 13:15:00", str(200_000 + n), f"10.3030/{ids[n]}"),
                ]
                for n in range(projects)
            ),
        )
        at, who = random.integers(0, projects, rows), random.integers(0, organisations, rows)
        _member(
            packed,
            "organization.csv",
            "projectID;projectAcronym;organisationID;vatNumber;name;shortName;SME;activityType;street;postCode;city;country;"
            "nutsCode;geolocation;organizationURL;contactForm;contentUpdateDate;rcn;order;role;ecContribution;"
            "netEcContribution;totalCost;endOfParticipation;active",
            (
                [
                    *(ids[at[n]], f"ACRO{at[n]}", str(900_000_000 + who[n]), "", f"UNIVERSITY OF TOWN {who[n]}"),
                    *(
                        f"UT{who[n]}",
                        "false",
                        "HES",
                        "A street 1",
                        "12345",
                        f"Town {who[n] % 997}",
                        places[who[n] % 12],
                    ),
                    *("", "48.1,11.5", f"http://www.town{who[n]}.example", "https://ec.europa.eu/contact"),
                    *("2023-04-05 13:15:00", str(who[n]), str(n % 20 + 1), "participant", "250000.5", "250000.5"),
                    *("300000", "false", "true"),
                ]
                for n in range(rows)
            ),
        )
        _member(
            packed,
            "legalBasis.csv",
            "projectID;legalBasis;title;uniqueProgrammePart",
            ([ids[n], bases[kind[n]], "", "true"] for n in range(projects)),
        )
        _member(
            packed,
            "euroSciVoc.csv",
            "projectID;euroSciVocCode;euroSciVocPath;euroSciVocTitle;euroSciVocDescription",
            (
                [ids[n], f"/23/{n % 60}", f"/natural sciences/field {n % 60}", f"field {n % 60}", ""]
                for n in range(projects)
            ),
        )


def _member(packed: zipfile.ZipFile, name: str, header: str, rows: object) -> None:
    with packed.open(name, "w") as raw, io.TextIOWrapper(raw, encoding="utf-8", newline="") as text:
        writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(header.split(";"))
        writer.writerows(rows)  # type: ignore[arg-type]


def ours(path: Path, settings: Settings) -> dict[str, object]:
    """From the zip to a store that answers, then once more unchanged."""
    stages: dict[str, float] = {}
    last = ["keeping the snapshot", time.perf_counter()]

    def told(what: str, done: int, total: int) -> None:
        now = time.perf_counter()
        stages[str(last[0])] = stages.get(str(last[0]), 0.0) + now - float(last[1])
        last[:] = [what, now]

    started = time.perf_counter()
    with together(settings.store_dir / "runtime.json") as most:
        adopt(source("cordis_h2020"), settings.data_dir, [path])
        remember(settings.data_dir, SELECTION)
        outcome = build(settings, told, accept_counts=True)
    told("", 0, 0)
    total = time.perf_counter() - started
    started = time.perf_counter()
    assert build(settings).up_to_date
    again = time.perf_counter() - started
    assert outcome.load is not None
    pid = json.loads((settings.store_dir / "runtime.json").read_text())["pid"]
    return {
        "seconds": total,
        "unchanged": again,
        "stages": stages,
        "written": outcome.load.total.new,
        "server_mb": peak(pid),
        "both_mb": max(most),
    }


@contextmanager
def together(runtime: Path) -> Iterator[list[float]]:
    """Note, ten times a second, the memory this process and the engine hold at once, in MB."""
    found, ended = [0.0], threading.Event()

    def watch() -> None:
        while not ended.wait(0.1):
            pids = [os.getpid()]
            with suppress(OSError, ValueError, KeyError):
                pids.append(int(json.loads(runtime.read_text())["pid"]))
            with suppress(OSError):
                found.append(sum(held(pid) for pid in pids))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    yield found
    ended.set()
    watcher.join()


def raw(settings: Settings) -> dict[str, object]:
    """The very same rows through the engine's own bulk loader, nothing else."""
    _, assembly = assemble_all(found=specs(settings.data_dir, SELECTION), selection=SELECTION, accept_counts=True)
    return raw_embedded(assembly.tables, Settings(data_dir=settings.data_dir / "raw-store"))


def main() -> int:
    way, path, data = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    settings = Settings(data_dir=data, neo4j_uri=None)
    try:
        found = ours(path, settings) if way == "ours" else raw(settings)
    finally:
        stop_store(settings)
    print(json.dumps(found | {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
