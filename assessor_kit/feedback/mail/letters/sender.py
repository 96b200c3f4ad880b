"""Who writes the letters: the body's own names and addresses, from its file and its rules.

Staff write what the rules do not say into `templates/letters/sender.toml` of the workspace.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from assessor_kit.errors import UnusableFile
from assessor_kit.feedback.document.words import isolated, showable, showable_line
from assessor_kit.rules.schema import SchemeWords
from assessor_kit.store import Workspace

FOLDER = Path("templates") / "letters"
FILE = "sender.toml"
ADDRESS = re.compile(r"[^@\s<>\",;:()\\]+@[^@\s<>\",;:()\\]+")
ADDRESSES = ("sender", "reply_to")
HOW_TO_JOIN = "Answer this message with your name and membership number."
HOW_TO_DECLARE = "Answer this message with the hours of CPD that you did in {cpd_year}."


@dataclass(frozen=True, kw_only=True)
class SenderFile:
    """What staff have written down about the body; empty where they have not."""

    body: str = ""
    scheme_name: str = ""
    contact: str = ""
    sender: str = ""
    reply_to: str = ""
    signature: str = ""
    address: str = ""
    how_to_submit: str = ""
    how_to_join: str = ""
    how_to_declare: str = ""


KEYS = tuple(field.name for field in fields(SenderFile))


def sender_file(workspace: Workspace) -> SenderFile:
    """Return the workspace's own file; raise UnusableFile where something in it is wrong."""
    path = workspace.folder / FOLDER / FILE
    where = (FOLDER / FILE).as_posix()
    if not path.is_file():
        return SenderFile()
    try:
        text = path.read_text(encoding="utf-8")
        content = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise UnusableFile(
            f"not readable as TOML: {problem}",
            where=where,
            expected='lines such as contact = "the CPD team, cpd@example.org"',
            advice="Correct that line; nothing was queued or sent.",
        ) from None
    for name, value in content.items():
        is_address = name not in ADDRESSES or value == "" or ADDRESS.fullmatch(str(value))
        if name in KEYS and isinstance(value, str) and is_address:
            continue
        raise UnusableFile(
            f"{name} = {value!r}",
            where=f"{where}, line {_line_of(name, text)}",
            expected=_expected(name),
            advice="Correct the file; nothing was queued or sent.",
        )
    return SenderFile(**content)


def _expected(name: str) -> str:
    if name in ADDRESSES:
        return "an e-mail address in quotation marks"
    if name in KEYS:
        return "a text in quotation marks"
    return f"one of the keys {', '.join(KEYS)}"


def _line_of(name: str, text: str) -> int:
    wanted = re.compile(rf"""\s*\[?\s*["']?{re.escape(name)}["']?\s*[=.\]]""")
    lines = text.splitlines()
    return next((number for number, line in enumerate(lines, 1) if wanted.match(line)), 1)


def sender_words(
    own: SenderFile, said: SchemeWords, *, cpd_year: int, reply_address: str
) -> dict[str, str]:
    """Return what a template may say of the body, from its file and then from its rules.

    Where neither names an address for questions, that of the reply is added: a member must be able
    to write to somebody.
    """
    body = showable_line(own.body or said.body)
    contact = showable_line(own.contact or said.contact)
    if "@" not in contact and reply_address:
        contact = f"{contact}, at {reply_address}"
    return {
        "body": isolated(body),
        "scheme_name": isolated(showable_line(own.scheme_name or said.scheme_name)),
        "contact": isolated(contact),
        "signature": isolated(showable(own.signature or body).strip()),
        "address": isolated(showable(own.address).strip()),
        "how_to_submit": showable(own.how_to_submit or said.how_to_submit).strip(),
        "how_to_join": showable(own.how_to_join or HOW_TO_JOIN).strip(),
        "how_to_declare": showable(
            own.how_to_declare or HOW_TO_DECLARE.format(cpd_year=cpd_year)
        ).strip(),
    }
