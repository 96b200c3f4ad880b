"""Record what mail systems sent back.

Notices that a message could not be delivered are matched with the outbox by the message's name.
"""

from __future__ import annotations

import email
import mailbox
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.policy import default as modern
from pathlib import Path

from assessor_kit import tables
from assessor_kit.errors import UnusableFile
from assessor_kit.feedback.mail.outbox import BOUNCED, SENT, UNKNOWN, outbox_row, set_state
from assessor_kit.store import Workspace, read_table
from assessor_kit.vocabulary import Problem

# a message is known by its name, whatever the domain of the sender was
NAME = re.compile(r"<([0-9a-f]{32})@[^>\s]+>")
STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
LARGEST = 50 * 1024 * 1024  # of one file
FAILED = "failed"
DELAYED = "delayed"


@dataclass(kw_only=True)
class Taken:
    """What a set of notices said.

    `bounced`, `delayed` and `known` (recorded as bounced before) count messages; `rejected` lists
    the notices that match none.
    """

    bounced: int = 0
    delayed: int = 0
    known: int = 0
    rejected: list[Problem] = field(default_factory=list)


def take_bounces(workspace: Workspace, paths: Iterable[Path]) -> Taken:
    """Record the bounces in .eml and mbox files.

    Reading the same file again changes nothing. No address is kept, only the status code.
    """
    done = Taken()
    for path in paths:
        for place, message in enumerate(_messages(path), 1):
            _take(workspace, message, done, where=path.name, place=place)
    return done


def _messages(path: Path) -> Iterator[Message]:
    if not path.is_file() or path.stat().st_size > LARGEST:
        raise UnusableFile(
            "there is no such file, or it is larger than 50 MB",
            where=path.name,
            expected="an .eml or mbox file of bounced messages",
            advice="Save the bounced messages from the mailbox that the letters were sent from.",
        )
    with path.open("rb") as file:
        beginning = file.read(5)
    if beginning != b"From ":
        yield email.message_from_bytes(path.read_bytes(), policy=modern)
        return
    box = mailbox.mbox(path, factory=None, create=False)
    try:
        for key in box.iterkeys():
            yield email.message_from_bytes(box.get_bytes(key), policy=modern)
    finally:
        box.close()


def _take(workspace: Workspace, message: Message, done: Taken, *, where: str, place: int) -> None:
    action, status = _verdict(message)
    name = _message_named(message)
    if not action or not name:
        done.rejected.append(
            Problem(
                file=where,
                row=place,
                found=(
                    "not a delivery notice"
                    if not action
                    else "a notice that names none of our messages"
                ),
                expected=(
                    "a delivery status notification (RFC 3464) with the headers of the message it"
                    " is about"
                ),
                advice="Read it, then settle the message with `assessor-kit outbox settle`.",
            )
        )
        return
    if read_table(workspace, tables.OUTBOX, message_id=name).empty:
        done.rejected.append(
            Problem(
                file=where,
                row=place,
                found="a notice about a message that is not in this outbox",
                advice="Use the workspace that the message was sent from.",
            )
        )
        return
    row = outbox_row(workspace, name)
    if action == DELAYED:
        done.delayed += 1
    elif row["state"] == BOUNCED:
        done.known += 1
    elif row["state"] in {SENT, UNKNOWN}:
        set_state(workspace, row, BOUNCED, status)
        done.bounced += 1
    else:  # queued again since
        done.rejected.append(
            Problem(
                file=where,
                row=place,
                found=f"a notice about a message that is {row['state']}",
                advice="It is about an earlier attempt; there is nothing to do.",
            )
        )


def _verdict(message: Message) -> tuple[str, str]:
    """Return the action (failed, delayed or empty) and status code of a notice.

    Source: RFC 3464, sections 2.3.3 (Action) and 2.3.4 (Status); RFC 3463 for the codes.
    """
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload()
        for block in (
            (one for one in blocks if isinstance(one, Message)) if isinstance(blocks, list) else ()
        ):
            action = str(block.get("Action", "")).strip().lower()
            if action in {FAILED, DELAYED}:
                code = STATUS.search(str(block.get("Status", "")))
                return action, code[0] if code else ""
    return "", ""


def _message_named(message: Message) -> str:
    """Return the name of the message that a notice is about; empty if it names none.

    It is looked for in the headers that came back, then in those that say what the notice answers.
    """
    for part in message.walk():
        if (
            part is not message
            and part.get("Message-ID")
            and (found := NAME.search(str(part["Message-ID"])))
        ):
            return found[1]
        if part.get_content_type() in {"text/rfc822-headers", "message/rfc822-headers"} and (
            found := NAME.search(_text_of(part))
        ):
            return found[1]
    answered = NAME.search(f"{message.get('In-Reply-To', '')} {message.get('References', '')}")
    return answered[1] if answered else ""


def _text_of(part: Message) -> str:
    content = part.get_payload(decode=True)
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
