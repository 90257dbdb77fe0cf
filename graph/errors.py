"""Errors a person can act on: each names the thing and the next action."""

from __future__ import annotations


class ExplorerError(Exception):
    """A failure to show to a person as it stands, without a traceback.

    Attributes:
        exit_code: 1 when the work failed, 2 when the request itself was wrong.
    """

    exit_code = 1

    def __init__(self, what: str, next_action: str) -> None:
        super().__init__(f"{what} {next_action}")
        self.what = what
        self.next_action = next_action


class BadRequest(ExplorerError):
    """The request names something that does not exist or cannot be read."""

    exit_code = 2


class StoreUnavailable(ExplorerError):
    """The store cannot be reached, started or logged into."""


class NotBuilt(ExplorerError):
    """The store is reachable but holds no complete graph."""


class NewerSchema(ExplorerError):
    """The graph was written by a newer program."""


class InvalidRecords(ExplorerError):
    """Records break the schema; nothing was written."""


class StatementRefused(ExplorerError):
    """A console statement may not run: it writes, leaves the graph, or cannot be judged."""

    exit_code = 2


class StatementTimedOut(ExplorerError):
    """A console statement outlived its time limit and was stopped."""


class StatementCancelled(ExplorerError):
    """A console statement was stopped because its caller asked for it."""


class SourceError(ExplorerError):
    """A source file is missing, truncated, or not what its source.toml says."""
