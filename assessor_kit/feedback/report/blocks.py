"""A block of a report: safe HTML made from escaped text.

A notebook cell that names a block displays it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from assessor_kit.feedback.document.words import showable

# Words that can neither reorder what stands around them nor be taken for anything of the page's.
HARMLESS = re.compile(r"[A-Za-z0-9 .,;:!?'%/-]{0,500}", re.ASCII)
LONG = 24  # letters of a word that may not fit in a column on a telephone


@dataclass(frozen=True)
class Block:
    """HTML in which Jinja has escaped every text; a notebook displays it as such."""

    html: str

    def _repr_html_(self) -> str:
        return self.html


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("assessor_kit.feedback.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_marked,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _marked(value: object) -> object:
    """Return a value of a template; of a text, what can be shown of it, isolated where need be.

    Whatever stands in a `bdi` element was written by somebody and is not of the page's own.
    """
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    shown = showable(value)
    kind = ' class="long"' if any(len(word) > LONG for word in shown.split()) else ""
    if HARMLESS.fullmatch(shown) and not kind:
        return shown
    return Markup(f"<bdi{kind}>{Markup.escape(shown)}</bdi>")  # noqa: S704  (escaped here)


def block(name: str, /, **values: object) -> Block:
    """Fill the block template `name` with values; every value is escaped."""
    return Block(_environment().get_template(f"{name}.html.j2").render(**values))
