"""Centrality: who carries the network, by several measures side by side, in the scope that the scope line states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from graph import export
from graph.i18n import Language, number, t
from graph.network import MEASURES, PARTITIONS, Projection, measure_info
from graph.store.text import fold
from views.parts import frame, plots, rankings, reads, scatter, state, tables

TOPS: Final = ("25", "50", "100", "500", "all")
DECIMALS: Final = {
    "betweenness": 6,
    "harmonic": 1,
    "pagerank": 6,
    "eigenvector": 4,
    "constraint": 3,
    "effective_size": 1,
    "strength": 2,
    "strength_core": 2,
}
FORMULAS: Final = {
    "strength": r"s_i = \sum_j w_{ij}",
    "degree": r"k_i = |\{j : w_{ij} > 0\}|",
    "betweenness": r"b_i = \frac{2}{(n-1)(n-2)} \sum_{s<t} \frac{\sigma_{st}(i)}{\sigma_{st}}, \quad d_{ij} = 1/w_{ij}",
    "harmonic": r"h_i = \sum_{j \ne i} 1/d(i,j), \quad d_{ij} = 1/w_{ij}",
    "pagerank": r"p_i = \frac{1-\alpha}{n} + \alpha \sum_j \frac{w_{ij}}{s_j}\, p_j, \quad \alpha = 0.85",
    "eigenvector": r"\lambda x_i = \sum_j w_{ij} x_j",
    "core": r"\max \{k : i \in \text{k-core}\}",
    "strength_core": r"\max \{s : \exists C \ni i,\ \forall j \in C : \sum_{l \in C} w_{jl} \ge s\}",
    "constraint": r"c_i = \sum_j \bigl(p_{ij} + \sum_q p_{iq}\, p_{qj}\bigr)^2, \quad p_{ij} = w_{ij}/s_i",
    "effective_size": r"e_i = k_i - \frac{2 t_i}{k_i}, \quad t_i = |\{j < q : a_{ij} a_{iq} a_{jq} = 1\}|",
    "community": r"Q = \frac{1}{2m} \sum_{ij} \Bigl(w_{ij} - \frac{s_i s_j}{2m}\Bigr)\, \delta(c_i, c_j)",
    "component": r"i \sim j \iff d(i,j) < \infty",
}
REFERENCES: Final = {
    "strength": "Barrat et al. 2004, PNAS 101, 3747",
    "degree": "Freeman 1978, Social Networks 1, 215",
    "betweenness": "Freeman 1977, Sociometry 40, 35 · Brandes 2001, J. Math. Sociol. 25, 163",
    "harmonic": "Marchiori & Latora 2000, Physica A 285, 539",
    "pagerank": "Brin & Page 1998, Computer Networks 30, 107",
    "eigenvector": "Bonacich 1972, J. Math. Sociol. 2, 113",
    "core": "Seidman 1983, Social Networks 5, 269",
    "strength_core": "Eidsaa & Almaas 2013, PRE 88, 062819",
    "constraint": "Burt 1992, Structural Holes",
    "effective_size": "Burt 1992, Structural Holes · Borgatti 1997, Connections 20, 35",
    "community": "Traag, Waltman & van Eck 2019, Sci. Rep. 9, 5233",
    "component": "Hopcroft & Tarjan 1973, Comm. ACM 16, 372",
}


def draw() -> None:
    frame.page("frame.page_centrality")
    language = state.language()
    with st.spinner(t("centrality.projecting", language)):
        projection = reads.projection(state.scope())
    if projection.nodes.is_empty():
        st.info(f"**{t('centrality.empty', language)}**\n\n{t('centrality.empty_next', language)}")
        return
    with st.container(key="compact"):
        controls = st.columns([7, 3, 3, 3, 3, 2], gap="small", vertical_alignment="bottom")
    chosen, ranked_by = _choose_measures(controls, language)
    with st.spinner(t("centrality.measuring", language)):
        ranking = _ranking(projection, [ranked_by, *(name for name in chosen if name != ranked_by)], language)
    shown = _filtered(controls, ranking, language)
    st.caption(
        t(
            "centrality.says",
            language,
            nodes=number(projection.nodes.height, language),
            edges=number(projection.edges.height, language),
            shown=number(shown.height, language),
            measure=MEASURES[ranked_by].title(language),
        )
    )
    if shown.is_empty():
        st.info(f"**{t('centrality.no_match', language)}**\n\n{t('centrality.no_match_next', language)}")
        return
    left, right = st.columns([13, 8], gap="medium")
    with left:
        picked = _table(projection, shown, chosen, ranked_by, language)
        _downloads(projection, shown, language)
    with right:
        pointed = _scatter(shown, chosen, language)
    _definitions(projection, sorted({ranked_by, *chosen}, key=list(MEASURES).index), language)
    opened = picked or pointed
    if opened:
        state.open_in_explore(*opened)


def _choose_measures(controls: Sequence[DeltaGenerator], language: Language) -> tuple[list[str], str]:
    key = f"centrality.{state.arrivals()}"
    kept = [name for name in state.param("measures").split(",") if name in MEASURES]
    chosen = controls[0].multiselect(
        t("centrality.measures", language),
        list(MEASURES),
        default=kept or ["strength"],
        format_func=lambda name: MEASURES[name].title(language),
        key=f"{key}.measures",
    )
    chosen = chosen or ["strength"]
    ranked_by = controls[1].selectbox(
        t("centrality.rank_by", language),
        list(MEASURES),
        index=list(MEASURES).index(_known(state.param("rank"))),
        format_func=lambda name: MEASURES[name].title(language),
        key=f"{key}.rank",
    )
    state.set_param("measures", ",".join(chosen))
    state.set_param("rank", ranked_by)
    return chosen, ranked_by


def _known(name: str) -> str:
    return name if name in MEASURES else "strength"


def _ranking(projection: Projection, names: list[str], language: Language) -> pl.DataFrame:
    """Measure the scope; add the joint projects and agreements with the CNRS, where it stands in the network."""
    ranking = reads.measures(projection.scope, names)
    if projection.scope.level == "country":
        local = reads.names("Country", language)
        ranking = ranking.with_columns(pl.col("id").replace(local).alias("name"))
    return rankings.with_ties_to_cnrs(projection, ranking)


def _filtered(controls: Sequence[DeltaGenerator], ranking: pl.DataFrame, language: Language) -> pl.DataFrame:
    """Narrow what is shown; ranks stay those of the whole scope."""
    key = f"centrality.{state.arrivals()}"
    names = reads.names("Country", language)
    present = set(ranking["country"].drop_nulls())
    countries = [code for code in names if code in present]
    wanted = controls[2].multiselect(
        t("centrality.country", language),
        countries,
        default=[code for code in state.param("country").split(",") if code in countries],
        format_func=lambda code: names[code],
        placeholder=t("frame.all_countries", language),
        key=f"{key}.country",
    )
    kinds = sorted(set(ranking["label"]))
    kept = controls[3].multiselect(
        t("centrality.kind", language),
        kinds,
        default=[label for label in state.param("kind").split(",") if label in kinds],
        format_func=lambda label: t(f"kinds.{label}_many", language),
        placeholder=t("centrality.all_kinds", language),
        key=f"{key}.kind",
    )
    within = controls[4].text_input(
        t("centrality.within", language),
        state.param("within"),
        key=f"{key}.within",
        placeholder=t("centrality.within_hint", language),
    )
    first = controls[5].selectbox(
        t("centrality.top", language),
        TOPS,
        index=TOPS.index(state.param("top")) if state.param("top") in TOPS else 1,
        format_func=lambda word: t("centrality.top_all", language) if word == "all" else word,
        key=f"{key}.top",
    )
    for name, value in (("country", ",".join(wanted)), ("kind", ",".join(kept)), ("within", within), ("top", first)):
        state.set_param(name, value)
    shown = ranking
    if wanted:
        shown = shown.filter(pl.col("country").is_in(wanted))
    if kept:
        shown = shown.filter(pl.col("label").is_in(kept))
    if within.strip():
        sought = fold(within)
        shown = shown.filter(pl.col("name").map_elements(lambda name: sought in fold(name), return_dtype=pl.Boolean))
    return shown if first == "all" else shown.head(int(first))


def _table(
    projection: Projection, shown: pl.DataFrame, chosen: list[str], ranked_by: str, language: Language
) -> tuple[str, str] | None:
    names = reads.names("Country", language)
    frame_ = shown.with_columns(
        pl.col("label")
        .replace_strict({label: t(f"kinds.{label}", language) for label in set(shown["label"])})
        .alias("kind"),
        pl.col("country").replace(names).alias("place"),
    )
    columns = {
        "rank": tables.Column(
            t("centrality.rank", language), "number", help=MEASURES[ranked_by].title(language), width=56
        ),
        "name": tables.Column(t("centrality.name", language), width=270),
        "place": tables.Column(t("centrality.country", language), width=118),
    }
    for name in dict.fromkeys([ranked_by, *chosen]):
        one = MEASURES[name]
        info = measure_info(projection, name)
        about = f"{one.definition(language)} {info.method(language)}"
        if shown[name].dtype.is_integer():
            columns[name] = _figures(one.title(language), about)
        elif info.exact:
            columns[name] = _figures(one.title(language), about, DECIMALS[name])
        else:
            # An estimate is marked, and shows no digits finer than its error.
            columns[name] = _figures(f"{one.title(language)} ≈", about, min(DECIMALS[name], 4))
    for name in ("cnrs_projects", "cnrs_agreements"):
        if name in shown.columns and shown[name].null_count() < shown.height:
            columns[name] = _figures(t(f"centrality.{name}", language), t(f"centrality.{name}_says", language))
    columns["kind"] = tables.Column(t("centrality.kind_one", language), width=84)
    row = tables.table(frame_, "centrality.table", language, columns=columns, on_select="row", height=560)
    return (row["label"], row["id"]) if row else None


def _figures(label: str, about: str, decimals: int = 0) -> tables.Column:
    return tables.Column(label, "number", decimals, help=about, width=max(84, 8 * len(label) + 26))


def _downloads(projection: Projection, shown: pl.DataFrame, language: Language) -> None:
    def network() -> bytes:
        return export.graphml(rankings.network(projection, shown, language))

    quotable = shown.with_columns(pl.lit(projection.scope.sentence(language)).alias("scope"))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        tables.csv_button(quotable, "centrality", "centrality.csv", language)
        st.download_button(
            t("centrality.graphml", language),
            network,
            file_name="centrality.graphml",
            mime="application/graphml+xml",
            key="centrality.graphml",
            help=t("centrality.graphml_says", language),
            on_click="ignore",
        )
        st.caption(t("centrality.click", language))


def _scatter(shown: pl.DataFrame, chosen: list[str], language: Language) -> tuple[str, str] | None:
    """Draw two of the chosen measures against each other; a click returns the actor."""
    across, up, logarithmic = _axes(chosen, language)
    drawn = shown.drop_nulls([across, up])
    if logarithmic:
        positive = drawn.filter((pl.col(across) > 0) & (pl.col(up) > 0))
        hidden = drawn.height - positive.height
        drawn = positive
    else:
        hidden = 0
    if drawn.is_empty():
        st.info(t("centrality.nothing_to_draw", language))
        return None
    figure = scatter.figure(drawn, across, up, logarithmic, language)
    event = st.plotly_chart(
        figure,
        key="centrality.scatter",
        on_select="rerun",
        selection_mode="points",
        config=plots.CONFIG,
    )
    notes = [t("centrality.scatter_says", language, count=number(drawn.height, language))]
    if hidden:
        notes.append(t("centrality.zero_hidden", language, count=number(hidden, language)))
    st.caption(" ".join(notes))
    points = event.selection.points
    if not points:
        return None
    label, identity = points[0]["customdata"][:2]
    return str(label), str(identity)


def _axes(chosen: list[str], language: Language) -> tuple[str, str, bool]:
    key = f"centrality.{state.arrivals()}.{','.join(chosen)}"
    left, right, side = st.columns([4, 4, 2], gap="small", vertical_alignment="bottom")

    def axis(place: DeltaGenerator, name: str, fallback: str) -> str:
        kept = state.param(name)
        value = place.selectbox(
            t(f"centrality.{name}", language),
            chosen,
            index=chosen.index(kept) if kept in chosen else chosen.index(fallback),
            format_func=lambda measure: MEASURES[measure].title(language),
            key=f"{key}.{name}",
        )
        state.set_param(name, value)
        return str(value)

    across, up = axis(left, "x", chosen[0]), axis(right, "y", chosen[-1])
    logarithmic = side.toggle(
        t("centrality.log", language),
        state.param("log") == "1",
        key=f"{key}.log",
        help=t("centrality.log_says", language),
    )
    state.set_param("log", "1" if logarithmic else "0")
    return across, up, logarithmic


def _definitions(projection: Projection, names: list[str], language: Language) -> None:
    """Say of each measure on the page what it is, its formula, its source and how it was computed here."""
    with st.expander(t("centrality.definitions", language), icon=None):
        for name in names:
            one = MEASURES[name]
            words, formula = st.columns([3, 2], gap="medium")
            words.markdown(f"**{one.title(language)}** — {one.definition(language)}")
            order = t("centrality.low_first" if one.low_first else "centrality.high_first", language)
            parts = [REFERENCES[name], measure_info(projection, name).method(language)]
            if name not in PARTITIONS:
                parts.append(order)
            words.caption(" · ".join(parts))
            formula.latex(FORMULAS[name])
        for note in projection.note_texts(language):
            st.caption(note)
        st.caption(t("centrality.scope_trap", language))


draw()
