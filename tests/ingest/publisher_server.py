"""A web server on this machine whose answers a test writes, and which notes what it was asked for."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MODIFIED = "Sun, 07 Dec 2025 04:12:00 GMT"


@dataclass
class Server:
    """Where it listens, and the headers of every request so far."""

    port: int
    scheme: str = "http"
    requests: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/file.zip"


Answer = Callable[[BaseHTTPRequestHandler, int], None]
"""Called with the request's handler and how many there were before it."""


@contextmanager
def serving(answer: Answer, context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Serve on a free port of 127.0.0.1 while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            before = len(server.requests)
            server.requests.append(dict(self.headers.items()))
            server.paths.append(self.path)
            try:
                answer(self, before)
            except (ConnectionError, ssl.SSLError):
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Keep the tests' output clean."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that refuses the certificate ends the connection; that is meant."""

    listener = Quiet(("127.0.0.1", 0), Handler)
    if context is not None:
        listener.socket = context.wrap_socket(listener.socket, server_side=True, do_handshake_on_connect=False)
    server = Server(listener.server_address[1], "https" if context else "http")
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()


def send(
    handler: BaseHTTPRequestHandler,
    body: bytes,
    *,
    etag: str | None = '"one"',
    modified: str | None = MODIFIED,
    kind: str = "application/zip",
    cut: int | None = None,
    length: bool = True,
) -> None:
    """Answer as a web server does that knows ranges.

    Args:
        cut: bytes after which the connection breaks off.
        length: whether the size is announced.
    """
    start, wanted = 0, handler.headers.get("Range")
    if wanted and handler.headers.get("If-Range") in (None, etag, modified):
        start = int(wanted.removeprefix("bytes=").split("-")[0])
    if wanted and start >= len(body):
        handler.send_response(416)
        handler.send_header("Content-Range", f"bytes */{len(body)}")
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        return
    handler.send_response(206 if start else 200)
    if start:
        handler.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
    handler.send_header("Content-Type", kind)
    if length:
        handler.send_header("Content-Length", str(len(body) - start))
    for name, value in (("ETag", etag), ("Last-Modified", modified)):
        if value:
            handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body[start:] if cut is None else body[start : start + cut])
    handler.wfile.flush()
    handler.close_connection = True


def status(handler: BaseHTTPRequestHandler, code: int, **headers: str) -> None:
    """Answer with a status and these headers, `_` for `-`."""
    handler.send_response(code)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", "0")
    handler.end_headers()
