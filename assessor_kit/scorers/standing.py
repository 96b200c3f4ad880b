"""The one rule behind every standing: what the doubt could change is unclear, whichever way it would fall.

A standing is worked out as a whole number (`Place`) and becomes a word of `Standing` where it is kept or shown.
"""

from __future__ import annotations

from enum import IntEnum, auto

import narwhals as nw

from assessor_kit.vocabulary import Standing, TargetBasis

# Shares are compared as whole parts: the same integers on every engine, where 0.7 may be a float on one and a decimal on another.
PARTS = 10_000


class Place(IntEnum):
    """A standing, before the criterion says in which words."""

    NOT_APPLICABLE = 0
    SHORT = auto()
    UNCLEAR = auto()
    REACHED = auto()


def words_of(*, is_advisory: bool) -> dict[int, str]:
    """Place -> word of `Standing`: advisory criteria have a pair of words of their own."""
    short, reached = (
        (Standing.DIFFERENT_MIX, Standing.AS_SUGGESTED)
        if is_advisory
        else (Standing.BELOW_GUIDELINE, Standing.MET)
    )
    return {
        Place.NOT_APPLICABLE: Standing.NOT_APPLICABLE.value,
        Place.SHORT: short.value,
        Place.UNCLEAR: Standing.UNCLEAR.value,
        Place.REACHED: reached.value,
    }


def in_words(place: nw.Expr, *, is_advisory: bool) -> nw.Expr:
    """The word of a place, for engines that keep words."""
    words = words_of(is_advisory=is_advisory)
    said = nw.lit(words[Place.NOT_APPLICABLE])
    for known in (Place.SHORT, Place.UNCLEAR, Place.REACHED):
        said = nw.when(place == known.value).then(nw.lit(words[known])).otherwise(said)
    return said


def parts_of(share: float) -> int:
    """A share such as 0.7 as whole parts of PARTS."""
    return round(share * PARTS)


def against_minimum(*, sure: nw.Expr, possible: nw.Expr, needed: nw.Expr) -> nw.Expr:
    """Sure minutes alone reach the minimum: met. All that may count does not: below guideline. Otherwise unclear.

    Where nothing is needed (null): unclear while the target itself is, else not applicable.
    """
    asked, known = needed.fill_null(0), ~needed.is_null()
    return standing(
        surely=sure >= asked,
        possibly=possible >= asked,
        applies=known,
        may_apply=known | (nw.col("target_basis") == TargetBasis.UNCLEAR.value),
    )


def standing(
    *,
    surely: nw.Expr,
    possibly: nw.Expr,
    applies: nw.Expr | None = None,
    may_apply: nw.Expr | None = None,
) -> nw.Expr:
    """Reached whatever the doubt resolves to; short whatever it resolves to; otherwise unclear. `surely` must imply `possibly`.

    `applies`: there is something to look at whatever the doubt resolves to; `may_apply`: there could be. Between the two the
    standing is unclear as well. Leave `may_apply` out where the doubt does not touch it.
    """
    decided = surely.cast(nw.Int64) + possibly.cast(nw.Int64) + Place.SHORT.value
    if applies is None:
        return decided
    looked_at = applies.cast(nw.Int64)
    return (
        decided * looked_at
        if may_apply is None
        else decided * looked_at + (may_apply.cast(nw.Int64) - looked_at) * Place.UNCLEAR.value
    )


def not_applicable() -> nw.Expr:
    """The standing of a criterion that only a person can judge."""
    return nw.lit(Place.NOT_APPLICABLE.value).cast(nw.Int64)
