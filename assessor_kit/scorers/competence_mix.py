"""Competence mix: how many of the competence areas do the activities name?"""

from __future__ import annotations

from functools import reduce
from operator import add

import narwhals as nw

from assessor_kit.rules.schema import Criterion, Rules
from assessor_kit.scorers.criterion import Numbers, Scored, Scorer, Thresholds
from assessor_kit.scorers.measures import Presence, activities_where, presence
from assessor_kit.scorers.standing import advisory


def score(criterion: Criterion, rules: Rules) -> Scored:
    """Competences named at least once; an activity that names none could have served all of them, or none. Threshold: at_least_kinds."""
    least, letters = int(criterion.thresholds["at_least_kinds"]), [choice.code for choice in rules.competences]
    named, not_stated = _named(letters, Presence.DOUBTFUL), nw.col("without_competences")
    possibly = (named >= least) | (not_stated > 0) if len(letters) >= least else named >= least
    return Scored(
        measures=[activities_where("counted"), activities_where("without_competences", nw.col("competences") == ""),
                  *(presence(f"competence_{letter}", nw.col("competences").str.contains(letter, literal=True)) for letter in letters)],
        standing=advisory(surely=_named(letters, Presence.SURE) >= least, possibly=possibly, applies=nw.col("counted_sure") > 0,
                          may_apply=nw.col("counted") > 0),
        numbers={"named": named, "not_stated": not_stated, "activities": nw.col("counted"),
                 **{f"letter_{letter}": _named([letter], Presence.DOUBTFUL) for letter in letters}},
        thresholds={"at_least_kinds": least},
    )


def _named(letters: list[str], at_least: Presence) -> nw.Expr:
    """How many of the letters are named, by activities that surely count or by any."""
    ones = [(nw.col(f"competence_{letter}_presence") >= at_least.value).cast(nw.Int64) for letter in letters]
    return reduce(add, ones) if ones else nw.col("counted") * 0


def sentence(_standing: str, numbers: Numbers, _thresholds: Thresholds, rules: Rules) -> str:
    """Which competences are named."""
    named = [choice.code for choice in rules.competences if numbers.get(f"letter_{choice.code}")]
    if not named:
        return "The activities name no competences."
    without, activities = numbers["not_stated"] or 0, numbers["activities"] or 0
    unstated = f" {without} of {activities} activities {'names' if without == 1 else 'name'} none." if without else ""
    return f"Competences named: {', '.join(named)} of {', '.join(choice.code for choice in rules.competences)}.{unstated}"


SCORER = Scorer(name="competence_mix", score=score, sentence=sentence)
