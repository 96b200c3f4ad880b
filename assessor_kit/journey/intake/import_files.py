"""Find the files of an import, recognise those seen before, and report on them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import astuple, dataclass, field, fields, replace
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path

import pandas as pd

from assessor_kit import tables
from assessor_kit.errors import InvalidRequest, SampleWorkspace, UnusableFile
from assessor_kit.loaders import ReceivedFile
from assessor_kit.loaders.files.formats import SIGNATURE_WITHIN, form_of_file
from assessor_kit.loaders.limits import MEBIBYTE, MOST_FILE_BYTES
from assessor_kit.store import Workspace, read_table, shipped
from assessor_kit.store.database.connections import Transaction
from assessor_kit.store.rows.typed_rows import append
from assessor_kit.store.rows.typed_rows import replace as replace_rows
from assessor_kit.vocabulary import Problem, ProblemKind

READABLE = {".csv", ".txt", ".tsv", ".xlsx", ".docx", ".pdf"}
LEFT_ALONE = (".", "~$")  # how the names of hidden and lock files begin


@dataclass(kw_only=True)
class Imported:
    """What an import accepted and what it did not.

    `minutes` and `activities` are for returns; `unusable` counts the files from which nothing was
    imported.
    """

    accepted: int = 0
    returns: int = 0
    activities: int = 0
    minutes: int = 0
    files: int = 0
    unchanged: int = 0
    unusable: int = 0
    # these name members, so they are not for every screen
    rejected: list[Problem] = field(default_factory=list, repr=False)
    flags: list[Problem] = field(default_factory=list, repr=False)
    notes: list[Problem] = field(default_factory=list, repr=False)
    dry_run: bool = False

    def problem_table(self) -> pd.DataFrame:
        """Return a table of everything that was rejected, flagged or noted; for staff only.

        Columns: kind (a word of ProblemKind) and the parts of a `Problem`.
        """
        found = (
            (ProblemKind.REJECTED, self.rejected),
            (ProblemKind.PLEASE_CHECK, self.flags),
            (ProblemKind.NOTE, self.notes),
        )
        rows = [(kind.value, *astuple(problem)) for kind, problems in found for problem in problems]
        return pd.DataFrame(
            rows, columns=["kind", *(one.name for one in fields(Problem))], dtype=object
        )

    def summary(self) -> str:
        """Return the result in one sentence, without naming anybody."""
        if self.files and self.unchanged == self.files:
            return "Nothing new: this was imported before."
        words = (
            f"{self.accepted:,} accepted, {len(self.rejected):,} rejected, {len(self.flags):,} to"
            " check"
        )
        return f"{words}{'; nothing was kept, as this was a dry run' if self.dry_run else ''}."

    def _repr_html_(self) -> str:
        """Return the summary as a notebook shows it.

        The problems name members, so they are shown only on request.
        """
        more = (
            ""
            if not (self.rejected or self.flags)
            else " <code>_.problem_table()</code> lists each problem with its remedy."
        )
        return f"<p><strong>{self.summary()}</strong>{more}</p>"

    @property
    def nothing_taken(self) -> bool:
        """Whether every file was unusable."""
        return self.unusable == self.files > 0

    def refuse(self, problem: UnusableFile, file: str) -> None:
        """Report a file from which nothing could be imported, so that the import can go on."""
        self.unusable += 1
        where = problem.where.removeprefix(file).removeprefix(", sheet ")
        self.rejected.append(
            Problem(
                file=file,
                sheet=where or None,
                found=problem.found,
                expected=problem.expected or None,
                advice=problem.advice or None,
            )
        )


class Files:
    """The files of one import; `kind` and `cpd_year` are as in `tables.IMPORTS`.

    `columns` is part of what makes two imports the same.
    """

    def __init__(
        self,
        workspace: Workspace,
        paths: Iterable[Path] | Path | str,
        *,
        kind: str,
        cpd_year: int,
        columns: Mapping[str, str] | None,
        done: Imported,
    ) -> None:
        self.kind = kind
        self.cpd_year = cpd_year
        self.done = done
        self.mapping = json.dumps(sorted((columns or {}).items())).encode() if columns else b""
        self.seen = set(
            read_table(workspace, tables.IMPORTS, kind=kind, cpd_year=cpd_year)["digest"]
        )
        named = [paths] if isinstance(paths, str | Path) else paths  # one path may stand alone
        self.paths = list(_named(workspace, map(Path, named), done))
        done.files = len(self.paths) + done.unusable
        self.workspace = workspace

    def new(self, *, seen_too: bool = False) -> Iterator[ReceivedFile]:
        """Yield the files to read, each identified by its content and its column names.

        A file seen before is not read again, unless `seen_too`; what was rejected from it is
        reported again.
        """
        for path in self.paths:
            try:
                sent = _opened(path)
            except UnusableFile as problem:
                self.done.refuse(problem, path.name)
                continue
            sent = replace(sent, digest=hashlib.sha256(sent.data + self.mapping).hexdigest())
            if sent.digest in self.seen and not seen_too:
                self.done.unchanged += 1
                self._repeat_rejections(sent.digest)
                continue
            self.seen.add(sent.digest)
            yield sent

    def keep_imports(self, connection: Transaction, taken: Mapping[str, tuple[int, int]]) -> None:
        """Record, within a transaction, that files were imported.

        `taken`: digest -> numbers of rows accepted and rejected.
        """
        rows = [
            {
                "digest": digest,
                "kind": self.kind,
                "cpd_year": self.cpd_year,
                "accepted": accepted,
                "rejected": rejected,
                "imported_at": now(),
            }
            for digest, (accepted, rejected) in taken.items()
        ]
        if rows:
            replace_rows(connection, tables.IMPORTS, pd.DataFrame(rows))

    def _repeat_rejections(self, digest: str) -> None:
        self.done.rejected += self.rejected_before.get(digest, [])

    @cached_property
    def rejected_before(self) -> dict[str, list[Problem]]:
        """The problems for which rows of each file seen before were rejected."""
        stored = read_table(self.workspace, tables.PROBLEMS, kind=ProblemKind.REJECTED.value)
        found: dict[str, list[Problem]] = {}
        for row in stored.astype(object).where(stored.notna(), None).to_dict("records"):
            parts = {
                name: row[name]
                for name in ("file", "sheet", "column", "found", "expected", "advice")
            }
            problem = Problem(**parts, row=None if row["row"] is None else int(row["row"]))
            # a version made by adding a file repeats the problems of the version before it
            if problem not in found.setdefault(row["digest"], []):
                found[row["digest"]].append(problem)
        return found


def now() -> datetime:
    """Return the current moment as the store keeps it: in UTC, without a time zone."""
    return datetime.now(UTC).replace(tzinfo=None)


def problem_rows(
    found: Mapping[ProblemKind, Iterable[Problem]], *, return_id: str, digest: str
) -> list[dict[str, object]]:
    """Return problems as rows of `tables.PROBLEMS`."""
    return [
        {**vars(problem), "digest": digest, "return_id": return_id, "kind": kind.value}
        for kind, problems in found.items()
        for problem in problems
    ]


def keep_problems(connection: Transaction, rows: list[dict[str, object]]) -> None:
    """Add problems to the store, within a transaction."""
    if rows:
        append(connection, tables.PROBLEMS, pd.DataFrame(rows, dtype=object))


def _named(workspace: Workspace, paths: Iterable[Path], done: Imported) -> Iterator[Path]:
    """Yield the files named, and those inside the folders named, in order of name.

    A sample workspace accepts no file from outside the sample data, and a real one accepts none of
    the sample's, nor a copy of one: two thousand invented members in a real register would be hard
    to take out again.
    """
    home = shipped("sample_data").resolve()
    for path in map(Path, paths):
        if not workspace.is_sample:
            _refuse_sample(path, home)
        if workspace.is_sample and not path.resolve().is_relative_to(home):
            raise SampleWorkspace(
                "This workspace is for invented members only",
                advice="For real files, make another with `assessor-kit init --workspace DIR`.",
            )
        if path.is_dir():
            inside = sorted(
                one
                for one in path.rglob("*")
                if one.is_file() and not one.name.startswith(LEFT_ALONE)
            )
            if not inside:
                done.refuse(
                    UnusableFile(
                        "a folder without files",
                        where=path.name,
                        expected="files",
                        advice="Check the path.",
                    ),
                    path.name,
                )
            yield from inside
        elif path.exists():
            yield path
        else:
            done.refuse(
                UnusableFile(
                    "there is no such file",
                    where=path.name,
                    expected="a file or folder",
                    advice="Check the path.",
                ),
                path.name,
            )


def _refuse_sample(path: Path, home: Path) -> None:
    """Raise InvalidRequest where a path is, or holds, a file of the sample data."""
    files = [path] if path.is_file() else path.rglob("*")
    for file in files:
        if file.is_file() and (file.resolve().is_relative_to(home) or _is_copy(home, file)):
            raise InvalidRequest(
                "this is sample data, about invented members, and the workspace is a real one",
                where=file.name,
                expected="your own files",
                advice="To try the sample data, use `assessor-kit demo --workspace DIR`.",
            )


def _is_copy(home: Path, file: Path) -> bool:
    """Return whether one of the sample's files has the same bytes; few have the same size."""
    # a file that cannot be read is named as such when it is opened
    with suppress(OSError):
        same_size = _sample_files(home).get(file.stat().st_size, ())
        return bool(same_size) and file.read_bytes() in (one.read_bytes() for one in same_size)
    return False


