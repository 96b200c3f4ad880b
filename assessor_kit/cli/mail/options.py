"""Options that several commands for letters and the outbox share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assessor_kit.cli.argument_types import HostAndPort, NameOfPerson

if TYPE_CHECKING:
    from assessor_kit.feedback.mail.outbox import Deliver

PASSWORD_VARIABLE = "ASSESSOR_KIT_SMTP_PASSWORD"  # noqa: S105  (where it stands, not what it is)
Decorator = Callable[[Any], Any]


def by_option(text: str, *, is_needed: bool = False) -> Decorator:
    """Return the option that names who does something; the name is kept."""
    return click.option("--by", type=NameOfPerson(), required=is_needed, metavar="NAME", help=text)


def server_options(function: Any) -> Any:  # noqa: ANN401  (a decorator)
    """Add the options of a mail server and of the sender."""
    for decorate in reversed(
        (
            click.option(
                "--smtp",
                type=HostAndPort(),
                metavar="HOST:PORT",
                help=f"Send over TLS; the password is read from ${PASSWORD_VARIABLE}.",
            ),
            click.option(
                "--sender",
                default="",
                metavar="ADDRESS",
                help="Who it comes from. Default: `sender` in templates/letters/sender.toml.",
            ),
            click.option(
                "--login", default="", metavar="NAME", help="Where the mail server asks for one."
            ),
        )
    ):
        function = decorate(function)
    return function


@contextmanager
def sending_over(smtp: tuple[str, int], login: str) -> Iterator[Deliver]:
    """Open a connection to the mail server, with the password of the environment."""
    from assessor_kit.feedback.mail.delivery import mail_server  # noqa: PLC0415  (loads pandas)

    host, port = smtp
    password = os.environ.get(PASSWORD_VARIABLE, "")
    with mail_server(host, port, login=login, password=password) as deliver:
        yield deliver


def text_of(path: Path) -> str:
    """Return the text of a file; raise UnusableFile where it holds none."""
    from assessor_kit.errors import UnusableFile  # noqa: PLC0415

    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        raise UnusableFile(
            "no text in UTF-8",
            where=path.name,
            expected="a text file",
            advice="Save it as plain text.",
        ) from None
