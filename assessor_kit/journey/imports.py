"""Taking CPD returns in: each file whole or not at all, each once; the second file for a member is a new version."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tqdm import tqdm

from assessor_kit import tables
from assessor_kit.errors import UnusableFile
from assessor_kit.journey.import_files import Files, Imported, keep_problems, now, problem_rows
from assessor_kit.journey.nearest import NearestNumbers
from assessor_kit.journey.version_store import keep_versions, stored_versions
from assessor_kit.journey.versions import NOT_SELECTED, Version, Versions, added
from assessor_kit.loaders import LoadedReturn, LoadedReturns, Readers, Sent
from assessor_kit.store import Workspace, read_table
from assessor_kit.store.originals import Connection, Original
from assessor_kit.vocabulary import Problem, ProblemKind, hours_text

BATCH_FILES, BATCH_SECONDS, BATCH_LINES = (
    100,
    2.0,
    5_000,
)  # of one transaction: a file is always whole in one
Outcome = tuple[Sent, LoadedReturns | UnusableFile]


def import_returns(
    workspace: Workspace,
    paths: Iterable[Path],
    *,
    cpd_year: int,
    columns: Mapping[str, str] | None = None,
    add: bool = False,
    dry_run: bool = False,
    processes: int | None = None,
    progress: bool = False,
) -> Imported:
    """CPD returns of one year: files or folders. The same file again changes nothing; what it rejected is named again.

    A second file for a member is a new version that supersedes the first; with `add` it joins it. With `dry_run` nothing is kept. Many files share
    a transaction and none is split over two: however an import ends, it can be run again and goes on.
    """
    done = Imported(dry_run=dry_run)
    files = Files(workspace, paths, kind="returns", cpd_year=cpd_year, columns=columns, done=done)
    intake = Intake(workspace, files, cpd_year=cpd_year, add=add)
    with (
        Readers(
            "returns",
            processes=processes,
            rules=workspace.rules(cpd_year),
            columns=dict(columns or {}),
        ) as readers,
        tqdm(total=len(files.paths), desc="Returns", unit="file", disable=not progress) as bar,
    ):
        for batch in _batches(readers.read(files.new(seen_too=add))):
            intake.take(batch)
            bar.update(done.unchanged + intake.files_taken - bar.n)
        bar.update(len(files.paths) - bar.n)
    if not intake.register and done.returns:
        done.notes.append(
            Problem(
                found="the workspace has no register: members could not be checked",
                advice="Import the register, then import again.",
            )
        )
    return done


def _batches(outcomes: Iterable[tuple[Sent, Any]]) -> Iterator[list[Outcome]]:
    """Files that share one transaction."""
    batch: list[Outcome] = []
    lines, started = 0, time.monotonic()
    for sent, result in outcomes:
        batch.append((sent, result))
        lines += (
            sum(len(one.activities) for one in result.returns)
            if isinstance(result, LoadedReturns)
            else 0
        )
        if (
            len(batch) >= BATCH_FILES
            or lines >= BATCH_LINES
            or time.monotonic() - started > BATCH_SECONDS
        ):
            yield batch
            batch, lines, started = [], 0, time.monotonic()
    if batch:
        yield batch


@dataclass
class Changes:
    """What one transaction writes."""

    versions: list[Version] = field(default_factory=list)
    problems: list[dict[str, object]] = field(default_factory=list)
    originals: list[Original] = field(default_factory=list)
    imports: dict[str, tuple[int, int]] = field(default_factory=dict)
    touched: dict[str, Versions] = field(default_factory=dict)


class Intake:
    """One import of returns into a workspace: what it knows of members, and what it has taken so far."""

    def __init__(self, workspace: Workspace, files: Files, *, cpd_year: int, add: bool) -> None:
        self.workspace, self.files, self.cpd_year, self.add, self.done = (
            workspace,
            files,
            cpd_year,
            add,
            files.done,
        )
        self.register = set(read_table(workspace, tables.REGISTER)["member_no"])
        self.nearest: NearestNumbers | None = None
        draws = read_table(workspace, tables.DRAWS, cpd_year=cpd_year)
        self.drawn = bool(len(draws))
        self.selected = set(
            read_table(workspace, tables.SELECTIONS, draw_id=list(draws["draw_id"]))["member_no"]
        )
        declared = read_table(workspace, tables.DECLARATIONS, cpd_year=cpd_year)
        self.declared = dict(
            zip(declared["member_no"], declared["declared_minutes"].astype(int), strict=True)
        )
        self.file_of: dict[str, str] = {}
        self.remembered: dict[str, Versions] = {}  # of a dry run, which keeps nothing elsewhere
        self.files_taken = 0

    def take(self, batch: list[Outcome]) -> None:
        """Some files in one transaction."""
        self.files_taken += len(batch)
        with (
            self.workspace.engine.connect()
            if self.done.dry_run
            else self.workspace.engine.begin() as connection
        ):
            changes = Changes(touched=self._versions(connection, batch))
            for sent, result in batch:
                if isinstance(result, UnusableFile):
                    self.done.refuse(result, sent.file)
                else:
                    self._take_file(sent, result, changes)
            if self.done.dry_run:
                self.remembered |= changes.touched
            else:
                keep_versions(
                    connection, changes.touched, changes.versions, originals=changes.originals
                )
                keep_problems(connection, changes.problems)
                self.files.keep_imports(connection, changes.imports)

    def _take_file(self, sent: Sent, loaded: LoadedReturns, changes: Changes) -> None:
        strangers = taken = 0
        flags = list(loaded.flags)
        for one in loaded.returns:
            if self.register and one.member_no not in self.register:
                self.done.rejected.append(self._stranger(one.member_no, sent.file))
                strangers += 1
                continue
            versions = changes.touched.setdefault(one.member_no, Versions(known=[]))
            original = Original(
                member_no=one.member_no,
                file=sent.file,
                content=one.slice.encode("utf-8", "backslashreplace") if one.slice else sent.data,
            )
            if versions.same_as_latest(one) or (
                self.add and versions.latest and original.digest in versions.latest.originals
            ):
                self.done.rejected += one.rejected
                continue
            flags += self._about_member(one, versions, sent.file)
            self._take_return(one, versions, original, sent.digest, changes)
            taken += 1
        self.done.rejected += loaded.rejected
        self.done.flags += flags
        self.done.notes += loaded.notes
        if strangers:
            return  # the file is looked at again when the register knows them
        found = {
            ProblemKind.REJECTED: loaded.rejected,
            ProblemKind.PLEASE_CHECK: flags,
            ProblemKind.NOTE: loaded.notes,
        }
        if sent.digest not in changes.imports:
            changes.problems += problem_rows(found, return_id="", digest=sent.digest)
        changes.imports[sent.digest] = (
            taken,
            len(loaded.rejected) + sum(len(one.rejected) for one in loaded.returns),
        )
        if not taken and loaded.returns:
            self.done.unchanged += 1

    def _take_return(
        self,
        one: LoadedReturn,
        versions: Versions,
        original: Original,
        digest: str,
        changes: Changes,
    ) -> None:
        self.done.returns += 1
        self.done.accepted += 1
        self.done.activities += len(one.activities)
        self.done.minutes += sum(
            int(str(activity["minutes"])) for activity in one.activities if activity["counts"]
        )
        one = self._with_declaration_checked(one, original.file)
        self.done.rejected += one.rejected
        self.done.flags += one.flags
        self.done.notes += one.notes
        before = versions.latest
        joined = added(one, before) if self.add and before else one
        parked = NOT_SELECTED if self.drawn and one.member_no not in self.selected else ""
        made = versions.take(
            joined,
            cpd_year=self.cpd_year,
            secret=self.workspace.secret,
            digest=digest,
            parked=parked,
            received_at=now(),
        )
        made.originals = {original.digest} | (before.originals if self.add and before else set())
        return_id = made.row["return_id"]
        made.problems = problem_rows(
            {
                ProblemKind.REJECTED: joined.rejected,
                ProblemKind.PLEASE_CHECK: joined.flags,
                ProblemKind.NOTE: joined.notes,
            },
            return_id=return_id,
            digest=digest,
        )
        if self.add and before:
            made.problems = [
                {**row, "return_id": return_id} for row in before.problems
            ] + made.problems
        changes.versions.append(made)
        changes.originals.append(original)

    def _with_declaration_checked(self, one: LoadedReturn, file: str) -> LoadedReturn:
        stated = self.declared.get(one.member_no)
        if one.declared_minutes is None or stated in {None, one.declared_minutes}:
            return one
        flag = difference_from_declaration(one.declared_minutes, int(stated or 0), file=file)
        return LoadedReturn(**{**one.__dict__, "flags": (flag, *one.flags)})

    def _about_member(self, one: LoadedReturn, versions: Versions, file: str) -> list[Problem]:
        """What staff should know about whose return this is."""
        found = []
        if self.drawn and one.member_no not in self.selected:
            found.append(
                Problem(
                    file=file,
                    column="member_no",
                    found=f"{one.member_no} was not selected",
                    advice="The return is parked.",
                )
            )
        if one.member_no in self.file_of and not self.add:
            found.append(
                Problem(
                    file=file,
                    column="member_no",
                    found=f"{one.member_no} has a return in {self.file_of[one.member_no]} too, of this same import",
                    advice="This one, later by name, supersedes it. If both belong together, import this one again with --add.",
                )
            )
        if any(version.begun and not version.row["parked"] for version in versions.known):
            found.append(
                Problem(
                    file=file,
                    column="member_no",
                    found=f"a judgement of {one.member_no}'s return has begun on the version before",
                    advice="It stays on that version, which says that this one has arrived; this one waits.",
                )
            )
        self.file_of[one.member_no] = file
        return found

    def _stranger(self, member_no: str, file: str) -> Problem:
        self.nearest = self.nearest or NearestNumbers(self.register)
        return stranger(member_no, self.nearest, file)

    def _versions(self, connection: Connection, batch: list[Outcome]) -> dict[str, Versions]:
        """The versions so far of everybody in the batch, with their content."""
        numbers = list(
            dict.fromkeys(
                one.member_no
                for _, result in batch
                if isinstance(result, LoadedReturns)
                for one in result.returns
            )
        )
        remembered = {
            number: self.remembered[number] for number in numbers if number in self.remembered
        }
        return remembered | stored_versions(
            connection,
            [number for number in numbers if number not in remembered],
            cpd_year=self.cpd_year,
        )


def stranger(member_no: str, nearest: NearestNumbers, file: str) -> Problem:
    """A membership number that the register does not know."""
    near = nearest.of(member_no)
    advice = f"The nearest in the register is {near}. " if near else ""
    return Problem(
        file=file,
        column="member_no",
        found=member_no,
        expected="a membership number of the register",
        advice=f"{advice}Correct the number or import the register first.",
    )


def difference_from_declaration(in_return: int, in_declaration: int, *, file: str) -> Problem:
    """Declared hours of a return's own sheet that differ from the declarations file, which wins."""
    return Problem(
        file=file,
        sheet="Member",
        column="declared_hours",
        found=f"declared {hours_text(in_return)} here and {hours_text(in_declaration)} in the declaration, which counts",
        advice="Please check.",
    )
