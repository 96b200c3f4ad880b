"""The types of the commands' arguments, and what each says to a wrong value."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

FIRST_YEAR = 2000
LAST_YEAR = 2100
LAST_PORT = 65535
HUNDRED = 100
FILE = click.Path(path_type=Path)
FORMATS = ("html", "pdf", "docx")


class Year(click.ParamType[int]):
    """A year such as 2016."""

    name = "year"

    def convert(self, value: Any, param: Any, ctx: Any) -> int:  # noqa: ANN401  (click's own)
        """Read a year."""
        text = str(value)
        if not (text.isascii() and text.isdigit() and FIRST_YEAR <= int(text) <= LAST_YEAR):
            self.fail(f"{text} is not a year such as 2016.", param, ctx)
        return int(text)


class Percent(click.ParamType[float]):
    """A percentage, with or without the sign, which a value below 1 must have."""

    name = "percent"

    def __init__(self, *, sign_below_one: bool = False) -> None:
        self.sign_below_one = sign_below_one

    def convert(self, value: Any, param: Any, ctx: Any) -> float:  # noqa: ANN401  (click's own)
        """Read a percentage."""
        text = str(value).strip()
        try:
            percent = float(text.removesuffix("%"))
        except ValueError:
            percent = -1.0
        if not 0 <= percent <= HUNDRED:
            self.fail(f"{text} is not a percentage from 0 to 100.", param, ctx)
        if self.sign_below_one and 0 < percent < 1 and not text.endswith("%"):
            self.fail(
                f"{text} may mean {percent * 100:g}% or {text}%. Write the one you mean, with"
                " its sign.",
                param,
                ctx,
            )
        return percent


class Mapping(click.ParamType[tuple[str, str]]):
    """A file's own column name and the kit's name for it, as 'Their name=ours'."""

    name = "mapping"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, str]:  # noqa: ANN401
        """Read the two names."""
        if isinstance(value, tuple):
            return value
        theirs, _, ours = value.partition("=")
        if not theirs.strip() or not ours.strip():
            self.fail(f"{value!r} is not of the form 'Their name=ours'.", param, ctx)
        return theirs.strip(), ours.strip()


class Formats(click.ParamType[tuple[str, ...]]):
    """Document formats, separated by commas."""

    name = "formats"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, ...]:  # noqa: ANN401
        """Read the formats."""
        if isinstance(value, tuple):
            return value
        wanted = tuple(value.split(","))
        if not set(wanted) <= set(FORMATS):
            self.fail(f"{value} is not made of the formats {', '.join(FORMATS)}.", param, ctx)
        return wanted


class Day(click.ParamType[date]):
    """A day such as 2017-03-01."""

    name = "day"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:  # noqa: ANN401  (click's own)
        """Read a day."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value} is not a day such as 2017-03-01.", param, ctx)


class Moment(click.ParamType[datetime]):
    """A moment such as 2017-03-01 09:30, in UTC."""

    name = "moment"

    def convert(self, value: Any, param: Any, ctx: Any) -> datetime:  # noqa: ANN401  (click's own)
        """Read a moment."""
        if isinstance(value, datetime):
            return value
        try:
            return datetime.strptime(value, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
        except ValueError:
            self.fail(f"{value} is not a moment such as 2017-03-01 09:30.", param, ctx)


class HostAndPort(click.ParamType[tuple[str, int]]):
    """A mail server's address, such as mail.example.org:587."""

    name = "host:port"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, int]:  # noqa: ANN401
        """Read the host and the port."""
        if isinstance(value, tuple):
            return value
        host, _, port = value.rpartition(":")
        if not (host and port.isascii() and port.isdigit() and 0 < int(port) <= LAST_PORT):
            self.fail(
                f"{value} has no port. Write HOST:PORT, such as {host or value}:587 (STARTTLS) or"
                f" {host or value}:465 (TLS from the start).",
                param,
                ctx,
            )
        return host, int(port)


class NameOfPerson(click.ParamType[str]):
    """The name of the person who did something, which may not be empty."""

    name = "name"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:  # noqa: ANN401  (click's own)
        """Read a name."""
        if not str(value).strip():
            self.fail("The name is empty. Say who it was: the name is kept.", param, ctx)
        return str(value).strip()


class NameInWorkspace(click.ParamType[str]):
    """A person, a return or a document, by any of its names in the workspace.

    `assessor_kit.cli.lookups.named` looks it up.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def convert(self, value: Any, param: Any, ctx: Any) -> str:  # noqa: ANN401  (click's own)
        """Read a name."""
        if not str(value).strip():
            self.fail(
                f"The {self.name} is empty. Give a membership number, an R-code such as R-7K2M or"
                " a return id.",
                param,
                ctx,
            )
        return str(value).strip()


PERSON = NameInWorkspace("person")
RETURN = NameInWorkspace("return")
DOCUMENT = NameInWorkspace("document")
YEAR = Year()
MOMENT = Moment()
PERCENT = Percent()
RATE = Percent(sign_below_one=True)
COUNT = click.IntRange(min=1)
DAYS = click.IntRange(min=0)
PORT = click.IntRange(min=1, max=LAST_PORT)
