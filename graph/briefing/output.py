"""One call from a subject to a file, for the command line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from graph.briefing.compose import compose
from graph.briefing.html import to_html
from graph.briefing.model import Briefing
from graph.briefing.pdf import to_pdf
from graph.errors import BadRequest
from graph.i18n import Language
from graph.network import Incidence

if TYPE_CHECKING:
    from graph.store import Store

SUFFIXES = (".html", ".pdf")


def brief_to_file(
    store: Store,
    subject: str,
    lang: Language,
    path: Path,
    *,
    visit_date: dt.date | None = None,
    incidence: Incidence | None = None,
) -> Briefing:
    """Write the briefing on `subject` to `path`, as HTML or PDF by its suffix; overwrites.

    Raises:
        BadRequest: unknown subject (near ones are suggested), another suffix, or a file that cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise BadRequest.of("refused.no_briefing_format", suffix=suffix or path.name)
    briefing = compose(store, subject, lang, visit_date=visit_date, incidence=incidence)
    content = to_html(briefing).encode() if suffix == ".html" else to_pdf(briefing)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise BadRequest.of("refused.unwritable_briefing", path=path, reason=error.strerror or error) from None
    return briefing
