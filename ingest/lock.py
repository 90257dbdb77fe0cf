"""One build at a time in a data directory, and one fetch of a source."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graph.errors import ExplorerError


@contextmanager
def exclusive(data_dir: Path, what: str = "build") -> Iterator[None]:
    """Hold the lock of a piece of work in the data directory; the system frees it if this process dies.

    Raises:
        ExplorerError: another process holds it; names that process.
    """
    path = data_dir / "cache" / f"{what}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            handle.seek(0)
            holder = handle.read().strip() or "unknown"
            raise ExplorerError(
                f"Another {what} is under way in {data_dir} (process {holder}).",
                "Wait for it to finish, then try again.",
            ) from error
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield
