"""The messages that a reader process and its owner exchange.

Each is a length and that many bytes. Answers are JSON, never pickles, because a process that has
read an untrusted file is not trusted either.
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, fields
from datetime import date
from typing import IO, Any

from assessor_kit.errors import UnusableFile, WrongYear
from assessor_kit.loaders.records.returns import LoadedReturn, LoadedReturns
from assessor_kit.loaders.records.staff_files import Loaded
from assessor_kit.vocabulary import Problem

HEADER = struct.Struct("!I")
# a date is sent as a list of this word and its ISO text; no other value is a list
DAY = "day:"
PROBLEMS = ("rejected", "flags", "notes")
Result = Loaded | LoadedReturns


def write_message(stream: IO[bytes], message: bytes) -> None:
    """Write one message to the stream."""
    stream.write(HEADER.pack(len(message)))
    stream.write(message)
    stream.flush()


def read_message(stream: IO[bytes]) -> bytes | None:
    """Return the next message; None where the other side has gone."""
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    (length,) = HEADER.unpack(header)
    message = stream.read(length)
    return message if len(message) == length else None


def packed(result: Result | UnusableFile) -> bytes:
    """Return a result as bytes."""
    if isinstance(result, UnusableFile):
        said = {
            "wrong_year": isinstance(result, WrongYear),
            "found": result.found,
            "where": result.where,
            "expected": result.expected,
            "advice": result.advice,
        }
        return json.dumps({"error": said}).encode()
    kind = "returns" if isinstance(result, LoadedReturns) else "rows"
    return json.dumps({kind: _shallow(result)}, default=_plain).encode()


def _shallow(record: object) -> dict[str, Any]:
    # Every record is a dataclass.
    return {one.name: getattr(record, one.name) for one in fields(record)}  # type: ignore[arg-type]


def _plain(value: object) -> object:
    if isinstance(value, date):
        return [DAY, value.isoformat()]
    return asdict(value) if isinstance(value, Problem) else _shallow(value)


def unpacked(message: bytes) -> Result | UnusableFile:
    """Return the result that `packed` turned into bytes.

    Raises ValueError, KeyError or TypeError for any other message.
    """
    said = json.loads(message)
    if "error" in said:
        parts = dict(said["error"])
        kind = WrongYear if parts.pop("wrong_year") else UnusableFile
        return kind(**parts)
    if "rows" in said:
        parts = said["rows"]
        return Loaded(
            rows=tuple(map(_row, parts["rows"])),
            columns=tuple(parts["columns"]),
            **_problems(parts),
        )
    parts = said["returns"]
    return LoadedReturns(returns=tuple(map(_return, parts["returns"])), **_problems(parts))


def _return(parts: dict[str, Any]) -> LoadedReturn:
    return LoadedReturn(
        member_no=parts["member_no"],
        declared_minutes=parts["declared_minutes"],
        goals=tuple(map(_row, parts["goals"])),
        activities=tuple(map(_row, parts["activities"])),
        slice=parts["slice"],
        **_problems(parts),
    )


def _row(parts: dict[str, Any]) -> dict[str, Any]:
    return {
        name: date.fromisoformat(value[1]) if isinstance(value, list) else value
        for name, value in parts.items()
    }


def _problems(parts: dict[str, Any]) -> dict[str, tuple[Problem, ...]]:
    return {name: tuple(Problem(**problem) for problem in parts[name]) for name in PROBLEMS}
