"""Say which of a return's judgements stands: what members are told, and what figures count."""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence

import pandas as pd
from sqlalchemy import Connection

from assessor_kit.store.database.connections import read_transaction
from assessor_kit.store.log.agreed_judgements import AgreedJudgement, agreed_in
from assessor_kit.store.log.judgements import latest_events_of
from assessor_kit.store.rounds.information_rounds import ended_without_answer
from assessor_kit.store.rounds.queries import judged_afresh
from assessor_kit.store.workspace import Workspace
from assessor_kit.vocabulary import Marking


def agreed_standing(
    connection: Connection, return_ids: Sequence[str]
) -> dict[str, AgreedJudgement]:
    """Return what was agreed last about each of these returns, where that is what stands.

    Where an appeal changed the outcome, what was agreed before the fresh marking stands no more.
    """
    names = list(return_ids)
    afresh = judged_afresh(connection, names)
    return {
        name: found[-1]
        for name, found in agreed_in(connection, names).items()
        if name not in afresh or Marking.FRESH.value in found[-1].settles
    }


def standing_events(workspace: Workspace, return_ids: list[str]) -> pd.DataFrame:
    """Return the current event of the judgement that stands for each of these returns.

    That is the first marking's, or the fresh one's where an appeal changed the outcome; where a
    moderator agreed what stands, it holds what was chosen then. The columns are those of
    `latest_events`, `agreed_version` (0 where nothing agreed stands), and `nothing_came`: whether a
    little more was asked for in vain.
    """
    events = latest_events_of(workspace, return_ids)
    with read_transaction(workspace.engine) as connection:
        afresh = judged_afresh(connection, return_ids)
        in_vain = ended_without_answer(connection, return_ids)
        agreed = agreed_standing(connection, return_ids)
    wanted = [
        marking == (Marking.FRESH.value if name in afresh else Marking.FIRST.value)
        for name, marking in zip(events["return_id"], events["marking"], strict=True)
    ]
    chosen = events[pd.Series(wanted, index=events.index, dtype=bool)]
    standing = chosen.assign(
        nothing_came=chosen["return_id"].isin(in_vain),
        agreed_version=[
            agreed[name].version if name in agreed else 0 for name in chosen["return_id"]
        ],
    )
    rows: list[dict[Hashable, object]] = standing.to_dict("records")
    for row in rows:
        found = agreed.get(str(row["return_id"]))
        if found is not None:
            payload = json.loads(str(row["payload"]))
            said = {
                "levels": found.judgement.levels,
                "outcome": found.judgement.outcome,
                "themes": list(found.judgement.themes),
            }
            row["payload"] = json.dumps({**payload, **said})
    return pd.DataFrame(rows, columns=standing.columns)
