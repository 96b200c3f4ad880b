"""The one rule behind every standing: if the doubt could change it, it is unclear.

A standing is worked out as a whole number (`Place`), and becomes a word of `Standing` where it is
kept or shown.
"""

from __future__ import annotations

from enum import IntEnum, auto

import narwhals as nw

from assessor_kit.vocabulary import Standing, TargetBasis

# Shares are compared as whole parts: the same integers on every engine, where 0.7 may be a float on
# one and a decimal on another.
PARTS = 10_000


class Place(IntEnum):
    """A standing as a number, before a criterion's own words are chosen."""

    NOT_APPLICABLE = 0
    SHORT = auto()
    UNCLEAR = auto()
    REACHED = auto()


def standing_words(*, is_advisory: bool) -> dict[int, str]:
    """Return the word of `Standing` for each place; advisory criteria have words of their own."""
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


def standing_expression(place: nw.Expr, *, is_advisory: bool) -> nw.Expr:
    """Return the word for a place as an expression, for engines that keep words."""
    words = standing_words(is_advisory=is_advisory)
    chosen = nw.lit(words[Place.NOT_APPLICABLE])
    for known in (Place.SHORT, Place.UNCLEAR, Place.REACHED):
        chosen = nw.when(place == known.value).then(nw.lit(words[known])).otherwise(chosen)
    return chosen


def parts_of(share: float) -> int:
    """Return a share such as 0.7 as a whole number of PARTS."""
    return round(share * PARTS)


def against_minimum(*, sure: nw.Expr, possible: nw.Expr, needed: nw.Expr) -> nw.Expr:
    """Return the standing of an amount of minutes that should reach a minimum.

    Met if the sure minutes alone reach it, below guideline if even all possible minutes do not,
    unclear otherwise. Where nothing is needed (null), the standing is unclear while the target
    itself is unclear, and not applicable otherwise.
    """
    asked = needed.fill_null(0)
    known = ~needed.is_null()
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
    """Return the standing that holds however the doubt is resolved, or unclear if none does.

    `surely` must imply `possibly`. `applies` says that there is something to consider however the
    doubt is resolved, `may_apply` that there could be; between the two the standing is unclear as
    well. Leave out `may_apply` if doubt cannot affect it.
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
    """Return the standing of a criterion that only a person can judge."""
    return nw.lit(Place.NOT_APPLICABLE.value).cast(nw.Int64)
