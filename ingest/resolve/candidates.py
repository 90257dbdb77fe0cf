"""Which bodies are worth comparing: those of one country that share a rare word, a short name or a web domain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import polars as pl

from graph.store.text import fold
from ingest.resolve import names
from ingest.resolve.lexicon import DROPPED, QUALIFIERS, STRONG, WEAK

if TYPE_CHECKING:
    from ingest.reading import Reading

DESCRIBED: Final = {
    "body": pl.String,
    "name": pl.String,
    "acronym": pl.String,
    "country": pl.String,
    "city": pl.String,
    "url": pl.String,
}
"""Columns of what the sources say of bodies; one row for each name of a body."""

LARGEST: Final = {"word": 25, "words": 25, "name": 60, "short": 12, "domain": 15}
"""Rows a block may have, by what they share: a larger one says nothing, and its pairs grow with its square."""

_RAREST: Final = 6
"""Words of a name that make keys, the rarest first: at most 6 words and 15 pairs of them."""


def described(readings: Iterable[Reading], canonical: Mapping[str, str]) -> pl.DataFrame:
    """Return what the sources say of bodies, see `DESCRIBED`; bodies without a name or a country are left out.

    A row each for the name and the aliases a source gives. What a row does not say is taken from the body's other rows.

    Args:
        canonical: identifier -> identifier of its body, as far as that is known before names are compared.
    """
    parts = []
    for reading in readings:
        frame = reading.nodes.get("Institution")
        if frame is not None:
            missing = [
                pl.lit(None, kind).alias(c) for c, kind in DESCRIBED.items() if c not in (*frame.columns, "body")
            ]
            told = frame.filter(pl.col("named")).with_columns(missing).rename({"id": "body"})
            parts.append(told.select(*DESCRIBED))
            if "aliases" in told.columns:
                others = told.with_columns(name="aliases").explode("name").drop_nulls("name")
                parts.append(others.select(*DESCRIBED))
    if not parts:
        return pl.DataFrame(schema=DESCRIBED)
    frame = pl.concat(parts)
    bodies = frame["body"].unique(maintain_order=True)
    known = pl.Series("known", [canonical.get(body, body) for body in bodies], dtype=pl.String)
    frame = (
        frame.join(bodies.to_frame().with_columns(known), on="body", how="left", maintain_order="left")
        .with_columns(body="known")
        .drop("known")
    )
    filled = [
        pl.coalesce(c, pl.col(c).drop_nulls().first().over("body")) for c in ("acronym", "country", "city", "url")
    ]
    frame = frame.with_columns(filled).drop_nulls(["name", "country"])
    return frame.unique(["body", "name"], keep="first", maintain_order=True)


def comparable(frame: pl.DataFrame) -> pl.DataFrame:
    """Add what is compared: words, kinds, minor, qualifiers, numbers, letters, short, written, places, and texts.

    `words` are those of `names.tokens`, `text` joins them; `kinds`, `minor` and `qualifiers` are those of them that
    say what kind of body it is; `written` are the words as written, in their order, `plain` the name without spaces;
    `first` are its initials.
    """
    told = [names.tokens(name) for name in frame["name"]]
    sites = [names.site(url) for url in frame["url"]]
    strong = [[word for word in words if word in STRONG] for words in told]
    weak = [[word for word in words if word in WEAK] for words in told]
    short = [names.acronyms(name, acronym) for name, acronym in frame.select("name", "acronym").iter_rows()]
    columns: dict[str, Sequence[object]] = {
        "words": told,
        "kinds": strong,
        "minor": weak,
        "qualifiers": [[word for word in words if word in QUALIFIERS] for words in told],
        "numbers": [[word for word in words if word.isdigit()] for words in told],
        "letters": [names.letters(name) for name in frame["name"]],
        "short": short,
        "written": [[word for word in fold(name).split() if word not in DROPPED] for name in frame["name"]],
        "places": [names.place(city).split() for city in frame["city"]],
    }
    lists = [pl.Series(key, values, dtype=pl.List(pl.String)) for key, values in columns.items()]
    texts = {
        "plain": [names.flattened(fold(name).replace(" ", "")) for name in frame["name"]],
        "text": [" ".join(words) for words in told],
        "first": [names.initials(name) for name in frame["name"]],
        "place": [names.place(city) for city in frame["city"]],
        "host": [host for host, _ in sites],
        "domain": [domain for _, domain in sites],
    }
    return frame.with_columns(
        *lists,
        *(pl.Series(key, values, dtype=pl.String) for key, values in texts.items()),
    )


def candidates(rows: pl.DataFrame, one_a_body: Mapping[str, pl.Series] | None = None) -> pl.DataFrame:
    """Return pairs of rows worth scoring: left, right (row numbers, left < right), of different bodies, each once.

    Rows are paired within a country where they share a whole name, one of their rarest words or a pair of those,
    a short name or a web domain, in blocks of at most `LARGEST`: pairs grow with the rows, not with their square.

    Args:
        rows: of `comparable`.
        one_a_body: for each system a body has one identifier of, whether the row's body has it already;
            two such are never paired.
    """
    numbered = rows.with_row_index("row")
    keys = _keys(numbered)
    sizes = keys.group_by("block").len()
    largest = pl.col("block").str.split("|").list.first().replace_strict(LARGEST, return_dtype=pl.UInt32)
    useful = sizes.filter(pl.col("len") > 1, pl.col("len") <= largest).select("block")
    blocked = keys.join(useful, on="block", how="semi")
    pairs = (
        blocked.join(blocked, on="block", suffix="_right")
        .filter(pl.col("row") < pl.col("row_right"))
        .select(left="row", right="row_right")
        .unique()
        .sort("left", "right")
    )
    body = rows["body"]
    keep = body.gather(pairs["left"]) != body.gather(pairs["right"])
    for has in (one_a_body or {}).values():
        keep &= ~(has.gather(pairs["left"]) & has.gather(pairs["right"]))
    return pairs.filter(keep)


def _keys(numbered: pl.DataFrame) -> pl.DataFrame:
    """Row and block, a block being named `what|country|value`; each once."""
    weights, rarest = names.weights()
    rare = [sorted(words, key=lambda w: (-weights.get(w, rarest), w))[:_RAREST] for words in numbered["words"]]
    pairs = [[f"{min(a, b)} {max(a, b)}" for i, a in enumerate(words) for b in words[i + 1 :]] for words in rare]
    frame = numbered.select(
        "row",
        "country",
        pl.concat_list(pl.col("text")).alias("name"),
        pl.Series("word", rare, dtype=pl.List(pl.String)),
        pl.Series("words", pairs, dtype=pl.List(pl.String)),
        pl.concat_list("short", "first").alias("short"),
        pl.concat_list("domain").alias("domain"),
    )
    parts = [
        frame.select("row", "country", value=what)
        .explode("value")
        .filter(pl.col("value").str.len_chars() > 1)
        .select("row", pl.concat_str(pl.lit(what), "country", "value", separator="|").alias("block"))
        for what in LARGEST
    ]
    return pl.concat(parts).unique(maintain_order=True)
