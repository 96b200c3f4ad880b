"""In what company does a return stand? The minutes of the others with the same target, without saying whose they are."""

from __future__ import annotations

import json

from sqlalchemy import select

from assessor_kit.errors import NotVisibleYet
from assessor_kit.store.access import require_allocated, require_self
from assessor_kit.store.engine import reading
from assessor_kit.store.schema import CURRENT_JUDGEMENTS, RETURNS_TO_ASSESS, sql_table
from assessor_kit.store.workspace import Workspace
from assessor_kit.tables import FINDINGS, REQUIREMENTS
from assessor_kit.vocabulary import JudgementState

NEEDED, FOUND = sql_table(REQUIREMENTS), sql_table(FINDINGS)


def minutes_in_company(workspace: Workspace, return_id: str, *, assessor_id: str, criterion: str) -> tuple[int, list[int]]:
    """Recorded minutes of one return, and those of the other returns of its year with the same target, in order of size.

    `criterion` names the one whose finding holds the minutes. For whoever has submitted their judgement of the return: NotVisibleYet
    before. Through a database role that sees its own returns only, the others are just these.
    """
    require_self(workspace, assessor_id)
    with reading(workspace.engine) as connection:
        require_allocated(connection, return_id, assessor_id=assessor_id)
        current = CURRENT_JUDGEMENTS.c
        state = connection.execute(select(current.state).where(current.return_id == return_id, current.assessor_id == assessor_id)).scalar()
        if state != JudgementState.SUBMITTED.value:
            raise NotVisibleYet("How a return compares is shown once its judgement is submitted", advice="Submit the judgement first.")
        shown = RETURNS_TO_ASSESS.c
        year = select(shown.cpd_year).where(shown.return_id == return_id).scalar_subquery()
        target = select(NEEDED.c.target_minutes).where(NEEDED.c.return_id == return_id).scalar_subquery()
        wanted = (select(FOUND.c.return_id, FOUND.c.numbers).join(NEEDED, NEEDED.c.return_id == FOUND.c.return_id)
                  .join(RETURNS_TO_ASSESS, shown.return_id == FOUND.c.return_id)
                  .where(shown.cpd_year == year, shown.parked == "", NEEDED.c.target_minutes == target, FOUND.c.criterion == criterion))
        minutes = {str(row.return_id): _recorded(row.numbers) for row in connection.execute(wanted)}
    return minutes.pop(return_id, 0), sorted(minutes.values())


def _recorded(numbers: str) -> int:
    known = json.loads(numbers)
    return int(known.get("sure") or 0) + int(known.get("doubtful") or 0)
