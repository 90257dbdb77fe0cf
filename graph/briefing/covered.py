"""What is said of joint works: which labs and years the graph covers, or that it covers none."""

from __future__ import annotations

from graph.briefing.case import Case
from graph.i18n import listed, number


def covers(case: Case) -> bool:
    """Whether the graph has joint works at all, of whomever."""
    return case.reading.coverage.labs > 0


def key(case: Case, name: str) -> str:
    """Return the name of the text that is right here.

    `<name>_uncovered` without joint works, `<name>_sample` for the bundled labs, else `<name>`.
    """
    if not covers(case):
        return f"{name}_uncovered"
    return f"{name}_sample" if case.reading.coverage.sample else name


def words(case: Case) -> dict[str, str]:
    """What the texts on joint works have places for: `all` labs, the same with a noun (`covered`), and `years`."""
    found = case.reading.coverage
    total = number(found.labs, case.language)
    years = dict.fromkeys(str(year) for year in (found.first, found.last) if year is not None)
    noun = "covered_sample" if found.sample else "covered"
    return {"all": total, "covered": case.text(noun, labs=total), "years": "–".join(years)}


def method(case: Case) -> str:
    """The caveat on joint works."""
    return case.text(key(case, "method_labs"), **words(case))


def no_proof(case: Case) -> str:
    """What is missing from the sources, where they have nothing on a subject."""
    absent = [case.text("absent_networks")]
    absent += [case.text(f"absent_{what}") for what in ("visits", "mobility") if not case.loaded(what)]
    absent.append(case.text(key(case, "absent_works")))
    return case.text("so_nothing", absent=listed(absent, case.language))
