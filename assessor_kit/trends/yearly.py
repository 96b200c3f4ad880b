"""Each year's figures from its sample, comparable from year to year."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from assessor_kit.rules.schema import Rules
from assessor_kit.trends.estimates import Estimate, stratified_mean, stratified_proportion

SMALLEST_GROUP = 10  # no figure is shown for fewer people than this
MEAN_HOURS = "Mean hours recorded"  # the one measure in hours; the others are shares
MINUTES_PER_HOUR = 60
SAID = {"met": "at or above the aim", "as suggested": "as the guideline suggests"}


def yearly_estimates(
    findings: pd.DataFrame,
    minutes: pd.Series[int],
    strata: pd.Series[str],
    *,
    population: Mapping[str, int],
    cpd_year: int,
    rules: Rules,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a table of one year's estimates, and a table of what was withheld.

    The first has cpd_year, measure, value, standard_error, low, high and number; the second
    cpd_year, measure and reason. `findings` are those of one year's returns; `minutes` and `strata`
    are by return_id; `population` maps each stratum to its number of members in the frame. A share
    is calculated only over returns whose finding is neither unclear nor not applicable.
    """
    rows: list[dict[str, object]] = []
    withheld: list[dict[str, object]] = []
    if rules.guideline.counts_hours:
        _keep(
            rows,
            withheld,
            cpd_year,
            MEAN_HOURS,
            len(minutes),
            lambda: stratified_mean(
                minutes / MINUTES_PER_HOUR, strata.reindex(minutes.index), population=population
            ),
        )
    for criterion in rules.criteria:
        decided = findings[
            (findings["criterion"] == criterion.code)
            & ~findings["standing"].isin(["unclear", "not applicable"])
        ].set_index("return_id")
        if criterion.scorer == "record_flags" or decided.empty:
            continue
        good = decided["standing"].isin(SAID)
        word = "as suggested" if criterion.advisory else "at or above the aim"
        _keep(
            rows,
            withheld,
            cpd_year,
            f"{criterion.label}: {word}",
            len(decided),
            lambda good=good: stratified_proportion(
                good, strata.reindex(good.index), population=population
            ),
        )
    names = ["cpd_year", "measure", "value", "standard_error", "low", "high", "number"]
    return pd.DataFrame(rows, columns=names), pd.DataFrame(
        withheld, columns=["cpd_year", "measure", "reason"]
    )


def _keep(
    rows: list[dict[str, object]],
    withheld: list[dict[str, object]],
    cpd_year: int,
    measure: str,
    number: int,
    estimate: object,
) -> None:
    if number < SMALLEST_GROUP:
        withheld.append(
            {
                "cpd_year": cpd_year,
                "measure": measure,
                "reason": f"fewer than {SMALLEST_GROUP} returns",
            }
        )
        return
    made: Estimate = estimate()  # type: ignore[operator]
    rows.append(
        {
            "cpd_year": cpd_year,
            "measure": measure,
            "value": made.value,
            "standard_error": made.standard_error,
            "low": made.low,
            "high": made.high,
            "number": number,
        }
    )


def counted_themes(judgements: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Return the advice given most often: theme, text (addressed to everyone), tone, returns.

    A theme counts once per return.
    """
    once = {
        (name, theme)
        for name, themes in zip(judgements["return_id"], judgements["themes"], strict=True)
        for theme in themes
    }
    counts = pd.Series([theme for _, theme in once], dtype=object).value_counts()
    known = {phrase.theme: phrase for phrase in rules.phrases}
    rows = [
        {
            "theme": theme,
            "text": known[theme].theme_text,
            "tone": known[theme].tone,
            "returns": int(number),
        }
        for theme, number in counts.items()
        if theme in known
    ]
    frame = pd.DataFrame(rows, columns=["theme", "text", "tone", "returns"])
    return frame.sort_values(["returns", "theme"], ascending=[False, True], ignore_index=True)
