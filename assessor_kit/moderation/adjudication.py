"""Two judgements of one return, point by point, and the agreed one that is made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assessor_kit.rules.schema import Rules
from assessor_kit.vocabulary import Judgement, JudgementState, Marking

OUTCOME, LIKED, ADVICE = "outcome", "liked", "advice"
AGREED = "agreed"
PAIR = 2


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the judgements to be compared: `name` is its marking, or agreed."""

    name: str
    judgement: Judgement


@dataclass(frozen=True, kw_only=True)
class Point:
    """One point of a judgement as each side sees it, in the order of the sides.

    `values` are labels of a level or an outcome, empty where the point is words alone; `words` the
    comment or text. `must_be_settled` is true for a difference that no member should meet.
    """

    code: str
    label: str
    values: tuple[str, ...]
    words: tuple[str, ...]
    differs: bool
    must_be_settled: bool


def compared(sides: Sequence[Side], rules: Rules) -> list[Point]:
    """Return every point of the sides: what has to be settled first, then other differences."""
    judgements = [side.judgement for side in sides]
    made = [
        _point(
            OUTCOME,
            "Outcome",
            [one.outcome or "" for one in judgements],
            ["" for _ in judgements],
            rules,
        ),
        *(
            _point(
                criterion.code,
                criterion.label,
                [one.levels.get(criterion.code, "") for one in judgements],
                [one.comments.get(criterion.code, "") for one in judgements],
                rules,
            )
            for criterion in rules.judged_criteria
        ),
        _point(
            LIKED,
            "What the assessor liked",
            ["" for _ in judgements],
            [one.liked for one in judgements],
            rules,
        ),
        _point(
            ADVICE,
            "Advice",
            ["" for _ in judgements],
            [one.advice for one in judgements],
            rules,
        ),
    ]
    return sorted(made, key=lambda one: (not one.must_be_settled, not one.differs))


def _point(
    code: str, label: str, codes: Sequence[str], words: Sequence[str], rules: Rules
) -> Point:
    plain = [text.strip() for text in words]
    return Point(
        code=code,
        label=label,
        values=tuple(rules.label(one) if one else "" for one in codes),
        words=tuple(plain),
        differs=len(set(codes)) > 1 or len(set(plain)) > 1,
        must_be_settled=_must_be_settled(code, codes, rules),
    )


def _must_be_settled(code: str, codes: Sequence[str], rules: Rules) -> bool:
    if code == OUTCOME:
        return len(set(codes)) > 1
    place = {level.code: number for number, level in enumerate(rules.levels)}
    given = [place[one] for one in codes if one in place]
    return bool(given) and max(given) - min(given) >= rules.moderation.settle_levels_apart


def to_be_settled(sides: Sequence[Side], rules: Rules) -> list[str]:
    """Return the labels of the points that have to be settled before feedback goes out."""
    return [one.label for one in compared(sides, rules) if one.must_be_settled]


def made_of(sides: Sequence[Side], taken: Mapping[str, str], rules: Rules) -> Judgement:
    """Return the judgement that takes each point from the side that `taken` names.

    `taken` maps every point's code to a side's name. A theme comes with the point whose phrase
    stands for it. Nothing that is for staff alone is taken over. Raises KeyError for a point that
    is missing and for an unknown side.
    """
    by_name = {side.name: side.judgement for side in sides}
    of = {code: by_name[taken[code]] for code in points_of(rules)}
    criteria = [criterion.code for criterion in rules.judged_criteria]
    return Judgement(
        levels={code: of[code].levels[code] for code in criteria if code in of[code].levels},
        comments={
            code: of[code].comments[code] for code in criteria if of[code].comments.get(code)
        },
        outcome=of[OUTCOME].outcome,
        liked=of[LIKED].liked,
        advice=of[ADVICE].advice,
        themes=_themes(sides, taken, rules),
        state=JudgementState.SUBMITTED,
    )


def points_of(rules: Rules) -> list[str]:
    """Return the codes of all points of a judgement."""
    return [OUTCOME, *(one.code for one in rules.judged_criteria), LIKED, ADVICE]


def _themes(sides: Sequence[Side], taken: Mapping[str, str], rules: Rules) -> tuple[str, ...]:
    judged = {criterion.code for criterion in rules.judged_criteria}
    kept: list[str] = []
    for side in sides:
        for theme in side.judgement.themes:
            points = {one.criterion for one in rules.phrases if one.theme == theme} & judged
            if any(taken[code] == side.name for code in points or {ADVICE}) and theme not in kept:
                kept.append(theme)
    return tuple(kept)


def with_own_words(made: Judgement, words: Mapping[str, str]) -> Judgement:
    """Return the judgement with a moderator's own words in place of what was taken.

    `words` maps the code of a criterion, liked or advice to a text.
    """
    comments = made.comments | {
        code: text for code, text in words.items() if code not in {LIKED, ADVICE, OUTCOME}
    }
    return replace(
        made,
        comments={code: text for code, text in comments.items() if text.strip()},
        liked=words.get(LIKED, made.liked),
        advice=words.get(ADVICE, made.advice),
    )


@dataclass(frozen=True, kw_only=True)
class AgreedBefore:
    """What was agreed about a return, and the event of each marking that it settles."""

    judgement: Judgement
    settles: Mapping[str, str]


def sides_of(
    submitted: Mapping[str, tuple[str, Judgement]], agreed: AgreedBefore | None
) -> tuple[Side, ...]:
    """Return the sides to compare: what stood, beside the marking that came after it.

    `submitted` maps each submitted marking to its event and judgement. Without a marking that came
    later, they are the first and the second. After an appeal what stood is compared with the fresh
    marking.
    """
    order = [one.value for one in Marking if one.value in submitted]
    marked = {name: Side(name=name, judgement=submitted[name][1]) for name in order}
    if agreed is not None:
        later = [name for name in order if agreed.settles.get(name) != submitted[name][0]]
        if len(later) == 1 and len(later) < len(order):
            return (Side(name=AGREED, judgement=agreed.judgement), marked[later[0]])
    if Marking.FRESH.value in marked and len(order) > PAIR:
        return (marked[Marking.FIRST.value], marked[Marking.FRESH.value])
    return tuple(marked[name] for name in order[:PAIR])


def is_settled(submitted: Mapping[str, tuple[str, Judgement]], agreed: AgreedBefore | None) -> bool:
    """Whether what was agreed covers every submitted marking as it now is."""
    return agreed is not None and dict(agreed.settles) == {
        name: event for name, (event, _) in submitted.items()
    }
