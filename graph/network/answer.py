"""What an analysis is, what it takes and what it answers: one shape for the command line, the page and the tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from graph.errors import BadRequest, require_parameters
from graph.i18n import Language, keys, listed, number, percent, t
from graph.network.incidence import Incidence
from graph.network.notes import Note, sentences
from graph.network.scope import Scope

ParameterKind = Literal["country", "programme", "actor", "lab", "agreement", "years", "count", "share", "choice"]
ColumnKind = Literal["text", "number", "percent", "year", "key", "node", "country", "flag", "word"]
PictureKind = Literal["bars", "dots", "lines", "network"]

MOST: Final = 1_000_000
"""Largest count that may be asked for: more than there is of anything, and far below what overflows a column."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing an analysis is told besides its scope.

    Attributes:
        kind: country is an ISO code, programme an id, actor a node key such as "Institution:ror:…", lab and agreement
            the key of one, years a span (2014, 2020), count a whole number from 1 to `most`, share a number from 0 to
            1, choice one of `choices`.
        default: what is taken where nothing is said; None for a required one, or for none at all.
        most: of a count, more than which would take more memory or time than there is.
    """

    name: str
    kind: ParameterKind
    default: Any = None
    required: bool = False
    choices: tuple[str, ...] = ()
    most: int = MOST


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an answer.

    Attributes:
        kind: `key` is a node key, not shown, by which the row opens in Explore; `node` a key shown by the node's name;
            `flag` is yes, no or unknown; `word` one of a few words, texts `<area>.word_<word>`.
        low: the column with the lower end of the interval of this one; shown beside it.
        high: the column with its upper end.
    """

    name: str
    kind: ColumnKind = "number"
    decimals: int = 0
    low: str | None = None
    high: str | None = None


ACTOR: Final = (Column("key", "key"), Column("name", "text"), Column("country", "country"))
"""Columns of a row about one actor, as `nodes` of a projection has them."""

PAIR: Final = tuple(
    column
    for end in ("a", "b")
    for column in (Column(end, "key"), Column(f"{end}_name", "text"), Column(f"{end}_country", "country"))
)
"""Columns of a row about two actors, as `named_end` gives them."""


def named_end(nodes: pl.DataFrame, end: str, numbers: npt.NDArray[np.int64]) -> pl.DataFrame:
    """Return the columns of `PAIR` for one end.

    Args:
        nodes: `key`, `name`, `country`; the row is the actor's number.
        end: "a" or "b".
        numbers: of the actors at that end, in the order of the rows.
    """
    return nodes[numbers].select(
        pl.col("key").alias(end), pl.col("name").alias(f"{end}_name"), pl.col("country").alias(f"{end}_country")
    )


