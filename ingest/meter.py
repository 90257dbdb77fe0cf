"""How fast an answer comes, and how long a download takes: a server that drips is not waited for without end."""

from __future__ import annotations

import http.client
import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from ingest.addresses import PublicAdapter

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

LEAST: Final = 64 * 1024
"""Bytes that must come within a window; fewer are a stall."""

WINDOW: Final = 60.0
"""Seconds of a window."""

LONGEST: Final = 12 * 3600.0
"""Seconds one file or listing may take in one run, waiting included: the largest takes about three hours."""


class Meter:
    """Counts the bytes of an answer as they arrive, its head included, against a clock.

    Attributes:
        clock: gives seconds from any start.
        stall: why the last answer was broken off as too slow; empty if it was not.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.stall = ""
        self._end: float | None = None
        self._since: float | None = None
        self._came = 0

    @property
    def late(self) -> bool:
        """Whether the time of the whole download is over."""
        return self._end is not None and self.clock() >= self._end

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Let everything that is asked for in the block take so long at most."""
        self._end = self.clock() + seconds
        try:
            yield
        finally:
            self._end = None

    def begin(self) -> None:
        """Wait for another answer; its window opens with its first byte, until which the connection's timeout holds."""
        self._since, self._came, self.stall = None, 0, ""

    def count(self, size: int) -> None:
        """Say that so many bytes came.

        Raises:
            TimeoutError: too few came within the window that ends, or the time of the whole download is over.
        """
        if self.late:
            raise TimeoutError("the time of the whole download is over")
        now = self.clock()
        if self._since is None:
            self._since = now
        self._came += size
        if now - self._since < WINDOW:
            return
        if self._came < LEAST:
            self.stall = f"less than {LEAST // 1024} KB in {WINDOW:,.0f} s"
            raise TimeoutError(self.stall)
        self._since, self._came = now, 0


class MeteredAdapter(PublicAdapter):
    """Has every answer counted by a meter, those that come through a proxy, too."""

    def __init__(self, meter: Meter, **options: Any) -> None:
        self._meter = meter
        super().__init__(**options)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Take connections whose answers are counted."""
        super().init_poolmanager(*args, **kwargs)
        self._count(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """Take connections to a proxy whose answers are counted."""
        known = set(self.proxy_manager.values())
        manager = super().proxy_manager_for(*args, **kwargs)
        if manager not in known:
            self._count(manager)
        return manager

    def _count(self, manager: Any) -> None:
        meter = self._meter

        class Answer(http.client.HTTPResponse):
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                self.fp = io.BufferedReader(_Counted(self.fp.detach(), meter))

        def counted(pool: Any) -> type:
            connection = type("MeteredConnection", (pool.ConnectionCls,), {"response_class": Answer})
            return type("MeteredPool", (pool,), {"ConnectionCls": connection})

        pools = manager.pool_classes_by_scheme
        manager.pool_classes_by_scheme = {scheme: counted(pool) for scheme, pool in pools.items()}


class _Counted(io.RawIOBase):
    """What arrives on a connection, counted piece by piece: a large read waits for many of them."""

    def __init__(self, arriving: io.RawIOBase, meter: Meter) -> None:
        super().__init__()
        self._arriving = arriving
        self._meter = meter

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        size: int | None = self._arriving.readinto(buffer)
        if size:
            self._meter.count(size)
        return size

    def close(self) -> None:
        self._arriving.close()
        super().close()
