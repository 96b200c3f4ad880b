"""Activity mix: how many kinds of activity are there, and does one kind fill most of the time?"""

from __future__ import annotations

import narwhals as nw

from assessor_kit.errors import RulesError
from assessor_kit.rules.schema import Criterion, Rules
from assessor_kit.scorers.criterion import Numbers, Scored, Scorer, Thresholds
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


def score(criterion: Criterion, rules: Rules) -> Scored:
    """Kinds of activity, and the share of the largest. Thresholds: at_least_kinds, largest_share (none: not looked at).

    An activity is of one kind; one of no stated kind could be of any. `other` is a kind: valid activities *include* the listed ones.
    Doubtful minutes may count in full, in part or not at all, and an activity that does not count adds no kind.
    """
    least, share = int(criterion.thresholds.get("at_least_kinds", 1)), _parts(criterion)
    kinds = [*(choice.code for choice in rules.activity_types), "other"]
    # Activities of no stated kind are at the least all of one kind, at the most each of a new one.
    surely = nw.col("sure_kinds") >= least if least > 1 else nw.col("counted_sure") > 0
    possibly = (
        nw.col("any_kinds") + nw.col("type_not_stated") >= least
        if len(kinds) >= least
        else nw.col("counted") < 0
    )
    if share is not None:
        surely, possibly = surely & _stays_below(share), possibly & _could_stay_below(share)
    return Scored(
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
    """The largest share in whole parts. Below a half, whether activities of no stated kind could keep it is a packing problem."""
    share = criterion.thresholds.get("largest_share")
    if share is not None and not HALF < parts_of(share) <= PARTS:
        raise RulesError(
            f"largest_share is {share}",
            where=f"criterion {criterion.code}",
            expected="more than 0.5 and at most 1",
            advice="One kind dominates only where it takes more than half; leave the key out if shares are not looked at.",
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
    """How many kinds there are, and what each kind weighs when the doubt falls for it (`_most`) and against it (`_least`)."""
    counted = {
        "sure_kinds": _present(kinds, Presence.SURE),
        "any_kinds": _present(kinds, Presence.DOUBTFUL),
        "of_some_kind": nw.sum_horizontal(nw.col(*(f"type_{kind}" for kind in kinds))),
        "of_some_kind_sure": nw.sum_horizontal(nw.col(*(f"type_{kind}_sure" for kind in kinds))),
    }
    if share is None:
        return counted
    most = {
        f"type_{kind}_most": nw.col(f"type_{kind}") * (PARTS - share)
        + nw.col(f"type_{kind}_sure") * share
        for kind in kinds
    }
    least = {
        f"type_{kind}_least": nw.col(f"type_{kind}") * share
        + nw.col(f"type_{kind}_sure") * (PARTS - share)
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
    """Whichever way the doubt falls, every kind stays below the share (or there is no time at all).

    A kind is largest with its own doubtful minutes and all of no stated kind on its side, and no doubtful minute elsewhere: then
    (sure + doubtful + unstated) < share x (sure of all kinds + doubtful + unstated), brought to one side for each kind.
    """
    unstated = nw.col("total") - nw.col("of_some_kind")
    return (
        nw.col("heaviest_at_most")
        < nw.col("of_some_kind_sure") * share - unstated * (PARTS - share)
    ) | (nw.col("total") == 0)


def _could_stay_below(share: int) -> nw.Expr:
    """The doubt can fall so that every kind stays below the share.

    A kind is smallest with none of its doubtful minutes, and all others': sure < share x (total - its doubtful). Besides, the largest
    sure activity of no stated kind must be of some kind, so there must be one that it would not make too large. No more can stand
    in the way: of three kinds or more, only one at a time can hold over a half, and smaller activities always find a place.
    """
    room, alone = nw.col("total") * share, nw.col("largest_of_no_kind")
    fits = (alone == 0) | (alone * PARTS + nw.col("lightest_at_least") < room)
    return ((nw.col("heaviest_at_least") < room) & fits) | (nw.col("total_sure") == 0)


def sentence(_standing: str, numbers: Numbers, _thresholds: Thresholds, rules: Rules) -> str:
    """How many kinds, and the share of the largest."""
    kinds, most, total, unstated = (
        numbers[name] or 0 for name in ("kinds", "largest", "total", "not_stated")
    )
    text = "One kind of activity" if kinds == 1 else f"{kinds} kinds of activity"
    share = (
        f"; the largest takes {round(100 * most / total)} % of the time"
        if rules.guideline.counts_hours and total and kinds
        else ""
    )
    more = f" For {unstated} of the activities the kind is not stated." if unstated else ""
    return f"{text}{share}.{more}"


SCORER = Scorer(name="activity_mix", score=score, sentence=sentence)
