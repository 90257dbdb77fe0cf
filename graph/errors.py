"""Errors a person can act on: each names the thing and the next action, in English or in both languages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from graph.i18n import Language


class ExplorerError(Exception):
    """A failure to show to a person as it stands, without a traceback.

    Made of two English sentences, or with `of` of texts of the catalogue where a page may show it.

    Attributes:
        what: what happened, in English, as the command line and logs say it.
        next_action: what to do about it, in English.
        exit_code: 1 when the work failed, 2 when the request itself was wrong.
    """

    exit_code = 1

    def __init__(self, what: str, next_action: str) -> None:
        super().__init__(f"{what} {next_action}")
        self.what = what
        self.next_action = next_action
        self._made_of: tuple[str, Mapping[str, object]] | None = None

    @classmethod
    def of(cls, key: str, /, **values: object) -> Self:
        """Make an error of the text `key` of the catalogue, what happened, and of `<key>_next`, what to do about it.

        Args:
            key: `area.key`, most often of the area `refused`.
            values: of the placeholders of both texts. What each language writes in its own way, such as a number or a
                name, is given as a function of the language: `partial(number, 20_000)`.

        Raises:
            KeyError: the catalogue lacks one of the texts, or a placeholder has no value.
        """
        error = cls(*_texts(key, values, "en"))
        error._made_of = key, values
        return error

    def said(self, language: Language) -> tuple[str, str]:
        """Return what happened and what to do about it in a language; in English where it was not made with `of`."""
        return _texts(*self._made_of, language) if self._made_of else (self.what, self.next_action)


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


class StatementPostponed(ExplorerError):
    """A console statement cannot run now: too many are running."""


class StatementTimedOut(ExplorerError):
    """A console statement outlived its time limit and was stopped."""


class StatementCancelled(ExplorerError):
    """A console statement was stopped because its caller asked for it."""


class SourceError(ExplorerError):
    """A source file is missing, truncated, or not what its source.toml says."""


def require_parameters(asked: str, given: Iterable[str], known: Collection[str]) -> None:
    """Refuse a parameter that a question or an analysis does not have; of several, the first in the alphabet.

    Args:
        asked: name of the question or analysis.
        given: names of the parameters a person gave.
        known: those there are.

    Raises:
        BadRequest: names it and those there are.
    """
    for name in sorted(set(given) - set(known)):
        raise BadRequest.of(
            "refused.no_parameter" if known else "refused.no_parameters",
            asked=asked,
            name=name,
            parameters=", ".join(known),
        )


def _texts(key: str, values: Mapping[str, object], language: Language) -> tuple[str, str]:
    from graph.i18n import t  # noqa: PLC0415 - a twentieth of a second of every command; only a failure needs it

    written = {name: value(language) if callable(value) else value for name, value in values.items()}
    return t(key, language, **written), t(f"{key}_next", language, **written)
