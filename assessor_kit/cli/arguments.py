"""What each command takes."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import NoReturn

from assessor_kit.cli.everyone_commands import add_everyone_steps
from assessor_kit.cli.mail_commands import add_letters, add_mail_steps
from assessor_kit.cli.store_commands import add_store_commands
from assessor_kit.feedback import FORMATS

FIRST_YEAR, LAST_YEAR = 2000, 2100


class BadArguments(Exception):
    """The command line cannot be read; the message says what it should be."""


class Parser(argparse.ArgumentParser):
    """A parser that raises, so that `--json` can answer in JSON here too."""

    def error(self, message: str) -> NoReturn:
        """Raise instead of leaving the program."""
        raise BadArguments(f"{self.prog}: {message}. See {self.prog} --help.")


def _percent(text: str) -> float:
    value = float(text.removesuffix("%"))
    if not 0 <= value <= 100:  # noqa: PLR2004  (a percentage)
        raise argparse.ArgumentTypeError(f"{text} is not a percentage from 0 to 100")
    return value


def _year(text: str) -> int:
    if not (text.isascii() and text.isdigit() and FIRST_YEAR <= int(text) <= LAST_YEAR):
        raise argparse.ArgumentTypeError(f"{text} is not a year such as 2016")
    return int(text)


def _mapping(text: str) -> tuple[str, str]:
    theirs, sign, ours = text.partition("=")
    if not sign or not theirs.strip() or not ours.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form 'Their name=ours'")
    return theirs.strip(), ours.strip()


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1")
    return int(text)


def _formats(text: str) -> tuple[str, ...]:
    wanted = tuple(text.split(","))
    if not set(wanted) <= set(FORMATS):
        raise argparse.ArgumentTypeError(f"{text} is not made of the formats {', '.join(FORMATS)}")
    return wanted


def build_parser() -> Parser:
    """The whole command line."""
    common = Parser(add_help=False)
    common.add_argument(
        "--workspace",
        type=Path,
        metavar="DIR",
        help="default: $ASSESSOR_KIT_WORKSPACE, else ./workspace",
    )
    common.add_argument("--json", action="store_true", help="print one JSON object")
    year = Parser(add_help=False)
    year.add_argument(
        "--cpd-year",
        type=_year,
        required=True,
        metavar="Y",
        help="the year in which the CPD was done",
    )
    parser = Parser(
        prog="assessor-kit", description="Review CPD returns, from the register to the trends."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    init = commands.add_parser("init", parents=[common], help="make a workspace")
    init.add_argument("--sample", action="store_true", help="for invented members only")
    init.add_argument("--scheme", default="iet")
    _add_imports(commands, common)
    draw = commands.add_parser("draw", parents=[common, year], help="draw the year's sample")
    size = draw.add_mutually_exclusive_group(required=True)
    size.add_argument("--size", type=int, metavar="N")
    size.add_argument("--rate", type=_percent, metavar="P%")
    draw.add_argument("--seed", required=True)
    draw.add_argument("--reserve", type=_percent, default=0.0, metavar="P%")
    draw.add_argument("--reason", default="", help="why a second draw is made for the year")
    verify = commands.add_parser("verify-draw", parents=[common], help="repeat a draw and compare")
    verify.add_argument("draw_id")
    allocate = commands.add_parser(
        "allocate", parents=[common, year], help="give each return an assessor"
    )
    allocate.add_argument("--double-mark", type=_percent, default=0.0, metavar="P%")
    allocate.add_argument("--seed", required=True)
    _add_scoring(commands, common, year)
    commands.add_parser("status", parents=[common, year], help="how far the season has come")
    _add_feedback(commands, common, year)
    add_letters(commands, common, year)
    trends = commands.add_parser("trends", parents=[common], help="estimates by year")
    trends.add_argument("--cpd-year", type=_year, nargs="+", required=True, metavar="Y")
    add_store_commands(commands, common)
    commands.add_parser("doctor", parents=[common], help="check this machine and workspace")
    commands.add_parser("lab", parents=[common], help="start JupyterLab on the assessor's screen")
    app = commands.add_parser("app", parents=[common], help="start the assessor's screen as an app")
    app.add_argument(
        "--assessor",
        metavar="ID",
        help="whose returns; left out where the Hub or this laptop's pack says so",
    )
    app.add_argument(
        "--tour",
        action="store_true",
        help="the guided tour on practice returns; needs no workspace and touches none",
    )
    app.add_argument("--port", type=int, default=8866)
    app.add_argument("--no-browser", action="store_true")
    demo = commands.add_parser(
        "demo", parents=[common], help="the whole journey on the sample data"
    )
    demo.add_argument("--no-lab", action="store_true")
    return parser


def _add_scoring(
    commands: argparse._SubParsersAction[Parser], common: Parser, year: Parser
) -> None:
    score = commands.add_parser(
        "score",
        parents=[common],
        help="work out the findings of the workspace's returns, or of a folder of Parquet files",
    )
    score.add_argument(
        "--cpd-year",
        type=_year,
        metavar="Y",
        help="the year in which the CPD was done; files may name it themselves",
    )
    way = score.add_mutually_exclusive_group()
    way.add_argument(
        "--dry-run", action="store_true", help="show what would change, and keep nothing"
    )
    way.add_argument(
        "--export",
        type=Path,
        metavar="DIR",
        help="write the year's returns as Parquet files that every engine scores, without names or texts",
    )
    way.add_argument(
        "--parquet",
        type=Path,
        nargs=2,
        metavar=("IN", "OUT"),
        help="score the folder IN into the new folder OUT",
    )
    score.add_argument(
        "--engine",
        choices=("pandas", "duckdb", "polars", "dask"),
        default="duckdb",
        help="with --parquet; default: duckdb",
    )
    score.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="with --engine dask: tcp://… of a cluster; without it a local one is started",
    )
    score.add_argument("--scheme", help="with --parquet: whose rules, where the files do not say")
    similar = commands.add_parser(
        "similar",
        parents=[common, year],
        help="reflections of different members that read alike (staff and moderators)",
    )
    similar.add_argument(
        "--at-least",
        type=_percent,
        default=40.0,
        metavar="P%",
        help="the share of their groups of three words that both have",
    )


def _add_imports(commands: argparse._SubParsersAction[Parser], common: Parser) -> None:
    parser = commands.add_parser("import", help="take files in")
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    for kind in (
        "register",
        "opt-ins",
        "declarations",
        "assessors",
        "circumstances",
        "responses",
        "returns",
    ):
        one = kinds.add_parser(kind, parents=[common])
        one.set_defaults(command=f"import {kind}")
        one.add_argument("files", nargs="+", type=Path, metavar="PATH")
        one.add_argument(
            "--columns", action="append", type=_mapping, default=[], metavar="'Their name=ours'"
        )
        one.add_argument(
            "--dry-run", action="store_true", help="say what would happen and keep nothing"
        )
        one.add_argument(
            "--problems",
            type=Path,
            metavar="FILE.csv",
            help="write what was rejected or flagged as a table to send back",
        )
        if kind in {"declarations", "responses", "returns"}:
            one.add_argument("--cpd-year", type=_year, required=True, metavar="Y")
        if kind == "returns":
            one.add_argument(
                "--add",
                action="store_true",
                help="a second file for a member joins the first instead of superseding it",
            )
            one.add_argument(
                "--jobs",
                type=int,
                metavar="N",
                help="reading processes; default: one per processor",
            )
    template = commands.add_parser(
        "template", parents=[common], help="a blank workbook for members to fill in"
    )
    template.add_argument("file", type=Path, metavar="FILE.xlsx")
    template.add_argument("--cpd-year", type=_year, required=True, metavar="Y")
    template.add_argument("--scheme", help="default: the workspace's own, else iet")


def _add_feedback(
    commands: argparse._SubParsersAction[Parser], common: Parser, year: Parser
) -> None:
    parser = commands.add_parser("feedback", help="render, release or recall feedback")
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    render = steps.add_parser("render", parents=[common, year])
    render.set_defaults(command="feedback render")
    render.add_argument("--format", type=_formats, default=("html",), metavar="html,pdf,docx")
    render.add_argument(
        "--jobs",
        type=_count,
        default=min(4, os.cpu_count() or 1),
        metavar="N",
        help="how many documents are made at a time",
    )
    render.add_argument(
        "--scheduler", default="", metavar="ADDRESS", help="make them on a Dask cluster"
    )
    approve = steps.add_parser("approve", parents=[common, year])
    approve.set_defaults(command="feedback approve")
    approve.add_argument(
        "documents", nargs="*", metavar="DOCUMENT", help="default: all that wait for a decision"
    )
    approve.add_argument("--by", required=True, metavar="NAME", help="who has read them")
    approve.add_argument("--decision", choices=("approved", "returned", "held"), default="approved")
    approve.add_argument("--reason", default="", help="why advice goes back to its assessor")
    add_mail_steps(steps, common, year)
    add_everyone_steps(steps, common, year)
    release = steps.add_parser("release", parents=[common, year])
    release.set_defaults(command="feedback release")
    recall = steps.add_parser("recall", parents=[common])
    recall.set_defaults(command="feedback recall")
    recall.add_argument("document")
