"""The page's HTML: a view (`views`, `charts`) put into its template. How it looks is in `static/style.css`.

What a template prints is text from the data unless it is marked as the project's own: it is escaped, freed of
what could turn the text around it, and isolated in `<bdi>`. A template that is written without a thought of
this is safe. Inside an attribute stands `| attribute`, since no element can.
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup, escape

from football_assets.published.formatting import NONE, plain
from football_assets.scoreboard.views.base import Own, View

TEMPLATES = Path(__file__).with_name("templates")


def html(*views: View) -> str:
    """The HTML of the views, one after another."""
    return "".join(
        ENVIRONMENT.get_template(view.template).render(
            {field.name: getattr(view, field.name) for field in fields(view)}
        )
        for view in views
    )


def document(**parts: Any) -> str:
    """A whole page: its title, its version, and the HTML of its parts."""
    return ENVIRONMENT.get_template("document.html").render(parts)


def shown(value: Any) -> Any:
    """What is printed for a value in a template: every text is isolated that is not the project's own."""
    if value is None:
        return NONE
    if isinstance(value, Own | Markup | int | float):
        return value
    return Markup("<bdi>{}</bdi>").format(escape(plain(value)))


def attribute(value: object) -> Markup:
    """A text from the data inside an attribute, escaped, on one line."""
    return escape(plain(value))


class _Unindented(Extension):
    """Joins a template's lines without their indentation: a line break would show as a blank between two
    elements."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return "".join(line.strip() for line in source.splitlines())


ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    finalize=shown,
    undefined=StrictUndefined,
    extensions=[_Unindented],
    auto_reload=False,
)
ENVIRONMENT.filters |= {"attribute": attribute, "own": Own}
