"""A block of a report: safe HTML made from escaped text, shown by a notebook cell that names it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined


@dataclass(frozen=True)
class Block:
    """HTML whose every text was escaped by Jinja. In a notebook it shows itself."""

    html: str

    def _repr_html_(self) -> str:
        return self.html


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("assessor_kit.feedback", "blocks"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def block(name: str, /, **values: object) -> Block:
    """Fill the block template `name` with values; every value is escaped."""
    return Block(_environment().get_template(f"{name}.html.j2").render(**values))
