"""Which documents a year needs, and from which inputs each of them is made.

Each job carries a digest of everything that can change what its document says.
"""

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
from assessor_kit.feedback.release import released_returns
from assessor_kit.feedback.report.examples import examples_of, own_words
from assessor_kit.store import Workspace, read_table, reviewed_returns, shipped
from assessor_kit.store.rounds.standing import standing_events

# the packages whose code can change what a report says
CODE = ("charts", "feedback", "scorers", "trends", "rules")
# the tables that a return's report is made from, read by return
TOLD_FROM = (tables.ACTIVITIES, tables.GOALS, tables.FINDINGS, tables.REQUIREMENTS, tables.PROBLEMS)


@dataclass(frozen=True, kw_only=True)
class Job:
    """One document to be made.

    `activities` is the number of activities that it must state; `must_be` is the SHA-256 of a
    released document that was lost or altered.
    """

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
        """The name of the document's template."""
        return f"{self.kind}_feedback"

    @property
    def parameters(self) -> dict[str, str | int]:
        """The parameters that papermill passes on: opaque names and whole numbers only."""
        return {"return_id": self.return_id} if self.return_id else {"cpd_year": self.cpd_year}

    def as_dict(self) -> dict[str, Any]:
        """Return the job as a dictionary that JSON can hold."""
        return asdict(self)


def wanted_documents(workspace: Workspace, cpd_year: int) -> list[Job]:
    """Return a job for every document of the year, from its inputs as they now stand.

    The generic feedback comes last, and only once some feedback has been released. Each table is
    read once for all returns.
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
    judged = _digests(standing_events(workspace, names))
    rows = {name: _digests(frame) for name, frame in read.items()}
    counts = read["activities"].groupby("return_id").size()
    # computed once, because writing the rules out takes as long as everything else
    shared = _digest(_digest_of_code(), workspace.rules(cpd_year), workspace.is_sample)
    template = template_path(workspace, "individual_feedback").read_bytes()
    digests = {
        name: _digest(
            shared,
            template,
            people.get(returns[name], ""),
            judged[name],
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
    released = [name for name in released_returns(workspace, cpd_year) if name in digests]
    if not released:
        # generic feedback is drawn from released feedback alone, so there is nothing to say yet
        return jobs
    shown = [judged[name] + rows["findings"][name] + rows["activities"][name] for name in released]
    draws = read_table(workspace, tables.DRAWS, cpd_year=cpd_year)["draw_id"].tolist()
    everybody = _digest(
        shared,
        template_path(workspace, "generic_feedback").read_bytes(),
        *shown,
        draws,
        examples_of(workspace, cpd_year),
        own_words(workspace),
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
    """Return a document name that reveals nothing without the workspace's secret.

    Each version of a document has a name of its own.
    """
    identity = f"{cpd_year}|{kind}|{return_id}" + (f"|{version}" if version > 1 else "")
    return hmac.new(bytes.fromhex(workspace.secret), identity.encode(), hashlib.sha256).hexdigest()[
        :32
    ]


def _digests(rows: pd.DataFrame) -> defaultdict[str, str]:
    """Return a digest of each return's rows, in their order."""
    hashes: dict[str, Any] = {}
    place = list(rows.columns).index("return_id")
    for row in rows.itertuples(index=False, name=None):
        hashes.setdefault(str(row[place]), hashlib.sha256()).update(repr(row).encode())
    return defaultdict(str, {name: made.hexdigest() for name, made in hashes.items()})


def _digest(*inputs: object) -> str:
    return hashlib.sha256("\x1e".join(str(one) for one in inputs).encode()).hexdigest()


@cache  # our own code does not change while it runs
def _digest_of_code() -> str:
    package = Path(__file__).resolve().parents[2]
    files: Iterable[Path] = sorted(
        path
        for room in CODE
        for path in (package / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    )
    return _digest(*(path.read_bytes() for path in files))


def document_path(workspace: Workspace, cpd_year: int, document_id: str) -> Path:
    """Return the path of a document's page."""
    return workspace.folder / "feedback" / str(cpd_year) / f"{document_id}.html"


def template_path(workspace: Workspace, name: str) -> Path:
    """Return the path of a template notebook.

    It is the workspace's own copy where staff have put one there, else the one that comes with the
    kit.
    """
    own = workspace.folder / "templates" / f"{name}.ipynb"
    return own if own.is_file() else shipped("notebooks") / "templates" / f"{name}.ipynb"
