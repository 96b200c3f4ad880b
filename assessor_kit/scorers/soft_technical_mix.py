"""Soft and technical mix: is there some of each?"""

from __future__ import annotations

import narwhals as nw

from assessor_kit.rules.schema import Criterion, Rules
from assessor_kit.scorers.criterion import Numbers, Scored, Scorer, Thresholds
from assessor_kit.scorers.standing import advisory
from assessor_kit.vocabulary import hours_text


def score(criterion: Criterion, rules: Rules) -> Scored:
    """Minutes of soft skills and of technical knowledge, each at least the share `at_least_share` of the total.

    The areas that a partly stated area covers are the technical ones; the rest are soft. No threshold is published.
    """
    share = criterion.thresholds["at_least_share"]
    technical_codes = {code for partly in rules.partly_stated_areas for code in (*partly.covers, partly.code)}
    technical = [choice.code for choice in (*rules.areas, *rules.partly_stated_areas) if choice.code in technical_codes]
    soft = [choice.code for choice in rules.areas if choice.code not in technical_codes]
    total, largest_total = nw.col("total_sure"), nw.col("total_sure") + nw.col("total_doubtful")
    unstated = nw.col("area_not_stated_sure") + nw.col("area_not_stated_doubtful")
    sides = [(_sum(soft, "sure"), _sum(soft, "doubtful")), (_sum(technical, "sure"), _sum(technical, "doubtful"))]
    surely = [(sure >= largest_total * share) & (sure > 0) for sure, _ in sides]
    possibly = [(sure + doubtful + unstated >= total * share) & (sure + doubtful + unstated > 0) for sure, doubtful in sides]
    return Scored(
        standing=advisory(surely=surely[0] & surely[1], possibly=possibly[0] & possibly[1], applies=nw.col("counted") > 0),
        numbers={"soft": sides[0][0] + sides[0][1], "technical": sides[1][0] + sides[1][1], "not_stated": unstated},
        thresholds={"at_least_share": share},
    )


def _sum(areas: list[str], certainty: str) -> nw.Expr:
    return nw.sum_horizontal(nw.lit(0), *(nw.col(f"area_{area}_{certainty}") for area in areas))


def sentence(_standing: str, numbers: Numbers, _thresholds: Thresholds, _rules: Rules) -> str:
    """Soft and technical hours."""
    unstated = f" For {hours_text(numbers['not_stated'])} neither is stated." if numbers["not_stated"] else ""
    return f"Technical {hours_text(numbers['technical'] or 0)}, soft skills {hours_text(numbers['soft'] or 0)}.{unstated}"


SCORER = Scorer(name="soft_technical_mix", score=score, sentence=sentence)
