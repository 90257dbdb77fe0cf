"""Which addresses are asked, which machines may answer, and what of an address may be shown or written down."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import unquote_plus, urlsplit

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from graph.errors import BadRequest, ExplorerError

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")

_KEYS: Final = frozenset(
    (
        *("apikey", "key", "accesskey", "subscriptionkey", "token", "accesstoken", "authtoken", "auth"),
        *("authorization", "secret", "clientsecret", "password", "passwd", "pwd", "sig", "signature"),
        *("xamzsignature", "xamzcredential", "xamzsecuritytoken", "mailto", "email"),
    )
)
"""Parameters that say who asks, in lower case without `-` and `_`."""

_USER: Final = re.compile(r"(?<=://)[^/?#\s]*@")
_PARAMETER: Final = re.compile(r"([?&;])([\w%.-]+)=[^&;\s'\"<>…]+")
"""What is left of an address cut in a message; `&api_key=…` there is advice."""

_ADDRESS: Final = re.compile(r"[^\s'\"<>()]*(?:\?|://)[^\s'\"<>()]*")


def shown(url: str) -> str:
    """The address without what says who asks: keys, tokens, mail addresses, a user's name, the fragment."""
    asked, _, _ = _USER.sub("", url).partition("#")
    path, mark, query = asked.partition("?")
    kept = [pair for pair in re.split(r"[&;]", query) if not _is_key(pair)]
    # An address that bears no key stays as it is, to the letter.
    return asked if len(kept) == len(re.split(r"[&;]", query)) else path + (mark if kept else "") + "&".join(kept)


def _is_key(pair: str) -> bool:
    name = unquote_plus(pair.partition("=")[0]).strip().lower()
    return name.replace("_", "").replace("-", "") in _KEYS


def scrubbed(text: str) -> str:
    """A message with every address in it as `shown` gives it."""
    text = _ADDRESS.sub(lambda found: shown(found[0]), text)
    return _PARAMETER.sub(lambda found: found[1] if _is_key(found[2]) else found[0], text)


@contextmanager
def without_keys() -> Iterator[None]:
    """Pass failures on, of the same kind, without the keys of the addresses they name."""
    try:
        yield
    except ExplorerError as error:
        what, action = scrubbed(error.what), scrubbed(error.next_action)
        if (what, action) == (error.what, error.next_action):
            raise
        # The cause names the address, too.
        raise type(error)(what, action) from None


def host_of(url: str) -> str:
    """Host of an address, in lower case; empty if it names none.

    Raises:
        BadRequest: it is no address.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        # The reason repeats parts of the address, such as a user's name and password.
        raise BadRequest(f"'{shown(url)}' is not a valid address.", "Write it as https://host/path.") from error
    return parts.hostname or ""


def require_allowed(url: str, hosts: frozenset[str]) -> None:
    """Refuse an address that is not https (plain http on this machine only) or on none of these hosts.

    Raises:
        BadRequest: names the host and those allowed.
    """
    host_of(url)
    parts = urlsplit(url)
    local = parts.scheme == "http" and parts.hostname in LOOPBACK
    if (parts.scheme != "https" and not local) or parts.username or parts.hostname not in hosts:
        raise BadRequest(
            f"{parts.scheme}://{parts.hostname or ''} is not among the hosts of this source: "
            f"{', '.join(sorted(hosts)) or 'none'}, over https.",
            "Give the file itself with --from FILE, or another address with --url.",
        )


def require_public(host: str, peer: str) -> None:
    """Refuse a machine on a private, loopback, link-local or reserved network; this one only by its own name.

    Args:
        host: as the address names it; `require_allowed` has let it pass, so a loopback name came with --url.
        peer: the IP address its name led to.

    Raises:
        BadRequest: names both.
    """
    address: Any = ipaddress.ip_address(peer.partition("%")[0])
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_loopback if host in LOOPBACK else address.is_global and not address.is_multicast:
        return
    raise BadRequest(
        f"{host} leads to {peer}, which is not a public address.",
        "Check the machine's name service, or give the file itself with --from FILE.",
    )


class PublicAdapter(HTTPAdapter):
    """Looks at the machine a connection reached before a byte is sent; behind a proxy, the proxy resolves names."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Take connections that are looked at."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}


def _judged(host: str, connected: socket.socket) -> socket.socket:
    try:
        require_public(host.strip("[]"), connected.getpeername()[0])
    except BaseException:
        connected.close()
        raise
    return connected


class _Connection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _judged(self.host, super()._new_conn())


class _SecureConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _judged(self.host, super()._new_conn())


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection
