"""Files on their way in: which are named, which were seen before, what each import says of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, field, fields, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import pandas as pd

from assessor_kit import tables
from assessor_kit.errors import SampleWorkspace, UnusableFile
from assessor_kit.loaders import Sent
from assessor_kit.loaders.formats import SIGNATURE_WITHIN, form_of_file
from assessor_kit.loaders.limits import MEBIBYTE, MOST_FILE_BYTES
from assessor_kit.store import Workspace, read_table, shipped
from assessor_kit.store.originals import Connection
from assessor_kit.store.reading import append
from assessor_kit.store.reading import replace as replace_rows
from assessor_kit.vocabulary import Problem, ProblemKind

READABLE = {".csv", ".txt", ".tsv", ".xlsx", ".docx", ".pdf"}
LEFT_ALONE = (".", "~$")  # how the names of hidden and lock files begin


@dataclass(kw_only=True)
class Imported:
    """What an import took and what it did not. `minutes` and `activities` are for returns; `unusable` counts files of which nothing was taken."""

    accepted: int = 0
    returns: int = 0
    activities: int = 0
    minutes: int = 0
    files: int = 0
    unchanged: int = 0
    unusable: int = 0
    rejected: list[Problem] = field(
        default_factory=list, repr=False
    )  # they name members: not for every screen
    flags: list[Problem] = field(default_factory=list, repr=False)
    notes: list[Problem] = field(default_factory=list, repr=False)
    dry_run: bool = False

    def problem_table(self) -> pd.DataFrame:
        """What was rejected, flagged or noted, a row each: kind (a word of ProblemKind) and the parts of a `Problem`. For staff."""
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
        """In one sentence, without naming anybody."""
        if self.files and self.unchanged == self.files:
            return "Nothing new: this was imported before."
        words = f"{self.accepted:,} accepted, {len(self.rejected):,} rejected, {len(self.flags):,} to check"
        return f"{words}{', nothing kept: a dry run' if self.dry_run else ''}."

    def _repr_html_(self) -> str:
        """As a notebook shows it. The rows themselves name members, so they are shown only when asked for."""
        more = (
            ""
            if not (self.rejected or self.flags)
            else " <code>_.problem_table()</code> names each with its remedy."
        )
        return f"<p><strong>{self.summary()}</strong>{more}</p>"

    @property
    def nothing_taken(self) -> bool:
        """Whether every file was unusable."""
        return self.unusable == self.files > 0

    def refuse(self, problem: UnusableFile, file: str) -> None:
        """Name a file of which nothing was taken, and go on."""
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
    """The files of one import: `kind` and `cpd_year` as in `tables.IMPORTS`; `columns` are part of what makes two imports the same."""

    def __init__(
        self,
        workspace: Workspace,
        paths: Iterable[Path],
        *,
        kind: str,
        cpd_year: int,
        columns: Mapping[str, str] | None,
        done: Imported,
    ) -> None:
        self.kind, self.cpd_year, self.done = kind, cpd_year, done
        self.mapping = json.dumps(sorted((columns or {}).items())).encode() if columns else b""
        self.seen = set(
            read_table(workspace, tables.IMPORTS, kind=kind, cpd_year=cpd_year)["digest"]
        )
        self.paths = list(_named(workspace, paths, done))
        done.files = len(self.paths) + done.unusable
        self.workspace = workspace

    def new(self, *, seen_too: bool = False) -> Iterator[Sent]:
        """The files to read, each known by its content and the column names given with it. Of those seen before, what was said then is said again."""
        for path in self.paths:
            try:
                sent = _opened(path)
            except UnusableFile as problem:
                self.done.refuse(problem, path.name)
                continue
            sent = replace(sent, digest=hashlib.sha256(sent.data + self.mapping).hexdigest())
            if sent.digest in self.seen and not seen_too:
                self.done.unchanged += 1
                self._say_again(sent.digest)
                continue
            self.seen.add(sent.digest)
            yield sent

    def keep_imports(self, connection: Connection, taken: Mapping[str, tuple[int, int]]) -> None:
        """Note that files were taken, within a transaction: digest -> rows accepted and rejected."""
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

    def _say_again(self, digest: str) -> None:
        self.done.rejected += self.rejected_before.get(digest, [])

    @cached_property
    def rejected_before(self) -> dict[str, list[Problem]]:
        """What each file seen before had rejected."""
        stored = read_table(self.workspace, tables.PROBLEMS, kind=ProblemKind.REJECTED.value)
        found: dict[str, list[Problem]] = {}
        for row in stored.astype(object).where(stored.notna(), None).to_dict("records"):
            parts = {
                name: row[name]
                for name in ("file", "sheet", "column", "found", "expected", "advice")
            }
            problem = Problem(**parts, row=None if row["row"] is None else int(row["row"]))
            if problem not in found.setdefault(
                row["digest"], []
            ):  # a version that a file was added to repeats those of the version before
                found[row["digest"]].append(problem)
        return found


def now() -> datetime:
    """This moment, as the store keeps it: UTC without saying so."""
    return datetime.now(UTC).replace(tzinfo=None)


def problem_rows(
    found: Mapping[ProblemKind, Iterable[Problem]], *, return_id: str, digest: str
) -> list[dict[str, object]]:
    """Problems as rows of `tables.PROBLEMS`."""
    return [
        {**vars(problem), "digest": digest, "return_id": return_id, "kind": kind.value}
        for kind, problems in found.items()
        for problem in problems
    ]


def keep_problems(connection: Connection, rows: list[dict[str, object]]) -> None:
    """Add problems to the store, within a transaction."""
    if rows:
        append(connection, tables.PROBLEMS, pd.DataFrame(rows, dtype=object))


def _named(workspace: Workspace, paths: Iterable[Path], done: Imported) -> Iterator[Path]:
    """The files named, folders opened in order of name; nothing of a sample workspace may come from outside the sample data."""
    home = shipped("sample_data").resolve()
    for path in map(Path, paths):
        if workspace.is_sample and not path.resolve().is_relative_to(home):
            raise SampleWorkspace(
                "This workspace holds invented members",
                advice="Make another with `assessor-kit init --workspace DIR` for real files.",
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


def _opened(path: Path) -> Sent:
    """The bytes of a file, read only where its name and size allow."""
    try:
        with path.open("rb") as file:
            start = file.read(SIGNATURE_WITHIN)
            form = form_of_file(start)
            if form == "csv" and path.suffix.lower() not in READABLE:
                raise UnusableFile(
                    f"a {path.suffix or 'nameless'} file",
                    where=path.name,
                    expected="CSV, XLSX, DOCX or PDF",
                    advice="It is not a format this version reads; ask for a spreadsheet.",
                )
            most = MOST_FILE_BYTES[form]
            if path.stat().st_size > most:
                raise UnusableFile(
                    f"larger than {most // MEBIBYTE} MB",
                    where=path.name,
                    advice="Split it, or remove pictures and other sheets.",
                )
            return Sent(file=path.name, data=start + file.read(most))
    except OSError as problem:
        raise UnusableFile(
            f"it cannot be opened ({problem.strerror})",
            where=path.name,
            expected="a file that may be read",
            advice="Check its permissions.",
        ) from None
