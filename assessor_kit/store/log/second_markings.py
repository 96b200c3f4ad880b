"""Keep which returns were chosen for a second or a fresh marking, by whom and why."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import delete, insert, select, update

from assessor_kit import tables
from assessor_kit.errors import Conflict, InvalidRequest
from assessor_kit.store.access.permissions import require_staff
from assessor_kit.store.database.connections import write_transaction
from assessor_kit.store.database.schema import sql_table
from assessor_kit.store.workspace import Workspace
from assessor_kit.vocabulary import Marking

ALLOCATIONS, CHANGES, CHOICES, DOUBLES, FRESH = (
    sql_table(one)
    for one in (
        tables.ALLOCATIONS,
        tables.ALLOCATION_CHANGES,
        tables.SECOND_MARKING_CHOICES,
        tables.DOUBLE_MARKINGS,
        tables.FRESH_REVIEWS,
    )
)


@dataclass(frozen=True, kw_only=True)
class ChoiceOfReturn:
    """One return that was chosen for a second marking, and for which reasons."""

    return_id: str
    reasons: tuple[str, ...]
    by: str
    seed: str = ""
    share_percent: float = 0.0


def record_choices(workspace: Workspace, choices: Sequence[ChoiceOfReturn]) -> str:
    """Record choices in one transaction and return the name of the step; only for staff.

    From then on the returns wait for a second assessor. Raises InvalidRequest without a name.
    """
    require_staff(workspace)
    step = secrets.token_hex(8)
    now = _now()
    if not choices:
        return step
    require_name(choices[0].by)
    with write_transaction(workspace.engine) as connection:
        connection.execute(
            insert(CHOICES),
            [
                {
                    "step": step,
                    "return_id": one.return_id,
                    "reasons": json.dumps(list(one.reasons)),
                    "seed": one.seed,
                    "share_percent": one.share_percent,
                    "chosen_by": one.by.strip(),
                    "why": "",
                    "chosen_at": now,
                }
                for one in choices
            ],
        )
        connection.execute(
            insert(DOUBLES),
            [{"return_id": one.return_id, "chosen_on": now.date()} for one in choices],
        )
    return step


def take_back_choice(workspace: Workspace, return_id: str, *, why: str, by: str) -> None:
    """Record that a return is not marked twice after all; only for staff.

    Raises InvalidRequest without a name or a reason.
    """
    require_staff(workspace)
    require_name(by)
    if not why.strip():
        raise InvalidRequest(
            "A choice is not taken back without a reason", advice="Say why; the record keeps it."
        )
    with write_transaction(workspace.engine) as connection:
        row = {
            "step": secrets.token_hex(8),
            "return_id": return_id,
            "reasons": "[]",
            "seed": "",
            "share_percent": 0.0,
            "chosen_by": by.strip(),
            "why": why.strip(),
            "chosen_at": _now(),
        }
        connection.execute(insert(CHOICES), [row])
        connection.execute(delete(DOUBLES).where(DOUBLES.c.return_id == return_id))


def give_fresh_marking(
    workspace: Workspace,
    return_id: str,
    *,
    assessor_id: str,
    before: str,
    due_on: date,
    reason: str,
    by: str,
) -> str:
    """Give the fresh marking of a return to an assessor; return the name of the step.

    `before` is the reviewer from whom it passes, empty for the first. Raises Conflict, and changes
    nothing, where it is no longer theirs.
    """
    require_staff(workspace)
    require_name(by)
    step = secrets.token_hex(8)
    now = _now()
    mine = (ALLOCATIONS.c.return_id == return_id) & (ALLOCATIONS.c.marking == Marking.FRESH.value)
    with write_transaction(workspace.engine) as connection:
        held = connection.execute(select(ALLOCATIONS.c.assessor_id).where(mine)).scalar()
        if (held or "") != before:
            raise Conflict(
                "Somebody else has changed this fresh review meanwhile",
                mine={"assessor": before},
                theirs={"assessor": held or ""},
                advice="Nothing was changed. Look at it again.",
            )
        connection.execute(delete(ALLOCATIONS).where(mine))
        given = {
            "return_id": return_id,
            "assessor_id": assessor_id,
            "marking": Marking.FRESH.value,
            "allocated_on": now.date(),
            "due_on": due_on,
        }
        connection.execute(insert(ALLOCATIONS), [given])
        logged = {
            "step": step,
            "return_id": return_id,
            "marking": Marking.FRESH.value,
            "from_assessor": before,
            "to_assessor": assessor_id,
            "reason": "fresh review",
            "changed_at": now,
        }
        connection.execute(insert(CHANGES), [logged])
        known = connection.execute(
            select(FRESH.c.return_id).where(FRESH.c.return_id == return_id)
        ).first()
        review = {"reason": reason.strip(), "assigned_by": by.strip(), "assigned_at": now}
        if known is None:
            connection.execute(insert(FRESH), [{"return_id": return_id, **review}])
        else:
            connection.execute(update(FRESH).where(FRESH.c.return_id == return_id), review)
    return step


def require_name(by: str) -> None:
    """Raise InvalidRequest where nobody is named: each act records who did it."""
    if not by.strip():
        raise InvalidRequest(
            "Nobody is named for this", expected="a name", advice="Say who does it."
        )


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
