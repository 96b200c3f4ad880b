"""Say which of a return's judgements stands: what members are told, and what figures count."""

from __future__ import annotations

import pandas as pd

from assessor_kit.store.database.connections import read_transaction
from assessor_kit.store.log.judgements import latest_events_of
from assessor_kit.store.rounds.information_rounds import ended_without_answer
from assessor_kit.store.rounds.queries import judged_afresh
from assessor_kit.store.workspace import Workspace
from assessor_kit.vocabulary import Marking


def standing_events(workspace: Workspace, return_ids: list[str]) -> pd.DataFrame:
    """Return the current event of the judgement that stands for each of these returns.

    That is the first marking's, or the fresh one's where an appeal changed the outcome. The columns
    are those of `latest_events`, and `nothing_came`: whether a little more was asked for in vain.
    """
    events = latest_events_of(workspace, return_ids)
    with read_transaction(workspace.engine) as connection:
        afresh = judged_afresh(connection, return_ids)
        in_vain = ended_without_answer(connection, return_ids)
    wanted = [
        marking == (Marking.FRESH.value if name in afresh else Marking.FIRST.value)
        for name, marking in zip(events["return_id"], events["marking"], strict=True)
    ]
    standing = events[pd.Series(wanted, index=events.index, dtype=bool)]
    return standing.assign(nothing_came=standing["return_id"].isin(in_vain))
