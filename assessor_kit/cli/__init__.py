"""The journey as commands. Every command takes `--json` and then prints exactly one JSON object on standard output.

Progress and messages go to standard error. Exit status: 0 done; 1 done, but something was rejected or failed and is named; 2 nothing
was done, as when every file of an import was unusable.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from typing import Any

from assessor_kit.cli.arguments import BadArguments, build_parser
from assessor_kit.cli.commands import KEYS, RUN
from assessor_kit.errors import AssessorKitError

DONE, DONE_WITH_PROBLEMS, NOTHING_DONE = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        arguments = build_parser().parse_args(words)
    except BadArguments as problem:
        return _refused(_command_in(words), str(problem), as_json="--json" in words)
    if arguments.workspace:
        os.environ["ASSESSOR_KIT_WORKSPACE"] = str(arguments.workspace)
    try:
        answer = RUN[arguments.command](arguments)
    except AssessorKitError as problem:
        return _refused(arguments.command, problem.sentence(), as_json=arguments.json)
    except OSError as problem:  # a full disk, a folder that may not be written to
        return _refused(
            arguments.command,
            f"{problem.filename or 'The workspace'}: {problem.strerror or problem}. Check the path, its permissions and the "
            "space left; then run the command again.",
            as_json=arguments.json,
        )
    _print(answer, as_json=arguments.json)
    if answer.get("unusable") and answer["unusable"] == answer["files"]:
        return NOTHING_DONE
    return (
        DONE_WITH_PROBLEMS
        if any(answer.get(key) for key in ("rejected", "failed"))
        or answer.get("verified") is False
        or _unwell(answer)
        else DONE
    )


def _command_in(words: Sequence[str]) -> str:
    plain = [word for word in words if not word.startswith("-")]
    return next((name for name in (" ".join(plain[:2]), *plain[:1]) if name in KEYS), "")


def _unwell(answer: dict[str, Any]) -> bool:
    return any(not check["ok"] for check in answer.get("checks", []) or [])


def _refused(command: str, sentence: str, *, as_json: bool) -> int:
    print(sentence, file=sys.stderr)  # noqa: T201  (a command line speaks by printing)
    if as_json:
        print(
            json.dumps(
                {**dict.fromkeys(KEYS.get(command, ())), "error": sentence}, ensure_ascii=False
            )
        )  # noqa: T201
    return NOTHING_DONE


def _print(answer: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(answer, ensure_ascii=False, default=str))  # noqa: T201
        return
    for key, value in answer.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            print(f"{key}: {len(value)}")  # noqa: T201
            for entry in value:
                print(
                    "  - "
                    + "; ".join(
                        f"{name}: {part}" for name, part in entry.items() if part is not None
                    )
                )  # noqa: T201
        else:
            print(f"{key}: {value}")  # noqa: T201
