"""Keep the advice that a member received earlier, for the assessor to read.

Only released advice is shown, masked and sealed for the assessors of the member's present return.

Staff's side stores it with what an assessor reads of a return (`tables.SHOWN_ROWS`), because an
assessor must not know which earlier return was the same member's. It is stored anew with the copies
of a return, and whenever a document is released or recalled.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection, delete, select

from assessor_kit import tables
from assessor_kit.store.blind.masking import Identity, masked
from assessor_kit.store.database.schema import sql_table
from assessor_kit.store.keys import seal, unseal
from assessor_kit.store.log.agreed_judgements import agreed_in
from assessor_kit.store.log.judgements import judgement_in
from assessor_kit.store.rounds.queries import judged_afresh
from assessor_kit.store.rows.subject_keys import make_subject_key, of_return, subject_key
from assessor_kit.store.rows.typed_rows import append, read_rows
from assessor_kit.vocabulary import Judgement, Marking, visible

PART = "earlier advice"
KEPT = sql_table(tables.SHOWN_ROWS)
RETURNS = sql_table(tables.RETURNS)
ALLOCATIONS = sql_table(tables.ALLOCATIONS)


@dataclass(frozen=True, kw_only=True)
class EarlierAdvice:
    """The advice that a member received for an earlier CPD year."""

    cpd_year: int
    advice: str


def keep_earlier_advice(
    connection: Connection, returns: pd.DataFrame, identities: Mapping[str, Identity]
) -> None:
    """Store the latest released advice for an earlier year beside each of these returns.

    Returns without any are left as they are. `returns` holds rows of `tables.RETURNS`.
    """
    documents = read_rows(
        connection, tables.DOCUMENTS, kind="individual", member_no=sorted(set(returns["member_no"]))
    )
    released = documents[
        documents["released_at"].notna() & documents["recalled_at"].isna()
    ].sort_values(["cpd_year", "version"])
    documents_of: defaultdict[str, list[dict[Any, Any]]] = defaultdict(list)
    for document in released.to_dict("records"):
        documents_of[str(document["member_no"])].append(document)
    places = zip(returns["return_id"], returns["member_no"], returns["cpd_year"], strict=True)
    for return_id, member_no, cpd_year in places:
        earlier = [
            document
            for document in documents_of.get(str(member_no), ())
            if document["cpd_year"] < cpd_year
        ]
        advice = _advice_of(connection, earlier[-1]) if earlier else ""
        if advice:
            told = EarlierAdvice(
                cpd_year=int(earlier[-1]["cpd_year"]),
                advice=masked(advice, identities[str(return_id)]),
            )
            put_earlier_advice(connection, str(return_id), told, of=str(earlier[-1]["return_id"]))


def _advice_of(connection: Connection, document: Mapping[Any, Any]) -> str:
    """Return the advice as it was in the log when the document was released."""
    first = select(ALLOCATIONS.c.assessor_id).where(
        ALLOCATIONS.c.return_id == document["return_id"],
        ALLOCATIONS.c.marking == Marking.FIRST.value,
    )
    assessor_id = connection.execute(first).scalar()
    position = (
        None if pd.isna(document["released_position"]) else int(document["released_position"])
    )
    if assessor_id is None:
        return ""
    return_id = str(document["return_id"])
    agreed = agreed_in(connection, [return_id], position=position).get(return_id)
    said = (
        agreed[-1].judgement
        if agreed
        else judgement_in(connection, return_id, str(assessor_id), position=position)[1]
    )
    fresh = _fresh_then(connection, return_id, position)
    if fresh and not (agreed and Marking.FRESH.value in agreed[-1].settles):
        said = fresh
    return said.advice.strip() if said else ""


def _fresh_then(connection: Connection, return_id: str, position: int | None) -> Judgement | None:
    """Return the fresh judgement as it then was, where an appeal put it in the others' place."""
    if not judged_afresh(connection, [return_id]):
        return None
    fresh = select(ALLOCATIONS.c.assessor_id).where(
        ALLOCATIONS.c.return_id == return_id, ALLOCATIONS.c.marking == Marking.FRESH.value
    )
    reviewer = connection.execute(fresh).scalar()
    if reviewer is None:
        return None
    return judgement_in(connection, return_id, str(reviewer), position=position)[1]


def put_earlier_advice(
    connection: Connection, return_id: str, told: EarlierAdvice, *, of: str
) -> None:
    """Store advice beside a return, sealed with that return's own key.

    `of` names the earlier return, so that the advice can be removed when the words of that one are.
    """
    key = make_subject_key(connection, of_return(return_id))
    cells = {
        "of": of,
        "cpd_year": told.cpd_year,
        "sealed": seal(told.advice, key=key, place=_place(return_id)),
    }
    append(
        connection,
        tables.SHOWN_ROWS,
        pd.DataFrame(
            [{"return_id": return_id, "part": PART, "line": 1, "cells": json.dumps(cells)}]
        ),
    )


def earlier_advice(connection: Connection, return_id: str) -> EarlierAdvice | None:
    """Return the advice for the latest earlier year with released feedback, or None."""
    kept = connection.execute(
        select(KEPT.c.cells).where(KEPT.c.return_id == return_id, KEPT.c.part == PART)
    ).scalar()
    key = subject_key(connection, of_return(return_id)) if kept else None
    if kept is None or key is None:
        return None
    cells = json.loads(kept)
    return EarlierAdvice(
        cpd_year=int(cells["cpd_year"]),
        advice=visible(unseal(cells["sealed"], key=key, place=_place(return_id))),
    )


def forget_earlier_advice(connection: Connection, of: Collection[str]) -> None:
    """Remove the advice from these earlier returns that is stored beside later ones."""
    rows = connection.execute(
        select(KEPT.c.return_id, KEPT.c.cells).where(KEPT.c.part == PART)
    ).all()
    gone = [row.return_id for row in rows if json.loads(row.cells)["of"] in of]
    if gone:
        connection.execute(delete(KEPT).where(KEPT.c.part == PART, KEPT.c.return_id.in_(gone)))


def returns_after(connection: Connection, member_nos: Collection[str]) -> list[str]:
    """Return the returns of these members that have copies for an assessor to read.

    These are the ones that a release or a recall may affect.
    """
    found = select(RETURNS.c.return_id).where(
        RETURNS.c.member_no.in_(member_nos), RETURNS.c.return_id.in_(select(KEPT.c.return_id))
    )
    return list(connection.execute(found).scalars())


def _place(return_id: str) -> str:
    return f"{return_id}|{PART}"
