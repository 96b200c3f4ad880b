"""The one rule behind every standing: what the doubt could change is unclear, whichever way it would fall."""

from __future__ import annotations

import narwhals as nw

from assessor_kit.vocabulary import Standing, TargetBasis

# Shares are compared as whole parts: the same integers on every engine, where 0.7 may be a float on one and a decimal on another.
PARTS = 10_000


def parts_of(share: float) -> int:
    """A share such as 0.7 as whole parts of PARTS."""
    return round(share * PARTS)


def against_minimum(*, sure: nw.Expr, possible: nw.Expr, needed: nw.Expr) -> nw.Expr:
    """Sure minutes alone reach the minimum: met. All that may count does not: below guideline. Otherwise unclear.

    Where nothing is needed (null): unclear while the target itself is, else not applicable.
    """
    agreed_later = nw.col("target_basis") == TargetBasis.UNCLEAR.value
    nothing_needed = nw.when(agreed_later).then(word(Standing.UNCLEAR)).otherwise(word(Standing.NOT_APPLICABLE))
    needed_or_zero = needed.fill_null(0)
    doubt = nw.when(possible < needed_or_zero).then(word(Standing.BELOW_GUIDELINE)).otherwise(word(Standing.UNCLEAR))
    decided = nw.when(sure >= needed_or_zero).then(word(Standing.MET)).otherwise(doubt)
    return nw.when(needed.is_null()).then(nothing_needed).otherwise(decided)


def advisory(*, surely: nw.Expr, possibly: nw.Expr, applies: nw.Expr | None = None, may_apply: nw.Expr | None = None) -> nw.Expr:
    """As suggested whatever the doubt resolves to; a different mix whatever it resolves to; otherwise unclear.

    `applies`: there is something to look at whatever the doubt resolves to; `may_apply`: there could be. Between the two the
    standing is unclear as well. `may_apply` is `applies` where the doubt does not touch it.
    """
    doubt = nw.when(possibly).then(word(Standing.UNCLEAR)).otherwise(word(Standing.DIFFERENT_MIX))
    decided = nw.when(surely).then(word(Standing.AS_SUGGESTED)).otherwise(doubt)
    if applies is None:
        return decided
    if may_apply is None:
        return nw.when(applies).then(decided).otherwise(word(Standing.NOT_APPLICABLE))
    doubtful = nw.when(may_apply).then(word(Standing.UNCLEAR)).otherwise(word(Standing.NOT_APPLICABLE))
    return nw.when(applies).then(decided).otherwise(doubtful)


def word(standing: Standing) -> nw.Expr:
    """A standing as a value."""
    return nw.lit(standing.value)
