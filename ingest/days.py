"""The day of a publisher's file: none that is yet to come, which would stand before every later snapshot."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from graph.errors import BadRequest

_DATE: Final = re.compile(r"(?<!\d)(20\d\d-[01]\d-[0-3]\d)(?!\d)")


def require_past(date: dt.date | None) -> None:
    """A day to come, mistyped, would stand before every later snapshot."""
    if date and date > dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1):
        raise BadRequest(f"{date} is yet to come.", "Give the day of the data with --date.")


def past(day: str | None) -> str | None:
    """The day a server or a name gives, unless it is yet to come: it would stand before every later snapshot."""
    return day if day and day <= dt.datetime.now(dt.UTC).date().isoformat() else None


def date_in(text: str) -> str | None:
    """The last date in a name that has been, as ROR and OpenAlex date their files."""
    today = dt.datetime.now(dt.UTC).date()
    for found in reversed(_DATE.findall(text)):
        with suppress(ValueError):
            if (date := dt.date.fromisoformat(found)) <= today:
                return date.isoformat()
    return None


def newest_member(path: Path) -> str | None:
    """The latest day in a zip's own directory; None for what is no zip."""
    if not zipfile.is_zipfile(path):
        return None
    with zipfile.ZipFile(path) as archive:
        listed = [info.date_time[:3] for info in archive.infolist() if info.date_time[0] > 1980]
    days: list[dt.date] = []
    for day in listed:
        with suppress(ValueError):  # a zip may say the 31st of February
            days.append(dt.date(*day))
    today = dt.datetime.now(dt.UTC).date()
    return max((day.isoformat() for day in days if day <= today), default=None)
