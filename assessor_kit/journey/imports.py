"""Taking files in: each whole or not at all, each once."""

from __future__ import annotations

import difflib
import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from assessor_kit import loaders, tables
from assessor_kit.errors import SampleWorkspace, UnusableFile
from assessor_kit.loaders import Loaded, LoadedReturn, LoadedReturns
from assessor_kit.store import Workspace, read_table, shipped
from assessor_kit.store.reading import append, read_rows, replace
from assessor_kit.vocabulary import Problem, ProblemKind

READABLE = {".csv", ".xlsx", ".txt", ".tsv"}
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no letter or digit that reads like another


@dataclass(kw_only=True)
class Imported:
    """What an import took and what it did not. `minutes` and `activities` are for returns."""

    accepted: int = 0
    returns: int = 0
    activities: int = 0
    minutes: int = 0
    rejected: list[Problem] = field(default_factory=list)
    flags: list[Problem] = field(default_factory=list)
    unchanged: int = 0


def import_register(workspace: Workspace, paths: Iterable[Path], *, columns: Mapping[str, str] | None = None) -> Imported:
    """Scheme members and their dated status; a later file adds to the status history and replaces the rest."""
    return _staff(workspace, paths, "register", lambda path: loaders.read_register(path, columns=columns), tables.REGISTER)


def import_opt_ins(workspace: Workspace, paths: Iterable[Path], *, columns: Mapping[str, str] | None = None) -> Imported:
    """A name and a membership number join the scheme; the number must be in the register."""
    def read(path: Path) -> Loaded:
        loaded = loaders.read_opt_ins(path, columns=columns)
        register = read_table(workspace, tables.REGISTER)
        known = register[register["member_no"].isin(loaded.rows["member_no"])]
        days = loaded.rows.set_index("member_no")["opted_in_on"]
        rows = known.assign(opted_in_on=[days[number] or datetime.now(UTC).date() for number in known["member_no"]])
        strangers = sorted(set(loaded.rows["member_no"]) - set(known["member_no"]))
        return Loaded(rows=rows, digest=loaded.digest, flags=loaded.flags, notes=loaded.notes,
                      rejected=(*loaded.rejected, *(_stranger(number, list(register["member_no"]), path.name) for number in strangers)))
    return _staff(workspace, paths, "opt-ins", read, tables.REGISTER)


def import_declarations(workspace: Workspace, paths: Iterable[Path], *, cpd_year: int, columns: Mapping[str, str] | None = None) -> Imported:
    """The annual declarations of one CPD year."""
    return _staff(workspace, paths, "declarations", lambda path: loaders.read_declarations(path, cpd_year=cpd_year, columns=columns),
                  tables.DECLARATIONS, cpd_year=cpd_year)


def import_circumstances(workspace: Workspace, paths: Iterable[Path], *, columns: Mapping[str, str] | None = None) -> Imported:
    """Circumstances agreed with staff."""
    return _staff(workspace, paths, "circumstances", lambda path: loaders.read_circumstances(path, columns=columns), tables.CIRCUMSTANCES)


def import_assessors(workspace: Workspace, paths: Iterable[Path], *, columns: Mapping[str, str] | None = None) -> Imported:
    """The volunteers."""
    return _staff(workspace, paths, "assessors", lambda path: loaders.read_assessors(path, columns=columns), tables.ASSESSORS)


def import_responses(workspace: Workspace, paths: Iterable[Path], *, cpd_year: int, columns: Mapping[str, str] | None = None) -> Imported:
    """What became of the requests of one CPD year."""
    return _staff(workspace, paths, "responses", lambda path: loaders.read_responses(path, cpd_year=cpd_year, columns=columns),
                  tables.RESPONSES, cpd_year=cpd_year)


def _staff(workspace: Workspace, paths: Iterable[Path], kind: str, read: Callable[[Path], Loaded], table: tables.Table, *,
           cpd_year: int = 0) -> Imported:
    done = Imported()
    for path in _existing(workspace, paths):
        if _seen(workspace, hashlib.sha256(path.read_bytes()).hexdigest(), kind, cpd_year):
            done.unchanged += 1
            continue
        loaded = read(path)
        with workspace.engine.begin() as connection:
            replace(connection, table, loaded.rows.drop_duplicates(list(table.key), keep="last"))
            if loaded.statuses is not None:
                replace(connection, tables.STATUSES, loaded.statuses.drop_duplicates(list(tables.STATUSES.key), keep="last"))
            replace(connection, tables.IMPORTS, _import_row(loaded.digest, kind, cpd_year, len(loaded.rows), len(loaded.rejected)))
        done.accepted += len(loaded.rows)
        done.rejected += loaded.rejected
        done.flags += loaded.flags
    return done


def _existing(workspace: Workspace, paths: Iterable[Path]) -> list[Path]:
    """The files named, folders opened in order of name; nothing of a sample workspace may come from outside the sample data."""
    files: list[Path] = []
    for path in map(Path, paths):
        if not path.exists():
            raise UnusableFile("there is no such file", where=path.name, advice="Check the path.")
        files += sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith((".", "~$"))) if path.is_dir() else [path]
    home = shipped("sample_data").resolve()
    if workspace.is_sample and any(not path.resolve().is_relative_to(home) for path in files):
        raise SampleWorkspace("This workspace holds invented members", advice="Make another with `assessor-kit init --workspace DIR` for real files.")
    return files


def _seen(workspace: Workspace, digest: str, kind: str, cpd_year: int) -> bool:
    return len(read_table(workspace, tables.IMPORTS, digest=digest, kind=kind, cpd_year=cpd_year)) > 0


