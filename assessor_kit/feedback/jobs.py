"""Which documents does a year want, and from which inputs? Each job is known by a digest of all that can change what it says."""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from assessor_kit import tables
from assessor_kit.feedback.examples import WHAT_GOOD_LOOKED_LIKE, examples_of
from assessor_kit.feedback.release import released_returns
from assessor_kit.store import Workspace, read_table, reviewed_returns, shipped
from assessor_kit.store.judgement_log import latest_events_of
from assessor_kit.vocabulary import Marking

CODE = (
    "charts",
    "feedback",
    "scorers",
    "trends",
    "rules",
)  # rooms whose code can change what a report says
TOLD_FROM = (
    tables.ACTIVITIES,
    tables.GOALS,
    tables.FINDINGS,
    tables.REQUIREMENTS,
    tables.PROBLEMS,
)  # by return


@dataclass(frozen=True, kw_only=True)
class Job:
    """One document to be made. `activities` is what it must say; `must_be` is the SHA-256 of a released document that was lost or altered."""

    document_id: str
    cpd_year: int
    kind: str
    version: int
    return_id: str
    member_no: str
    input_digest: str
    activities: int | None
    title: str
    must_be: str = ""

    @property
    def template(self) -> str:
        """The template's name."""
        return f"{self.kind}_feedback"

    @property
    def parameters(self) -> dict[str, str | int]:
        """What papermill pastes into the template: opaque names and whole numbers alone."""
        return {"return_id": self.return_id} if self.return_id else {"cpd_year": self.cpd_year}

    def as_dict(self) -> dict[str, Any]:
        """The job as JSON can hold it."""
        return asdict(self)


def wanted_documents(workspace: Workspace, cpd_year: int) -> list[Job]:
    """Every document of the year as its inputs stand now, the generic one last and once feedback has been released.

    What is read is read once for all returns.
    """
    names = reviewed_returns(workspace, cpd_year)
    if not names:
        return []
    returns = read_table(workspace, tables.RETURNS, return_id=names).set_index("return_id")[
        "member_no"
    ]
    people = read_table(workspace, tables.REGISTER, member_no=sorted(set(returns))).set_index(
        "member_no"
    )["name"]
    read = {table.name: read_table(workspace, table, return_id=names) for table in TOLD_FROM}
    events = latest_events_of(workspace, names)
    spoken = _digests(events[events["marking"] == Marking.FIRST.value])
    rows = {name: _digests(frame) for name, frame in read.items()}
    counts = read["activities"].groupby("return_id").size()
    shared = _digest(
        _digest_of_code(), workspace.rules(cpd_year), workspace.is_sample
    )  # once: writing the rules out takes as long as all the rest
    template = template_path(workspace, "individual_feedback").read_bytes()
    digests = {
        name: _digest(
            shared,
            template,
            people.get(returns[name], ""),
            spoken[name],
            *(by_return[name] for by_return in rows.values()),
        )
        for name in names
    }
    jobs = [
        _job(
            workspace,
            cpd_year,
            "individual",
            return_id=name,
            member_no=returns[name],
            digest=digests[name],
            activities=int(counts.get(name, 0)),
        )
        for name in names
    ]
    told_of = [name for name in released_returns(workspace, cpd_year) if name in digests]
    if not told_of:
        return (
            jobs  # everybody is told what released feedback shows, so there is nothing to tell yet
        )
    told = [spoken[name] + rows["findings"][name] + rows["activities"][name] for name in told_of]
    draws = read_table(workspace, tables.DRAWS, cpd_year=cpd_year)["draw_id"].tolist()
    everybody = _digest(
        shared,
        template_path(workspace, "generic_feedback").read_bytes(),
        *told,
        draws,
        examples_of(workspace, cpd_year),
        _own_words(workspace),
    )
    return [*jobs, _job(workspace, cpd_year, "generic", digest=everybody)]


def _job(
    workspace: Workspace,
    cpd_year: int,
    kind: str,
    *,
    digest: str,
    return_id: str = "",
    member_no: str = "",
    activities: int | None = None,
) -> Job:
    title = (
        f"Your CPD feedback for {cpd_year}"
        if kind == "individual"
        else f"CPD feedback for everyone, {cpd_year}"
    )
    return Job(
        document_id=document_name(workspace, cpd_year, kind, return_id, version=1),
        cpd_year=cpd_year,
        kind=kind,
        version=1,
        return_id=return_id,
        member_no=member_no,
        input_digest=digest,
        activities=activities,
        title=title,
    )


def document_name(
    workspace: Workspace, cpd_year: int, kind: str, return_id: str, *, version: int
) -> str:
    """A name that says nothing to whoever lacks the workspace's secret. Each version has its own."""
    said = f"{cpd_year}|{kind}|{return_id}" + (f"|{version}" if version > 1 else "")
    return hmac.new(bytes.fromhex(workspace.secret), said.encode(), hashlib.sha256).hexdigest()[:32]


def _digests(rows: pd.DataFrame) -> defaultdict[str, str]:
    """Return -> digest of its rows, in their order."""
    hashes: dict[str, Any] = {}
    place = list(rows.columns).index("return_id")
    for row in rows.itertuples(index=False, name=None):
        hashes.setdefault(str(row[place]), hashlib.sha256()).update(repr(row).encode())
    return defaultdict(str, {name: made.hexdigest() for name, made in hashes.items()})


def _digest(*inputs: object) -> str:
    return hashlib.sha256("\x1e".join(str(one) for one in inputs).encode()).hexdigest()


@cache  # our own code does not change while it runs
def _digest_of_code() -> str:
    package = Path(__file__).resolve().parent.parent
    files: Iterable[Path] = sorted(
        path
        for room in CODE
        for path in (package / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    )
    return _digest(*(path.read_bytes() for path in files))


def _own_words(workspace: Workspace) -> str:
    path = workspace.folder / WHAT_GOOD_LOOKED_LIKE
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def document_path(workspace: Workspace, cpd_year: int, document_id: str) -> Path:
    """Where a document lies."""
    return workspace.folder / "feedback" / str(cpd_year) / f"{document_id}.html"


def template_path(workspace: Workspace, name: str) -> Path:
    """The template notebook: the workspace's own where staff have put one, else the shipped one."""
    own = workspace.folder / "templates" / f"{name}.ipynb"
    return own if own.is_file() else shipped("notebooks") / "templates" / f"{name}.ipynb"
