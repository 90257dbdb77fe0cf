"""The briefing as one HTML file that needs no network: style, font and pictures inside, every value escaped."""

from __future__ import annotations

import base64
from functools import cache
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from graph.briefing.model import Briefing
from graph.briefing.sheet import sheet
from graph.i18n import Language, t

_WEIGHTS: Final = {"Regular": 400, "SemiBold": 600}


def to_html(briefing: Briefing) -> str:
    """Lay a briefing out as a page for screen and, by its print style, for two sheets of A4."""
    language: Language = briefing.language
    page = _environment().get_template("briefing.html.j2")
    content = sheet(briefing, paper=False)
    for picture in content["pictures"].values():
        # Written by our own serialiser, which escaped every text in it.
        picture["svg"] = Markup(picture["svg"])  # noqa: S704
    return page.render(page=content, style=_style(), t=lambda key, **values: t(f"briefing.{key}", language, **values))


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("graph.briefing", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _style() -> Markup:
    """The style sheet with the shipped font in it; our own files, so marked as safe."""
    package = files("graph.briefing")
    style = package.joinpath("templates", "briefing.css").read_text(encoding="utf-8")
    for name in _WEIGHTS:
        font = package.joinpath("assets", f"Inter-{name}.woff2").read_bytes()
        style = style.replace(f"Inter-{name}.woff2", f"data:font/woff2;base64,{base64.b64encode(font).decode('ascii')}")
    return Markup(style)  # noqa: S704
