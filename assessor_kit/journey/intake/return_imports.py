"""Import CPD returns: each file whole or not at all, and each only once.

A second file for a member is a new version.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assessor_kit import tables
from assessor_kit.errors import UnusableFile
from assessor_kit.journey.intake.import_files import (
    Files,
    Imported,
    keep_problems,
    now,
    problem_rows,
)
from assessor_kit.journey.intake.nearest_numbers import NearestNumbers
from assessor_kit.journey.intake.version_store import keep_versions, stored_versions
from assessor_kit.journey.intake.versions import (
    NEWER,
    NOT_SELECTED,
    Version,
    Versions,
    added,
)
from assessor_kit.journey.rounds.newer_versions import use_version
from assessor_kit.loaders import LoadedReturn, LoadedReturns, Readers, ReceivedFile
from assessor_kit.progress import Progress, progress_bar
from assessor_kit.store import Workspace, read_table
from assessor_kit.store.database.connections import Transaction
from assessor_kit.store.rounds.information_rounds import rounds_of_year
from assessor_kit.store.rows.originals import Original
from assessor_kit.vocabulary import Problem, ProblemKind, hours_text

# the limits of one transaction; no file is split to keep to them
BATCH_FILES = 100
BATCH_SECONDS = 2.0
BATCH_LINES = 5_000
BY_IMPORT = "the import"  # who takes an answer into the review
Outcome = tuple[ReceivedFile, LoadedReturns | UnusableFile]


def import_returns(
    workspace: Workspace,
    paths: Iterable[Path],
    *,
    cpd_year: int,
    columns: Mapping[str, str] | None = None,
    add: bool = False,
    dry_run: bool = False,
    processes: int | None = None,
    progress: Progress = False,
) -> Imported:
    """Import the CPD returns of one year from files or folders.

    Importing the same file again changes nothing; what was rejected from it is reported again.

    A second file for a member is a new version that supersedes the first; with `add`, the two are
    joined. With `dry_run` nothing is kept. Many files share a transaction and no file is split
    between two: an import that was interrupted can be run again and goes on from there.
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
        progress_bar(progress, total=len(files.paths), name="Returns", unit="file") as bar,
    ):
        for batch in _batches(readers.read(files.new(seen_too=add))):
            intake.take(batch)
            bar.update(done.unchanged + intake.files_taken - bar.n)
        bar.update(len(files.paths) - bar.n)
    if not intake.register and done.returns:
        done.notes.append(
            Problem(
                found="the workspace has no register, so members could not be checked",
                advice="Import the register, then import the returns again.",
            )
        )
    return done


def _batches(outcomes: Iterable[tuple[ReceivedFile, Any]]) -> Iterator[list[Outcome]]:
    """Yield the files in batches that share one transaction."""
    batch: list[Outcome] = []
    lines = 0
    started = time.monotonic()
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
            batch = []
            lines = 0
            started = time.monotonic()
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
    """One import of returns: what it knows about members, and what it has taken so far."""

    def __init__(self, workspace: Workspace, files: Files, *, cpd_year: int, add: bool) -> None:
        self.workspace = workspace
        self.files = files
        self.cpd_year = cpd_year
        self.add = add
        self.done = files.done
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
        # returns whose members were asked for a little more, and have not answered
        self.asked = {
            name for name, one in rounds_of_year(workspace, cpd_year).items() if one.is_open
        }
        self.file_of: dict[str, str] = {}
        self.remembered: dict[str, Versions] = {}  # for a dry run, which keeps nothing in the store
        self.files_taken = 0

    def take(self, batch: list[Outcome]) -> None:
        """Import a batch of files in one transaction."""
        self.files_taken += len(batch)
        with (
            self.workspace.engine.connect() if self.done.dry_run else self.workspace.engine.begin()
        ) as connection:
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
        if not self.done.dry_run:
            self._take_up_answers(changes)

    def _take_up_answers(self, changes: Changes) -> None:
        """Take into the review what came from members who were asked for a little more.

        This is a step of its own: were it stopped, the version would wait and be listed.
        """
        newer = {one.row["member_no"]: one.row for one in changes.versions}
        asked = {
            number
            for number, versions in changes.touched.items()
            if number in newer and newer[number]["parked"] == NEWER
            for version in versions.known
            if version.row["return_id"] in self.asked and not version.row["parked"]
        }
        for number in sorted(asked):
            use_version(self.workspace, str(newer[number]["return_id"]), by=BY_IMPORT)
            self.done.notes.append(
                Problem(
                    column="member_no",
                    found=f"{number} was asked for a little more, and this has come",
                    advice="The return is back on its assessor's desk, with what is new marked.",
                )
            )

    def _take_file(self, sent: ReceivedFile, loaded: LoadedReturns, changes: Changes) -> None:
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
            return  # not recorded, so that the file is read again once the register has them
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
        """Return what staff should know about the member whose return this is."""
        found = []
        if self.drawn and one.member_no not in self.selected:
            found.append(
                Problem(
                    file=file,
                    column="member_no",
                    found=f"{one.member_no} was not selected",
                    advice="The return is parked: it is kept, but not reviewed.",
                )
            )
        if one.member_no in self.file_of and not self.add:
            found.append(
                Problem(
                    file=file,
                    column="member_no",
                    found=(
                        f"{one.member_no} also has a return in {self.file_of[one.member_no]}, in"
                        " this same import"
                    ),
                    advice=(
                        "This file comes later by name, so it supersedes that one. If the two"
                        " belong together, import this one again with --add."
                    ),
                )
            )
        begun = [one for one in versions.known if one.begun and not one.row["parked"]]
        if any(one.row["return_id"] not in self.asked for one in begun):
            found.append(
                Problem(
                    file=file,
                    column="member_no",
                    found=(
                        f"a judgement of {one.member_no}'s return has begun on the previous version"
                    ),
                    advice=(
                        "The judgement stays on that version, and its assessor is told that this"
                        " one has arrived. This one waits: `assessor-kit returns waiting` lists it."
                    ),
                )
            )
        self.file_of[one.member_no] = file
        return found

    def _stranger(self, member_no: str, file: str) -> Problem:
        self.nearest = self.nearest or NearestNumbers(self.register)
        return stranger(member_no, self.nearest, file)

    def _versions(self, connection: Transaction, batch: list[Outcome]) -> dict[str, Versions]:
        """Return the versions so far of every member in the batch, with their content."""
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
    """Return the problem for a membership number that is not in the register."""
    near = nearest.of(member_no)
    advice = f"The nearest in the register is {near}. " if near else ""
    return Problem(
        file=file,
        column="member_no",
        found=member_no,
        expected="a membership number in the register",
        advice=f"{advice}Correct the number or import the register first.",
    )


def difference_from_declaration(in_return: int, in_declaration: int, *, file: str) -> Problem:
    """Return the flag for a return whose own declared hours differ from its declaration."""
    return Problem(
        file=file,
        sheet="Member",
        column="declared_hours",
        found=(
            f"declared {hours_text(in_return)} here and {hours_text(in_declaration)} in the"
            " declaration, which counts"
        ),
        advice="Please check.",
    )
