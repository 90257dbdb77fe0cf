"""The image and the compose file, as far as they can be proved without a Docker engine."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from graph.settings import Settings
from graph.store import stop_store
from tests.engines.provision import CURRENT
from tests.engines.server import CONFIGURATION
from tests.serving import ROOT, free_port, wait_for

COMPOSE = ROOT / "docker-compose.yml"
DOCKERFILE = ROOT / "Dockerfile"
TOOLS = Path(sys.executable).parent


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
    return found


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile as (instruction, arguments), continued lines joined."""
    text = re.sub(r"\\\n\s*", "", DOCKERFILE.read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines]


def image_environment() -> dict[str, str]:
    given: dict[str, str] = {}
    for name, arguments in instructions():
        if name == "ENV":
            given |= dict(part.split("=", 1) for part in shlex.split(arguments))
    return given


@pytest.mark.parametrize(
    "command",
    [["check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE)], ["hadolint", str(DOCKERFILE)]],
    ids=["compose", "dockerfile"],
)
def test_the_published_schema_and_the_linter_find_nothing(command: list[str]) -> None:
    done = subprocess.run([TOOLS / command[0], *command[1:]], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_schema_check_can_fail(tmp_path: Path) -> None:
    broken = tmp_path / "docker-compose.yml"
    broken.write_text(COMPOSE.read_text(encoding="utf-8").replace("healthcheck:", "healthchek:"), encoding="utf-8")
    command = [TOOLS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", broken]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


def test_compose_runs_the_server_that_is_tested(services: dict[str, Any]) -> None:
    assert services["neo4j"]["image"] == f"neo4j:{CURRENT.version}-community"
    mounted = [volume.split(":") for volume in services["neo4j"]["volumes"]]
    assert ["./" + str(CONFIGURATION.relative_to(ROOT)), "/conf/neo4j.conf", "ro"] in mounted
    assert not [name for name in services["neo4j"]["environment"] if "PLUGINS" in name or "apoc" in name.lower()]


def test_ports_are_loopback_memory_is_capped_and_secrets_are_files(services: dict[str, Any]) -> None:
    text = COMPOSE.read_text(encoding="utf-8")
    for service in services.values():
        assert all(port.startswith("127.0.0.1:") for port in service["ports"])
        assert service["mem_limit"]
        assert service["secrets"] == ["neo4j_auth"]
        assert service["environment"]["NEO4J_AUTH_FILE"] == "/run/secrets/neo4j_auth"
        assert not [name for name in service["environment"] if "PASSWORD" in name or name == "NEO4J_AUTH"]
    assert yaml.safe_load(text)["secrets"]["neo4j_auth"]["file"].startswith("./secrets/")
    ignored = subprocess.run(["git", "check-ignore", "-q", "secrets/neo4j_auth"], cwd=ROOT, check=False)
    assert ignored.returncode == 0 or not (ROOT / ".git").exists()


def test_health_is_asked_of_the_database_and_of_the_app(services: dict[str, Any]) -> None:
    asked = services["neo4j"]["healthcheck"]["test"][1]
    assert "cypher-shell" in asked and "RETURN 1" in asked
    assert services["app"]["depends_on"]["neo4j"]["condition"] == "service_healthy"
    health = dict(instructions())["HEALTHCHECK"]
    assert "/_stcore/health" in health


def test_the_health_command_reads_the_password_out_of_the_secret(services: dict[str, Any], tmp_path: Path) -> None:
    """The shell text as Docker runs it, with a stand-in for cypher-shell that tells what it was given."""
    secret = tmp_path / "neo4j_auth"
    secret.write_text("neo4j/a/b-c_d\n", encoding="utf-8")
    shell = tmp_path / "cypher-shell"
    shell.write_text('#!/bin/sh\nprintf "%s|" "$NEO4J_PASSWORD" "$@"\n', encoding="utf-8")
    shell.chmod(0o755)
    text = (
        services["neo4j"]["healthcheck"]["test"][1].replace("$$", "$").replace("/run/secrets/neo4j_auth", str(secret))
    )
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(["sh", "-c", text], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "a/b-c_d|-a|bolt://127.0.0.1:7687|-u|neo4j|RETURN 1|"


def test_the_image_is_not_root_and_installs_by_hash() -> None:
    users = [arguments for name, arguments in instructions() if name == "USER"]
    assert users and users[-1].split(":")[0] not in {"0", "root"}
    assert all("slim" in arguments for name, arguments in instructions() if name == "FROM")
    installs = [arguments for name, arguments in instructions() if "pip install" in arguments]
    assert len(installs) == 1 and "--require-hashes" in installs[0] and "requirements.lock" in installs[0]


def test_what_the_image_copies_is_enough_to_build_serve_and_be_healthy(tmp_path: Path) -> None:
    image, data = tmp_path / "app", tmp_path / "data"
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for name, arguments in instructions():
        if name != "COPY" or arguments.startswith("--from"):
            continue
        *sources, target = arguments.split()
        for source in sources:
            assert source in allowed, f".dockerignore keeps {source} out of the image"
            if target in (".", "./"):
                image.mkdir(exist_ok=True)
                shutil.copy(ROOT / source, image / source)
            else:
                shutil.copytree(ROOT / source, image / target, ignore=shutil.ignore_patterns("__pycache__"))
    port = free_port()
    path = f"{TOOLS}:{os.environ['PATH']}"
    bare = {"PATH": path, "LANG": "C.UTF-8"}
    environment = {**image_environment(), **bare, "EXPLORER_DATA_DIR": str(data), "HOME": str(tmp_path)}
    served = json.loads(dict(instructions())["CMD"])
    served[-1] = served[-1].replace("8501", str(port))
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(served, cwd=image, env=environment, stdout=output, stderr=output)
    try:
        wait_for(port, log)
        health = json.loads(dict(instructions())["HEALTHCHECK"].partition(" CMD ")[2])
        health[-1] = health[-1].replace("8501", str(port))
        assert subprocess.run(health, env=environment, check=False).returncode == 0
        status = subprocess.run(
            ["python", "-m", "ingest", "check"], cwd=image, env=environment, capture_output=True, text=True, check=False
        )
        assert status.returncode == 0, status.stdout + status.stderr
    finally:
        process.terminate()
        process.wait()
        stop_store(Settings(data_dir=data, neo4j_uri=None))
