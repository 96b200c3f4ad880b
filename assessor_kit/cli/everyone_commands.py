"""Commands on what is told to everyone: examples that members have allowed, and the board's page."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from assessor_kit import journey
from assessor_kit.errors import RenderingFailed, UnusableFile
from assessor_kit.store import Workspace

Answer = dict[str, Any]
EVERYONE_KEYS: dict[str, tuple[str, ...]] = {
    "feedback example": ("examples",),
    "feedback board": ("files",),
}


def add_everyone_steps(
    steps: argparse._SubParsersAction[Any],
    common: argparse.ArgumentParser,
    year: argparse.ArgumentParser,
) -> None:
    """The steps of `feedback` that everyone's report and the board's page want."""
    example = steps.add_parser("example", parents=[common, year])
    example.set_defaults(command="feedback example")
    example.add_argument("--member", required=True, metavar="NUMBER", help="who has allowed it")
    way = example.add_mutually_exclusive_group(required=True)
    way.add_argument(
        "--text",
        type=Path,
        metavar="FILE.txt",
        help="the example, without a word that says who it is",
    )
    way.add_argument("--withdraw", action="store_true", help="the member has withdrawn the consent")
    example.add_argument("--consented-on", type=_day, metavar="DAY", help="such as 2017-03-01")
    example.add_argument("--by", default="", metavar="NAME", help="who notes it")
    board = steps.add_parser(
        "board", parents=[common, year], help="one A4 page for the board, as HTML and PDF"
    )
    board.set_defaults(command="feedback board")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a day such as 2017-03-01") from None


def _example(arguments: argparse.Namespace) -> Answer:
    from assessor_kit.feedback import examples  # noqa: PLC0415  (altair and papermill take a second to load)

    season, year = Workspace.open(), arguments.cpd_year
    if arguments.withdraw:
        examples.withdraw_example(season, member_no=arguments.member, cpd_year=year)
    elif arguments.consented_on is None or not arguments.by:
        raise RenderingFailed(
            "An example needs the day of the member's consent and who notes it",
            advice="Give --consented-on DAY and --by NAME.",
        )
    else:
        try:
            text = arguments.text.read_text(encoding="utf-8")
        except (OSError, ValueError):
            raise UnusableFile(
                "no text in UTF-8",
                where=arguments.text.name,
                expected="a text file",
                advice="Save it as plain text.",
            ) from None
        examples.record_example(
            season,
            member_no=arguments.member,
            cpd_year=year,
            text=text,
            consented_on=arguments.consented_on,
            recorded_by=arguments.by,
        )
    return {"examples": len(examples.examples_of(season, year))}


def _board(arguments: argparse.Namespace) -> Answer:
    return {
        "files": [
            str(path)
            for path in journey.write_board_summary(Workspace.open(), cpd_year=arguments.cpd_year)
        ]
    }


EVERYONE_RUN: dict[str, Callable[[argparse.Namespace], Answer]] = {
    "feedback example": _example,
    "feedback board": _board,
}
