"""The one rule behind every standing: what the doubt could change is unclear, whichever way it would fall."""

from __future__ import annotations

import narwhals as nw

from assessor_kit.vocabulary import Standing


def against_minimum(*, sure: nw.Expr, doubtful: nw.Expr, needed: nw.Expr) -> nw.Expr:
    """Sure minutes alone reach the minimum: met. Sure and doubtful together do not: below guideline. Otherwise unclear.

    Where nothing is needed (null): unclear while the target itself is, else not applicable.
    """
    nothing_needed = nw.when(nw.col("target_basis") == "unclear").then(_word(Standing.UNCLEAR)).otherwise(_word(Standing.NOT_APPLICABLE))
    needed_or_zero = needed.fill_null(0)
    doubt = nw.when(sure + doubtful < needed_or_zero).then(_word(Standing.BELOW_GUIDELINE)).otherwise(_word(Standing.UNCLEAR))
    decided = nw.when(sure >= needed_or_zero).then(_word(Standing.MET)).otherwise(doubt)
    return nw.when(needed.is_null()).then(nothing_needed).otherwise(decided)


def advisory(*, surely: nw.Expr, possibly: nw.Expr, applies: nw.Expr | None = None) -> nw.Expr:
    """As suggested whatever the doubt resolves to; a different mix whatever it resolves to; otherwise unclear."""
    doubt = nw.when(possibly).then(_word(Standing.UNCLEAR)).otherwise(_word(Standing.DIFFERENT_MIX))
    decided = nw.when(surely).then(_word(Standing.AS_SUGGESTED)).otherwise(doubt)
    if applies is None:
        return decided
    return nw.when(applies).then(decided).otherwise(_word(Standing.NOT_APPLICABLE))


def _word(standing: Standing) -> nw.Expr:
    return nw.lit(standing.value)
