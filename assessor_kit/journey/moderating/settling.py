"""Settle where markings differ, and answer what assessors raise.

A moderator is never a marker of the return, and has no conflict of interest with its member.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from assessor_kit import tables
from assessor_kit.errors import InvalidRequest, NotFound
from assessor_kit.journey.allocating import why_must_not
from assessor_kit.moderation import made_of, points_of, with_own_words
from assessor_kit.rules.schema import Rules
from assessor_kit.store import Workspace, read_table
from assessor_kit.store.log.agreed_judgements import record_agreed, require_all_submitted
from assessor_kit.store.log.answers import record_answer
from assessor_kit.store.moderated import ModeratedReturn, moderated_return
from assessor_kit.vocabulary import Judgement, Raised, StaffAnswer


def agree(
    workspace: Workspace,
    return_id: str,
    *,
    side: str,
    why: str,
    by: str,
    points: Mapping[str, str] | None = None,
    words: Mapping[str, str] | None = None,
    event_id: str = "",
    settles: Mapping[str, str] | None = None,
) -> Judgement:
    """Record what a moderator agrees about a return, and return the judgement that now stands.

    `side` names the judgement of which everything is taken (first, second, fresh or agreed) but
    the `points` that name another side; `words` replaces texts: code of a criterion, liked or
    advice -> text. `settles` is what was compared, as the screen showed it; without it, what
    stands now.

    Raises InvalidRequest for an unknown side or point and a moderator who must not do it,
    NotVisibleYet until every marking is submitted, and Conflict where a marking has changed.
    """
    moderated = moderated_return(workspace, return_id)
    require_all_submitted(moderated.markings)
    require_moderator(workspace, return_id, by=by)
    rules = workspace.rules(year_of_return(workspace, return_id))
    taken = _taken(moderated, rules, side, points or {})
    _require_known(words or {}, [code for code in points_of(rules) if code != "outcome"], "text")
    judgement = with_own_words(made_of(moderated.sides, taken, rules), words or {})
    record_agreed(
        workspace,
        return_id,
        judgement=judgement,
        taken=taken,
        by=by,
        why=why,
        event_id=event_id or secrets.token_hex(16),
        settles=(
            {name: event for name, (event, _) in moderated.submitted.items()}
            if settles is None
            else settles
        ),
    )
    return judgement


def _taken(
    moderated: ModeratedReturn, rules: Rules, side: str, points: Mapping[str, str]
) -> dict[str, str]:
    known = [one.name for one in moderated.sides]
    codes = points_of(rules)
    _require_known(points, codes, "point")
    for name in (side, *points.values()):
        if name not in known:
            raise InvalidRequest(
                f"There is no {name} judgement to take",
                expected=" or ".join(known),
                advice="Name one of the judgements that are compared.",
            )
    return {code: points.get(code, side) for code in codes}


def _require_known(found: Mapping[str, str], known: list[str], word: str) -> None:
    for name in found:
        if name not in known:
            raise InvalidRequest(
                f"There is no {word} {name!r}",
                expected=f"one of {', '.join(known)}",
                advice="Check the spelling.",
            )


def answer_assessor(
    workspace: Workspace,
    return_id: str,
    *,
    assessor_id: str,
    about: Raised,
    answer: StaffAnswer,
    words: str,
    by: str,
    criterion: str = "",
    event_id: str = "",
) -> None:
    """Answer a second look or a disagreement; the assessor reads the answer on their screen.

    What is sent to a moderator then waits until something is agreed about the return. Raises
    NotFound where the assessor raises nothing of the kind, and InvalidRequest without words.
    """
    require_moderator(workspace, return_id, by=by)
    record_answer(
        workspace,
        return_id,
        assessor_id=assessor_id,
        about=about,
        criterion=criterion,
        answer=answer,
        words=words,
        by=by,
        event_id=event_id or secrets.token_hex(16),
    )


def who_raised(workspace: Workspace, return_id: str, *, about: Raised, criterion: str = "") -> str:
    """Return the assessor who raises something about a return.

    Raises NotFound where nobody does, and InvalidRequest where two assessors do.
    """
    found = sorted(
        one.assessor_id
        for one in moderated_return(workspace, return_id).raised
        if (one.about, one.criterion) == (about, criterion)
    )
    if not found:
        raise NotFound(
            f"No assessor raises a {about.value} here",
            advice="`assessor-kit moderate list` shows what is raised.",
        )
    if len(found) > 1:
        raise InvalidRequest(
            f"{' and '.join(found)} raise it",
            expected="whose words are answered",
            advice=f"Add --assessor {found[0]} or {found[1]}.",
        )
    return found[0]


def require_moderator(workspace: Workspace, return_id: str, *, by: str) -> None:
    """Raise InvalidRequest where somebody must not moderate a return.

    Staff are known by their name alone; an assessor who moderates is recognised by id or name.
    """
    assessor_id = assessor_named(workspace, by)
    why = why_must_not(workspace, return_id, assessor_id=assessor_id) if assessor_id else ""
    if why:
        raise InvalidRequest(
            f"{by.strip()} must not moderate this return: {why}",
            expected="somebody who does not mark it and has no conflict of interest",
            advice="Let somebody else moderate it.",
        )


def assessor_named(workspace: Workspace, by: str) -> str:
    """Return the assessor whom a name or an id stands for; empty for somebody of the staff."""
    called = by.strip().casefold()
    people = read_table(workspace, tables.ASSESSORS)
    return next(
        (
            str(person["assessor_id"])
            for person in people.to_dict("records")
            if called
            and called
            in {str(person["assessor_id"]).casefold(), str(person["name"]).strip().casefold()}
        ),
        "",
    )


def year_of_return(workspace: Workspace, return_id: str) -> int:
    """Return the CPD year of a return."""
    return int(read_table(workspace, tables.RETURNS, return_id=return_id).iloc[0]["cpd_year"])
