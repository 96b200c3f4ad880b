"""The options that commands about notes, versions, rounds and queries share."""

from __future__ import annotations

import click

from assessor_kit.cli.argument_types import NameOfPerson

by_whom = click.option(
    "--by", type=NameOfPerson(), required=True, metavar="NAME", help="Who does it; kept with it."
)
what_words = click.option(
    "--what", required=True, metavar="TEXT", help="The words themselves, in quotation marks."
)
with_reason = click.option("--reason", default="", metavar="TEXT", help="Why; kept with it.")
