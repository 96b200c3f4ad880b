"""Count what goes to and fro after judgements, for `status`: by the database, without pandas."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import Connection, select

from assessor_kit import tables
from assessor_kit.store.database.schema import sql_table
from assessor_kit.store.log.chain import LOG
from assessor_kit.store.rounds.information_rounds import InformationRound, rounds_in
from assessor_kit.store.rounds.queries import Query, queries_in
from assessor_kit.vocabulary import EventKind, JudgementState, StaffNote

NOTES, RETURNS = sql_table(tables.STAFF_NOTES), sql_table(tables.RETURNS)


@dataclass(frozen=True, kw_only=True)
class RoundCounts:
    """What goes to and fro in a year, by the R-codes of the returns.

    `returned` are texts that staff returned and nobody has mended, `for_staff` and `for_assessors`
    notes without an answer, `in_confidence` what was raised and not answered.
    """

    returned: list[str]
    for_staff: list[str]
    for_assessors: list[str]
    in_confidence: list[str]
    rounds: dict[str, InformationRound]
    queries: list[Query]


def count_rounds(connection: Connection, *, cpd_year: int) -> RoundCounts:
    """Return what goes to and fro in a year, of members who were not erased."""
    returns = connection.execute(
        select(RETURNS.c.return_id, RETURNS.c.pseudonym, RETURNS.c.parked).where(
            RETURNS.c.cpd_year == cpd_year, RETURNS.c.pseudonym != ""
        )
    ).all()
    code_of = {str(row.return_id): str(row.pseudonym) for row in returns}
    under_review = {str(row.return_id) for row in returns if not row.parked}
    of_year = RETURNS.c.cpd_year == cpd_year
    notes = connection.execute(
        select(
            NOTES.c.note_id,
            NOTES.c.return_id,
            NOTES.c.assessor_id,
            NOTES.c.note_kind,
            NOTES.c.answers,
            NOTES.c.judgement_version,
        )
        .join(RETURNS, RETURNS.c.return_id == NOTES.c.return_id)
        .where(of_year)
    ).all()
    told = connection.execute(
        select(LOG.c.event_id, LOG.c.return_id, LOG.c.kind, LOG.c.payload)
        .join(RETURNS, RETURNS.c.return_id == LOG.c.return_id)
        .where(of_year, LOG.c.kind.in_([EventKind.NOTE.value, EventKind.CONFIDENCE.value]))
    ).all()
    answered = {str(row.answers) for row in notes}
    answered |= {str(json.loads(row.payload).get("answers", "")) for row in told}
    mended = _submitted(connection, cpd_year) if notes else {}

    def codes(names: list[str]) -> list[str]:
        return sorted(code_of[name] for name in names if name in code_of)

    asked = [
        row
        for row in told
        if not json.loads(row.payload).get("answers") and row.event_id not in answered
    ]
    return RoundCounts(
        returned=codes(
            [
                row.return_id
                for row in notes
                if row.note_kind == StaffNote.RETURNED.value
                and row.return_id in under_review
                and row.note_id not in answered
                and mended.get((row.return_id, row.assessor_id), 0) <= row.judgement_version
            ]
        ),
        for_staff=codes([row.return_id for row in asked if row.kind == EventKind.NOTE.value]),
        for_assessors=codes(
            [
                row.return_id
                for row in notes
                if row.note_kind == StaffNote.NOTE.value and row.note_id not in answered
            ]
        ),
        in_confidence=codes(
            [row.return_id for row in asked if row.kind == EventKind.CONFIDENCE.value]
        ),
        rounds={code_of[name]: one for name, one in rounds_in(connection, sorted(code_of)).items()},
        queries=queries_in(connection, cpd_year=cpd_year),
    )


def _submitted(connection: Connection, cpd_year: int) -> dict[tuple[str, str], int]:
    """Return the last version that each assessor submitted on each return of a year."""
    rows = connection.execute(
        select(LOG.c.return_id, LOG.c.assessor_id, LOG.c.version)
        .join(RETURNS, RETURNS.c.return_id == LOG.c.return_id)
        .where(
            RETURNS.c.cpd_year == cpd_year,
            LOG.c.kind == EventKind.JUDGEMENT.value,
            LOG.c.state == JudgementState.SUBMITTED.value,
        )
        .order_by(LOG.c.version)
    )
    return {(str(row.return_id), str(row.assessor_id)): int(row.version) for row in rows}
