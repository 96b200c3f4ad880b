"""What waits for staff in moderation: about which return, since when, and what comes next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from assessor_kit import tables
from assessor_kit.rules.schema import Rules
from assessor_kit.store import Workspace, read_table
from assessor_kit.store.database.connections import read_transaction
from assessor_kit.store.log.assessor_events import events_of_kind
from assessor_kit.store.moderated import ModeratedReturn, moderated_of_year
from assessor_kit.vocabulary import EventKind, Marking, Raised

SECOND_LOOK, DISAGREEMENT = Raised.SECOND_LOOK.value, Raised.DISAGREEMENT.value
DIFFERING = "differing markings"
SENT = "sent to a moderator"
SHORT = "short second marking"
FRESH_BACK = "fresh review handed back"
KINDS = (SECOND_LOOK, DISAGREEMENT, DIFFERING, SENT, SHORT, FRESH_BACK)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Something that waits for staff: its kind, the return, since when, and the next command.

    `sentence` says in a line what it is, without what anybody wrote. `assessor_id` and `criterion`
    are empty where they do not apply.
    """

    kind: str
    return_id: str
    pseudonym: str
    since: datetime
    sentence: str
    next_command: str
    assessor_id: str = ""
    criterion: str = ""

    def as_dict(self) -> dict[str, object]:
        """Return it as the command line prints it."""
        return asdict(self)


def moderation_waiting(workspace: Workspace, cpd_year: int) -> list[Waiting]:
    """Return everything in moderation that waits for staff, the oldest first; only for staff."""
    rules = workspace.rules(cpd_year)
    returns = read_table(workspace, tables.RETURNS, cpd_year=cpd_year, parked="")
    code_of = dict(zip(returns["return_id"], returns["pseudonym"], strict=True))
    moderated = moderated_of_year(workspace, cpd_year)
    back = _handed_back(workspace, moderated)
    since = _chosen_since(workspace, list(moderated))
    found = [
        waiting
        for name, one in moderated.items()
        for waiting in _of_return(one, str(code_of[name]), rules, cpd_year, since, back)
    ]
    return sorted(found, key=lambda one: (one.since, one.kind, one.pseudonym, one.criterion))


def _of_return(
    one: ModeratedReturn,
    code: str,
    rules: Rules,
    cpd_year: int,
    chosen_since: Mapping[str, datetime],
    back: Mapping[tuple[str, str], datetime],
) -> Iterator[Waiting]:
    place = {"return_id": one.return_id, "pseudonym": code}
    labels = {criterion.code: criterion.label for criterion in rules.criteria}
    for matter in one.raised:
        if matter.answer is not None:
            continue
        about = "second-look" if matter.about is Raised.SECOND_LOOK else "disagreement"
        on = f" on {labels.get(matter.criterion, matter.criterion)}" if matter.criterion else ""
        point = f" --criterion {matter.criterion}" if matter.criterion else ""
        says = (
            f"{matter.assessor_id} asks for a second look at {code}."
            if matter.about is Raised.SECOND_LOOK
            else f"{matter.assessor_id} sees {code} otherwise than its finding{on}."
        )
        yield Waiting(
            kind=matter.about.value,
            **place,
            since=matter.since,
            sentence=says,
            next_command=f"assessor-kit moderate answer {code} --about {about}{point}"
            f" --assessor {matter.assessor_id}",
            assessor_id=matter.assessor_id,
            criterion=matter.criterion,
        )
    yield from _to_settle(one, code, rules)
    second = one.marking(Marking.SECOND.value)
    if one.return_id in chosen_since and second is None:
        yield Waiting(
            kind=SHORT,
            **place,
            since=chosen_since[one.return_id],
            sentence=f"{code} is to be marked twice, and nobody has its second marking.",
            next_command=f"assessor-kit allocate --cpd-year {cpd_year} --seed SEED",
        )
    fresh = one.marking(Marking.FRESH.value)
    pair = (one.return_id, fresh.assessor_id) if fresh else None
    if fresh and pair in back and not fresh.is_submitted:
        yield Waiting(
            kind=FRESH_BACK,
            **place,
            since=back[one.return_id, fresh.assessor_id],
            sentence=f"{fresh.assessor_id} handed back the fresh review of {code}.",
            next_command=f"assessor-kit moderate fresh {code} --to ASSESSOR",
            assessor_id=fresh.assessor_id,
        )


def _to_settle(one: ModeratedReturn, code: str, rules: Rules) -> Iterator[Waiting]:
    """Yield what a moderator has to settle, once every marking is submitted."""
    if not one.markings or not all(marking.is_submitted for marking in one.markings):
        return
    place = {"return_id": one.return_id, "pseudonym": code}
    take = f"assessor-kit moderate take {code} --side {one.sides[0].name}"
    sent = one.sent_to_moderator
    if sent is not None and sent.answer is not None:
        yield Waiting(
            kind=SENT,
            **place,
            since=sent.answer.recorded_at,
            sentence=f"{code} was sent to a moderator.",
            next_command=take,
        )
        return
    differing = one.differing(rules)
    if differing:
        last = max(marking.recorded_at for marking in one.markings if marking.recorded_at)
        sides = " and ".join(side.name for side in one.sides)
        yield Waiting(
            kind=DIFFERING,
            **place,
            since=last,
            sentence=f"The {sides} judgements of {code} differ in {', '.join(differing)}.",
            next_command=take,
        )


def _handed_back(
    workspace: Workspace, moderated: Mapping[str, ModeratedReturn]
) -> dict[tuple[str, str], datetime]:
    afresh = [name for name, one in moderated.items() if one.is_reviewed_afresh]
    with read_transaction(workspace.engine) as connection:
        events = events_of_kind(connection, EventKind.HAND_BACK, return_ids=afresh)
    return {(str(one["return_id"]), str(one["assessor_id"])): one["recorded_at"] for one in events}


def _chosen_since(workspace: Workspace, return_ids: list[str]) -> dict[str, datetime]:
    """Return since when each return waits for a second marking, as it was chosen."""
    doubles = read_table(workspace, tables.DOUBLE_MARKINGS, return_id=return_ids)
    since = {
        str(row["return_id"]): datetime.combine(row["chosen_on"], datetime.min.time())
        for row in doubles.to_dict("records")
    }
    choices = read_table(workspace, tables.SECOND_MARKING_CHOICES, return_id=return_ids)
    for row in choices.sort_values("choice_no").to_dict("records"):
        if row["return_id"] in since:
            since[str(row["return_id"])] = row["chosen_at"]
    return since
