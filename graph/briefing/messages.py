"""Five figures and three messages: what stands out, and what follows from it."""

from __future__ import annotations

import polars as pl

from graph.briefing import covered
from graph.briefing.case import Case, display
from graph.briefing.model import Headline, Message, shown
from graph.briefing.reading import FRAMEWORKS
from graph.briefing.visits import open_commitments
from graph.i18n import number, percent

_HORIZON = FRAMEWORKS[0]
_CONCENTRATED = 1 / 3
_ENOUGH = 5


def headlines(case: Case) -> tuple[Headline, ...]:
    """The figures at the top of the page; layers of different vintages stand side by side, never added."""
    rank, among = case.rank
    gross, net = case.money(case.own_in(_HORIZON))
    known = sum(one.year_end is not None for one in case.reading.agreements)
    joint = tuple(
        case.fact(case.projects[one], "projects", one, label=case.text(f"framework_{one.lower()}"), framework=one)
        for one in FRAMEWORKS
    )
    return (
        Headline(case.text("head_projects"), joint),
        Headline(
            case.text("head_rank"),
            (case.fact(rank, "rank", _HORIZON),),
            case.kind_text("remark_rank", among=number(among, case.language)),
        ),
        Headline(
            case.text("head_agreements"),
            (case.fact(len(case.current), "agreements", "agreements"),),
            case.text("remark_agreements", total=len(case.reading.agreements), known=known),
        ),
        Headline(
            case.text("head_money"),
            (
                case.fact(net, "money", _HORIZON, label=case.text("net"), unit="euros"),
                case.fact(gross, "money", _HORIZON, label=case.text("gross"), unit="euros"),
            ),
            case.text("remark_money"),
        ),
        _institutions(case) if case.subject.kind == "Country" else _leads(case),
    )


def _institutions(case: Case) -> Headline:
    facts = tuple(
        case.fact(case.institutions[one], "institutions", one, label=case.text(f"framework_{one.lower()}"))
        for one in FRAMEWORKS
    )
    return Headline(case.text("head_institutions"), facts)


def _leads(case: Case) -> Headline:
    theirs, ours = case.coordinated(case.own_in(_HORIZON))
    return Headline(
        case.text("head_leads"),
        (
            case.fact(theirs, "leads", _HORIZON, label=case.text("led_by_them")),
            case.fact(ours, "leads", _HORIZON, label=case.text("led_by_cnrs")),
        ),
    )


def messages(case: Case) -> tuple[Message, ...]:
    """What is still to be done first, then three messages, or the one that says that nothing is on record."""
    due = open_commitments(case)
    first = (due,) if due else ()
    if case.nothing:
        facts = (case.fact(0, "projects", *FRAMEWORKS), case.fact(0, "agreements", "agreements"))
        key = "msg_nothing" if covered.covers(case) else "msg_nothing_uncovered"
        return (*first, Message(case.kind_text(key), covered.no_proof(case), facts))
    return (*first, _volume(case), _roles(case), _formal(case))


def _volume(case: Case) -> Message:
    count = case.projects[_HORIZON]
    facts = (case.fact(count, "projects", _HORIZON), case.fact(case.rank[0], "rank", _HORIZON))
    if not count:
        earlier = case.text(
            "earlier",
            h2020=number(case.projects["H2020"], case.language),
            fp7=number(case.projects["FP7"], case.language),
        )
        return Message(case.kind_text("msg_no_projects"), earlier, facts[:1])
    rank, among = case.rank
    key = "msg_first" if rank == 1 else "msg_projects"
    what = case.kind_text(
        key if count > 1 else "msg_one_project",
        count=number(count, case.language),
        rank=number(rank, case.language),
        among=number(among, case.language),
    )
    return Message(what, _spread(case, count), facts)


def _spread(case: Case, count: int) -> str:
    """Say whether the tie rests on one body, or with whom it is shared."""
    recent = case.totals.filter(pl.col(_HORIZON) > 0)
    if not recent.height:
        return case.text("so_alone")
    first = recent.row(0, named=True)
    name = display(first["name"], first["acronym"], 70)
    share = first[_HORIZON] / count
    values = {
        "top": name,
        "count": number(first[_HORIZON], case.language),
        "share": percent(share, case.language, 0),
        "total": number(recent.height, case.language),
    }
    if case.subject.kind == "Institution":
        return case.text("so_company", **values)
    if recent.height == 1:
        return case.text("so_single", **values)
    if count >= _ENOUGH and share >= _CONCENTRATED:
        return case.text("so_concentrated", **values)
    return case.text("so_spread", **values)


def _roles(case: Case) -> Message:
    if not case.projects[_HORIZON]:
        return _works(case)
    theirs, ours = case.coordinated(case.own_in(_HORIZON))
    _, net = case.money(case.own_in(_HORIZON))
    facts = (case.fact(net, "money", _HORIZON, unit="euros"), case.fact(theirs, "leads", _HORIZON))
    values = {
        "net": shown(net, "euros", case.language),
        "theirs": number(theirs, case.language),
        "ours": number(ours, case.language),
        "count": number(case.projects[_HORIZON], case.language),
    }
    if net == 0:
        return Message(case.kind_text("msg_unfunded", **values), case.kind_text("so_unfunded"), facts)
    what = case.kind_text("msg_money", **values)
    if theirs == 0:
        return Message(what, case.kind_text("so_never_lead", **values), facts)
    return Message(what, case.kind_text("so_lead" if theirs >= ours else "so_led", **values), facts)


def _works(case: Case) -> Message:
    labs = len({row["lab"] for row in case.reading.copublications})
    so_what = case.text(covered.key(case, "so_labs"), **covered.words(case))
    if not covered.covers(case):
        return Message(case.text("msg_labs_uncovered"), so_what, (case.fact(None, "labs", "copublications"),))
    key = covered.key(case, "msg_labs") if labs else "msg_no_labs"
    what = case.kind_text(key, labs=number(labs, case.language), **covered.words(case))
    return Message(what, so_what, (case.fact(labs, "labs", "copublications"),))


def _formal(case: Case) -> Message:
    total = len(case.reading.agreements)
    facts = (case.fact(total, "agreements", "agreements"),)
    if not total:
        joint = case.projects[_HORIZON]
        so_what = case.text("so_informal", count=number(joint, case.language)) if joint else case.text("so_sample")
        return Message(case.kind_text("msg_no_agreement"), so_what, facts)
    laboratories = sum(one.instrument in ("IRL", "UMI") for one in case.reading.agreements)
    what = case.kind_text(
        "msg_agreement" if total == 1 else "msg_agreements",
        total=number(total, case.language),
        labs=case.text("of_which_labs", labs=laboratories) if laboratories else "",
    )
    unknown = sum(one.year_end is None for one in case.current)
    if case.ending:
        names = ", ".join(f"{one.acronym or one.name} ({one.year_end})" for one in case.ending[:3])
        return Message(what, case.text("so_ending", names=names), facts)
    if unknown:
        key = "so_unknown_all" if unknown == total else "so_unknown"
        return Message(what, case.text(key, unknown=number(unknown, case.language)), facts)
    return Message(what, case.text("so_stable"), facts)