@cache
def _sample_files(home: Path) -> dict[int, list[Path]]:
    """Return the files of the sample data by their size in bytes."""
    found: dict[int, list[Path]] = {}
    for file in home.rglob("*"):
        if file.is_file() and file.stat().st_size:
            found.setdefault(file.stat().st_size, []).append(file)
    return found


def _opened(path: Path) -> ReceivedFile:
    """Return the bytes of a file, which is read only where its name and size allow."""
    try:
        with path.open("rb") as file:
            start = file.read(SIGNATURE_WITHIN)
            form = form_of_file(start)
            if form == "csv" and path.suffix.lower() not in READABLE:
                raise UnusableFile(
                    f"a {path.suffix} file" if path.suffix else "a file without an extension",
                    where=path.name,
                    expected="CSV, XLSX, DOCX or PDF",
                    advice="This version cannot read that format; ask for a spreadsheet.",
                )
            most = MOST_FILE_BYTES[form]
            if path.stat().st_size > most:
                raise UnusableFile(
                    f"larger than {most // MEBIBYTE} MB",
                    where=path.name,
                    advice="Split it, or remove pictures and other sheets.",
                )
            return ReceivedFile(file=path.name, data=start + file.read(most))
    except OSError as problem:
        raise UnusableFile(
            f"it cannot be opened ({problem.strerror})",
            where=path.name,
            expected="a file that can be read",
            advice="Check its permissions.",
        ) from None
