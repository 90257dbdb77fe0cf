"""Addresses of a department's server: routed, direct and encrypted; a certificate is checked before the log-in."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from graph.errors import StoreUnavailable
from graph.settings import Settings
from graph.store import open_store
from tests.contract.conftest import NEO4J, OWN, settings_of, started
from tests.engines.server import Server
from tests.samples import sample

NEWEST = tuple(name for name in NEO4J[:1] if name != OWN)


@pytest.fixture(scope="module", params=NEWEST)
def encrypted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Server, Path]]:
    """A server that speaks TLS only, with a certificate for 127.0.0.1, and its authority's certificate."""
    home = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    folder = home / "certificates" / "bolt"
    folder.mkdir(parents=True)
    certificate.private_key_pem.write_to_path(folder / "private.key")
    for number, blob in enumerate(certificate.cert_chain_pems):
        blob.write_to_path(folder / "public.crt", append=number > 0)
    authority.cert_pem.write_to_path(home / "authority.pem")
    policy = (
        "server.bolt.tls_level=REQUIRED",
        "dbms.ssl.policy.bolt.enabled=true",
        f"dbms.ssl.policy.bolt.base_directory={folder}",
        "dbms.ssl.policy.bolt.private_key=private.key",
        "dbms.ssl.policy.bolt.public_certificate=public.crt",
        "dbms.ssl.policy.bolt.client_auth=NONE",
    )
    server = started(request.param, home, scheme="neo4j+s", extra=policy, brief=True)
    yield server, home / "authority.pem"
    server.kill()


def trusting(server: Server, data: Path, scheme: str, authority: Path | None) -> Settings:
    settings = settings_of(server, data)
    uri = f"{scheme}://127.0.0.1:{server.port}"
    return settings.model_copy(update={"neo4j_uri": uri, "neo4j_ca_file": authority})


@pytest.mark.parametrize("scheme", ["neo4j+s", "bolt+s", "neo4j", "bolt"])
def test_an_encrypted_server_is_used_like_any_other(encrypted: tuple[Server, Path], tmp_path: Path, scheme: str):
    server, authority = encrypted
    with open_store(trusting(server, tmp_path, scheme, authority)) as store:
        store.sync(sample(), fingerprint="sample")
        assert store.counts()["Institution"] == 5
        assert scheme in store.status().uri


def test_the_line_really_is_encrypted_with_that_certificate(encrypted: tuple[Server, Path]):
    server, authority = encrypted
    context = ssl.create_default_context(cafile=str(authority))
    with (
        socket.create_connection(("127.0.0.1", server.port)) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as line,
    ):
        assert line.version() in ("TLSv1.2", "TLSv1.3")


def test_a_certificate_nobody_vouches_for_is_refused_and_says_what_to_set(
    encrypted: tuple[Server, Path], tmp_path: Path
):
    server, _ = encrypted
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(other)
    for scheme, authority in (("neo4j+s", None), ("bolt+s", None), ("neo4j+s", other)):
        with pytest.raises(StoreUnavailable, match="certificate is not trusted") as caught:
            open_store(trusting(server, tmp_path, scheme, authority))
        assert "NEO4J_CA_FILE" in str(caught.value)
        assert server.password not in str(caught.value)


def test_a_certificate_of_another_name_is_refused(encrypted: tuple[Server, Path], tmp_path: Path):
    server, authority = encrypted
    settings = trusting(server, tmp_path, "bolt+s", authority)
    named = settings.model_copy(update={"neo4j_uri": f"bolt+s://localhost:{server.port}"})
    with pytest.raises(StoreUnavailable, match="certificate is not trusted"):
        open_store(named)


def test_a_plain_client_gets_no_answer_from_an_encrypted_server(encrypted: tuple[Server, Path], tmp_path: Path):
    server, _ = encrypted
    with pytest.raises(StoreUnavailable, match="does not answer"):
        open_store(trusting(server, tmp_path, "bolt", None))


@pytest.mark.parametrize(
    ("uri", "named"), [("http://127.0.0.1:1", "http"), ("nonsense", "nonsense"), ("neo4j://", "neo4j://")]
)
def test_an_address_that_is_none_is_named(uri: str, named: str):
    with pytest.raises(StoreUnavailable, match=named) as caught:
        open_store(Settings(neo4j_uri=uri, neo4j_password="x"))  # type: ignore[arg-type]
    assert "NEO4J_URI" in caught.value.next_action


def test_a_certificate_file_that_is_not_there_is_named(tmp_path: Path):
    settings = Settings(neo4j_uri="neo4j+s://127.0.0.1:1", neo4j_password="x", neo4j_ca_file=tmp_path / "no.pem")  # type: ignore[arg-type]
    with pytest.raises(StoreUnavailable, match=r"no\.pem"):
        open_store(settings)


@pytest.mark.parametrize("engine", NEO4J[:1], indirect=True)
def test_a_routed_address_and_a_direct_one_reach_the_same_graph(engine, store, tmp_path: Path):
    routed = engine.settings.neo4j_uri
    assert routed.startswith("neo4j://") or engine.name == OWN
    direct = engine.settings.model_copy(
        update={"neo4j_uri": routed.replace("neo4j://", "bolt://"), "data_dir": tmp_path}
    )
    with open_store(direct) as other:
        assert other.counts() == store.counts()
        assert other.build() == store.build()