def named_ends(nodes: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Put the columns of `PAIR` in the place of `a` and `b`, the actors' numbers."""
    ends = [named_end(nodes, end, table[end].to_numpy()) for end in ("a", "b")]
    return table.drop("a", "b").hstack(ends[0]).hstack(ends[1])


@dataclass(frozen=True, slots=True)
class Picture:
    """How an answer is drawn: bars of `y` named by `x`, dots of it with a `line` at what is neutral, lines of `y`
    over the years `x` by `by` (`key` is written as the column `name`), or ties `x`-`y`.

    Attributes:
        whole: the flag that tells whether a year of a line is complete; one that is not is drawn as a hollow point.
    """

    kind: PictureKind
    x: str
    y: str
    by: str | None = None
    line: float | None = None
    whole: str | None = None


@dataclass(frozen=True, eq=False)
class Answer:
    """What an analysis found.

    Attributes:
        scope: what was counted; `scope.sentence(lang)` is quoted with every figure.
        table: one row a thing found, best first; columns as the analysis declares, and no others. Unknown is null.
        figures: what the whole comes to, name and value; texts `<area>.figure_<name>`.
        notes: method, floors, bounds, and what was left out, as catalogue keys and values.
    """

    scope: Scope
    table: pl.DataFrame
    figures: Mapping[str, float | int | str | None] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    def note_texts(self, lang: Language) -> tuple[str, ...]:
        """Return the notes as sentences."""
        return sentences(self.notes, lang)


@dataclass(frozen=True, slots=True)
class Analysis:
    """One analysis of the catalogue.

    Attributes:
        name: its key; texts `<area>.question_<name>` (as a strategist asks it) and `<area>.method_<name>` (a few
            sentences with the formula and the published source).
        area: file of texts in `graph/i18n/texts`; also `<area>.column_<column>` and `<area>.parameter_<parameter>`.
        run: takes the incidence, the scope and the parameters by name.
        one_of: parameters of which just one is to be given; it must be said before anything is computed.
        shares: names of the figures that are parts of a whole, or growth: written in percent.
        in_words: a row of the answer as sentences, where numbers alone do not say why it is there.
    """

    name: str
    area: str
    run: Callable[..., Answer]
    columns: tuple[Column, ...]
    parameters: tuple[Parameter, ...] = ()
    picture: Picture | None = None
    one_of: tuple[str, ...] = ()
    shares: tuple[str, ...] = ()
    in_words: Callable[[Mapping[str, Any], Language], str] | None = None

    def text(self, kind: str, lang: Language) -> str:
        """Return its `question` or `method`."""
        return t(f"{self.area}.{kind}_{self.name}", lang)

    def heading(self, column: str, lang: Language) -> str:
        """Return the heading of one of its columns."""
        return t(f"{self.area}.column_{column}", lang)

    def word(self, word: str, lang: Language) -> str:
        """Return one of the words of its columns or parameters; one without a text stands for itself."""
        key = f"{self.area}.word_{word}"
        return t(key, lang) if key in keys() else word

    def figure(self, name: str, lang: Language) -> str:
        """Return the name of one of its figures."""
        return t(f"{self.area}.figure_{name}", lang)

    def written(self, name: str, value: float | int | str | None, lang: Language) -> str:
        """Return the value of one of its figures as a person reads it; an en dash where it is unknown."""
        if isinstance(value, str):
            return value
        if name in self.shares:
            return percent(value, lang)
        small = isinstance(value, float) and abs(value) < 1
        return number(value, lang, 0 if isinstance(value, int) else 3 if small else 1)

    def help(self, column: str, lang: Language) -> str | None:
        """Return the words behind a heading, where there are any."""
        key = f"{self.area}.column_{column}_says"
        return t(key, lang) if key in keys() else None

    def answer(self, incidence: Incidence, scope: Scope, given: Mapping[str, Any] | None = None) -> Answer:
        """Run it.

        Args:
            incidence: the store's ties.
            scope: what to count.
            given: parameters by name, as values or as a person types them ("2014-2020", "0.05").

        Raises:
            BadRequest: a parameter is unknown, lacks, or is not of its kind.
        """
        return self.run(incidence, scope, **self.arguments(given or {}))

    def value(self, parameter: Parameter, given: Any) -> Any:
        """Return one parameter as its kind, read from what was typed; its default where nothing was.

        Raises:
            BadRequest: as for `answer`.
        """
        return _value(self, parameter, given)

    def arguments(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return every parameter by name, what was typed read as its kind.

        Raises:
            BadRequest: as for `answer`.
        """
        require_parameters(self.name, given, [one.name for one in self.parameters])
        return {one.name: self.value(one, given.get(one.name)) for one in self.parameters}


def _value(asked: Analysis, parameter: Parameter, given: Any) -> Any:
    label = partial(t, f"{asked.area}.parameter_{parameter.name}")
    if given is None or given == "":
        if parameter.required:
            raise BadRequest.of("refused.value_needed", name=parameter.name, label=label, expected=_example(parameter))
        return parameter.default
    read = _READERS.get(parameter.kind)
    try:
        if isinstance(given, str):
            given = read(given.strip()) if read else _chosen(parameter, given.strip())
    except ValueError:
        raise BadRequest.of(
            "refused.no_value", value=given, name=parameter.name, label=label, expected=_example(parameter)
        ) from None
    if parameter.kind == "count" and given > parameter.most:
        most = partial(number, parameter.most)
        raise BadRequest.of("refused.too_large", value=given, name=parameter.name, label=label, most=most)
    return given


def _chosen(parameter: Parameter, given: str) -> str:
    if parameter.kind == "choice" and given not in parameter.choices:
        raise ValueError(given)
    return given


def _country(given: str) -> str:
    if len(given) != 2 or not given.isalpha():
        raise ValueError(given)
    return given.upper()


def _key(given: str) -> str:
    if not all(given.partition(":")[::2]):
        raise ValueError(given)
    return given


def _years(given: str) -> tuple[int, int]:
    first, _, last = given.partition("-")
    found = int(first), int(last or first)
    if not 1900 <= found[0] <= found[1] <= 2100:
        raise ValueError(given)
    return found


def _count(given: str) -> int:
    found = int(given)
    if found < 1:
        raise ValueError(given)
    return found


def _share(given: str) -> float:
    found = float(given)
    if not 0 <= found <= 1:
        raise ValueError(given)
    return found


_READERS: Final[dict[str, Callable[[str], Any]]] = {
    "country": _country,
    "actor": _key,
    "lab": _key,
    "agreement": _key,
    "years": _years,
    "count": _count,
    "share": _share,
}


def _example(parameter: Parameter) -> str | Callable[[Language], str]:
    if parameter.kind == "choice":
        return partial(listed, parameter.choices, style="or")
    return {
        "country": "JP",
        "programme": "HORIZON",
        "actor": "Institution:ror:057zh3y96",
        "lab": "'Lab:UMR 7198'",
        "agreement": "Agreement:I001",
        "years": "2014-2020",
        "count": "10",
        "share": "0.05",
    }[parameter.kind]
