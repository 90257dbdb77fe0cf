"""What the store gives, as the types a briefing works with."""

from __future__ import annotations

import datetime as dt


def strings(value: object) -> tuple[str, ...]:
    """A list's values that are there, as text; anything else is no list and gives nothing."""
    return tuple(str(one) for one in value if one is not None) if isinstance(value, list | tuple) else ()


def whole(value: object) -> int:
    """A whole number."""
    return int(str(value))


def count(value: object) -> int | None:
    """A count or a year; unknown stays None."""
    return None if value is None else whole(value)


def day(value: object) -> dt.date | None:
    """A date; unknown stays None."""
    native = getattr(value, "to_native", None)
    found = native() if callable(native) else value
    return found if isinstance(found, dt.date) else None
