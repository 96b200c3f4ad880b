"""Activity mix: how many kinds are there, and does one kind take up most of the time?"""

from __future__ import annotations

import narwhals as nw

from assessor_kit.errors import RulesError
from assessor_kit.rules.schema import Criterion, Rules
from assessor_kit.scorers.criterion import CriterionExpressions, Numbers, Scorer, Thresholds
from assessor_kit.scorers.measures import (
    Measure,
    Presence,
    activities_where,
    largest,
    lines_where,
    minutes_where,
    presence,
)
from assessor_kit.scorers.standing import PARTS, parts_of, standing

HALF = PARTS // (1 + 1)


def score(criterion: Criterion, rules: Rules) -> CriterionExpressions:
    """Count the kinds of activity, and weigh the share of the largest against the threshold.

    Thresholds: `at_least_kinds`, and `largest_share` (if it is absent, shares are not considered).

    An activity is of one kind; an activity whose kind is not stated could be of any. `other` is a
    kind of its own, because the listed kinds are only what valid activities *include*. Doubtful
    minutes may count in full, in part or not at all, and an activity that does not count adds no
    kind.
    """
    least = int(criterion.thresholds.get("at_least_kinds", 1))
    share = _parts(criterion)
    kinds = [*(choice.code for choice in rules.activity_types), "other"]
    # Activities of no stated kind may all be of one kind, or each of a new one.
    surely = nw.col("sure_kinds") >= least if least > 1 else nw.col("counted_sure") > 0
    possibly = (
        nw.col("any_kinds") + nw.col("type_not_stated") >= least
        if len(kinds) >= least
        else nw.col("counted") < 0
    )
    if share is not None:
        surely = surely & _stays_below(share)
        possibly = possibly & _could_stay_below(share)
    return CriterionExpressions(
        measures=_measures(kinds),
        derived=_derived(kinds, share),
        further=_furthest(kinds) if share is not None else {},
        standing=standing(
            surely=surely,
            possibly=possibly,
            applies=nw.col("counted_sure") > 0,
            may_apply=nw.col("counted") > 0,
        ),
        numbers={
            "kinds": nw.col("any_kinds"),
            "largest": nw.max_horizontal(nw.col(*(f"type_{kind}" for kind in kinds))),
            "total": nw.col("total"),
            "not_stated": nw.col("type_not_stated"),
        },
        thresholds={
            "at_least_kinds": least,
            "largest_share": criterion.thresholds.get("largest_share"),
        },
    )


def _parts(criterion: Criterion) -> int | None:
    """Return the largest share allowed, in whole parts, or None if shares are ignored.

    Raises RulesError for a share of a half or less: whether activities of no stated kind could stay
    below it would be a packing problem.
    """
    share = criterion.thresholds.get("largest_share")
    if share is not None and not HALF < parts_of(share) <= PARTS:
        raise RulesError(
            f"largest_share is {share}",
            where=f"criterion {criterion.code}",
            expected="more than 0.5 and at most 1",
            advice=(
                "One kind dominates only if it takes more than half of the time; leave the key out"
                " to ignore shares."
            ),
        )
    return None if share is None else parts_of(share)


def _measures(kinds: list[str]) -> list[Measure]:
    of_kind = {kind: nw.col("activity_type") == kind for kind in kinds}
    not_stated = ~nw.col("activity_type").is_in(kinds)
    return [
        minutes_where("total"),
        activities_where("counted"),
        lines_where("type_not_stated", not_stated & nw.col("counts")),
        largest("largest_of_no_kind", not_stated.cast(nw.Int64) * nw.col("sure_minutes")),
        *(minutes_where(f"type_{kind}", mask) for kind, mask in of_kind.items()),
        *(presence(f"type_{kind}", mask) for kind, mask in of_kind.items()),
    ]


def _derived(kinds: list[str], share: int | None) -> dict[str, nw.Expr]:
    """Return how many kinds are present and, where shares are considered, the weight of each.

    `_most` is a kind's weight if the doubt is resolved in its favour, `_least` if against it.
    """
    counted = {
        "sure_kinds": _present(kinds, Presence.SURE),
        "any_kinds": _present(kinds, Presence.DOUBTFUL),
        "of_some_kind": nw.sum_horizontal(nw.col(*(f"type_{kind}" for kind in kinds))),
        "of_some_kind_sure": nw.sum_horizontal(nw.col(*(f"type_{kind}_sure" for kind in kinds))),
    }
    if share is None:
        return counted
    most = {
        f"type_{kind}_most": (
            nw.col(f"type_{kind}") * (PARTS - share) + nw.col(f"type_{kind}_sure") * share
        )
        for kind in kinds
    }
    least = {
        f"type_{kind}_least": (
            nw.col(f"type_{kind}") * share + nw.col(f"type_{kind}_sure") * (PARTS - share)
        )
        for kind in kinds
    }
    return {**counted, **most, **least}


def _furthest(kinds: list[str]) -> dict[str, nw.Expr]:
    most, least = (nw.col(*(f"type_{kind}_{end}" for kind in kinds)) for end in ("most", "least"))
    return {
        "heaviest_at_most": nw.max_horizontal(most),
        "heaviest_at_least": nw.max_horizontal(least),
        "lightest_at_least": nw.min_horizontal(least),
    }


def _present(kinds: list[str], at_least: Presence) -> nw.Expr:
    return nw.sum_horizontal(
        (nw.col(*(f"type_{kind}_presence" for kind in kinds)) >= at_least.value).cast(nw.Int64)
    )


def _stays_below(share: int) -> nw.Expr:
    """Whether every kind stays below the share however the doubt is resolved.

    A kind is at its largest when its own doubtful minutes and all minutes of no stated kind count
    towards it, and no other doubtful minute counts: then (sure + doubtful + unstated) < share x
    (sure of all kinds + doubtful + unstated), which is rearranged so that one side is the same for
    every kind. A return without any time passes.
    """
    unstated = nw.col("total") - nw.col("of_some_kind")
    return (
        nw.col("heaviest_at_most")
        < nw.col("of_some_kind_sure") * share - unstated * (PARTS - share)
    ) | (nw.col("total") == 0)


def _could_stay_below(share: int) -> nw.Expr:
    """Whether the doubt can be resolved so that every kind stays below the share.

    A kind is at its smallest when none of its doubtful minutes count and all of the others' do:
    sure < share x (total - its doubtful minutes). Besides, the largest sure activity of no stated
    kind must be of some kind, so there must be one that it would not make too large. Nothing else
    can prevent it: of three kinds or more, only one at a time can hold more than half, and smaller
    activities always find a place.
    """
    room = nw.col("total") * share
    alone = nw.col("largest_of_no_kind")
    fits = (alone == 0) | (alone * PARTS + nw.col("lightest_at_least") < room)
    return ((nw.col("heaviest_at_least") < room) & fits) | (nw.col("total_sure") == 0)


def sentence(_standing: str, numbers: Numbers, _thresholds: Thresholds, rules: Rules) -> str:
    """Say how many kinds there are and how large a share the largest takes."""
    kinds, most, total, unstated = (
        numbers[name] or 0 for name in ("kinds", "largest", "total", "not_stated")
    )
    text = "One kind of activity" if kinds == 1 else f"{kinds} kinds of activity"
    share = (
        f"; the largest takes {round(100 * most / total)} % of the time"
        if rules.guideline.counts_hours and total and kinds
        else ""
    )
    more = f" The kind is not stated for {unstated} of the activities." if unstated else ""
    return f"{text}{share}.{more}"


SCORER = Scorer(name="activity_mix", score=score, sentence=sentence)