def _import_row(digest: str, kind: str, cpd_year: int, accepted: int, rejected: int) -> pd.DataFrame:
    return pd.DataFrame([{"digest": digest, "kind": kind, "cpd_year": cpd_year, "accepted": accepted, "rejected": rejected, "imported_at": _now()}])


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def import_returns(
    workspace: Workspace, paths: Iterable[Path], *, cpd_year: int, columns: Mapping[str, str] | None = None, progress: bool = False,
) -> Imported:
    """CPD returns of one year: files or folders. A second file for a member supersedes the first; the same file again changes nothing."""
    rules, done = workspace.rules(cpd_year), Imported()
    for path in tqdm(_existing(workspace, paths), desc="Returns", unit="file", disable=not progress):
        if path.suffix.lower() not in READABLE:
            done.rejected.append(Problem(file=path.name, found=f"a {path.suffix or 'nameless'} file", expected="CSV or XLSX",
                                         advice="It is not a format this version reads; ask for a spreadsheet."))
            continue
        if _seen(workspace, hashlib.sha256(path.read_bytes()).hexdigest(), "returns", cpd_year):
            done.unchanged += 1
            continue
        try:
            loaded = loaders.read_returns(path, rules=rules, columns=columns)
        except UnusableFile as problem:
            done.rejected.append(Problem(file=path.name, found=problem.found, expected=problem.expected or None, advice=problem.advice))
            continue
        _take(workspace, loaded, cpd_year, path.name, done)
    return done


def _take(workspace: Workspace, loaded: LoadedReturns, cpd_year: int, file: str, done: Imported) -> None:
    """One file in one transaction."""
    register = list(read_table(workspace, tables.REGISTER)["member_no"])
    draws = read_table(workspace, tables.DRAWS, cpd_year=cpd_year)
    selected = set(read_table(workspace, tables.SELECTIONS, draw_id=list(draws["draw_id"]))["member_no"])
    problems: list[pd.DataFrame] = []
    done.rejected += loaded.rejected
    done.flags += loaded.flags
    with workspace.engine.begin() as connection:
        accepted = 0
        for sent in loaded.returns:
            if register and sent.member_no not in register:
                done.rejected.append(_stranger(sent.member_no, register, file))
                continue
            parked = "not selected" if len(draws) and sent.member_no not in selected else ""
            earlier = read_rows(connection, tables.RETURNS, member_no=sent.member_no, cpd_year=cpd_year)
            row = _return_row(workspace, sent, cpd_year, version=len(earlier) + 1, digest=loaded.digest, parked=parked)
            if len(earlier):
                replace(connection, tables.RETURNS, earlier.assign(parked="superseded"))
            append(connection, tables.RETURNS, row)
            return_id = str(row["return_id"].iloc[0])
            append(connection, tables.ACTIVITIES, sent.activities.assign(return_id=return_id))
            append(connection, tables.GOALS, sent.goals.assign(return_id=return_id))
            problems.append(_problem_rows(sent, return_id, loaded.digest))
            accepted += 1
            _count(done, sent)
        for rows in problems:
            append(connection, tables.PROBLEMS, rows)
        append(connection, tables.PROBLEMS, _file_problems(loaded))
        replace(connection, tables.IMPORTS, _import_row(loaded.digest, "returns", cpd_year, accepted, len(loaded.rejected)))


def _count(done: Imported, sent: LoadedReturn) -> None:
    done.returns += 1
    done.accepted += 1
    done.activities += len(sent.activities)
    done.minutes += int(sent.activities.loc[sent.activities["counts"].astype(bool), "minutes"].sum()) if len(sent.activities) else 0
    done.rejected += sent.rejected
    done.flags += sent.flags


def _return_row(workspace: Workspace, sent: LoadedReturn, cpd_year: int, *, version: int, digest: str, parked: str) -> pd.DataFrame:
    name = f"return|{sent.member_no}|{cpd_year}|{version}"
    code = hmac.new(bytes.fromhex(workspace.secret), name.encode(), hashlib.sha256).digest()
    letters = "".join(ALPHABET[byte % len(ALPHABET)] for byte in code[8:13])
    return pd.DataFrame([{
        "return_id": code.hex()[:16], "member_no": sent.member_no, "cpd_year": cpd_year, "version": version, "pseudonym": f"R-{letters}",
        "declared_minutes": sent.declared_minutes, "source_digest": digest, "received_at": _now(), "parked": parked}])


def _problem_rows(sent: LoadedReturn, return_id: str, digest: str) -> pd.DataFrame:
    kinds = ((ProblemKind.REJECTED, sent.rejected), (ProblemKind.PLEASE_CHECK, sent.flags), (ProblemKind.NOTE, sent.notes))
    return pd.DataFrame([{**problem.as_dict(), "digest": digest, "return_id": return_id, "kind": kind.value} for kind, found in kinds for problem in found])


def _file_problems(loaded: LoadedReturns) -> pd.DataFrame:
    kinds = ((ProblemKind.REJECTED, loaded.rejected), (ProblemKind.PLEASE_CHECK, loaded.flags), (ProblemKind.NOTE, loaded.notes))
    return pd.DataFrame([{**problem.as_dict(), "digest": loaded.digest, "return_id": "", "kind": kind.value} for kind, found in kinds for problem in found])


def _stranger(member_no: str, register: list[str], file: str) -> Problem:
    near = difflib.get_close_matches(member_no, register, n=1)
    advice = f"The nearest in the register is {near[0]}. " if near else ""
    return Problem(file=file, column="member_no", found=member_no, expected="a membership number of the register",
                   advice=f"{advice}Correct the number or import the register first.")
