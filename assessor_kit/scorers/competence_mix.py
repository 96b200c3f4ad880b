"""Competence mix: how many of the competence areas do the activities name?"""

from __future__ import annotations

import narwhals as nw

from assessor_kit.rules.schema import Criterion, Rules
from assessor_kit.scorers.criterion import CriterionExpressions, Numbers, Scorer, Thresholds
from assessor_kit.scorers.measures import Presence, activities_where, lines_where, presence
from assessor_kit.scorers.standing import standing


def score(criterion: Criterion, rules: Rules) -> CriterionExpressions:
    """Count the competences that are named at least once. Threshold: `at_least_kinds`.

    An activity that names none could have served all of them, or none.
    """
    least = int(criterion.thresholds["at_least_kinds"])
    letters = [choice.code for choice in rules.competences]
    named = nw.col("competences_named")
    not_stated = nw.col("without_competences")
    possibly = (named >= least) | (not_stated > 0) if len(letters) >= least else named >= least
    return CriterionExpressions(
        measures=[
            activities_where("counted"),
            lines_where("without_competences", (nw.col("competences") == "") & nw.col("counts")),
            *(
                presence(
                    f"competence_{letter}", nw.col("competences").str.contains(letter, literal=True)
                )
                for letter in letters
            ),
        ],
        derived={"competences_named": _named(letters, Presence.DOUBTFUL)},
        standing=standing(
            surely=_named(letters, Presence.SURE) >= least,
            possibly=possibly,
            applies=nw.col("counted_sure") > 0,
            may_apply=nw.col("counted") > 0,
        ),
        numbers={
            "named": named,
            "not_stated": not_stated,
            "activities": nw.col("counted"),
            **{f"letter_{letter}": nw.col(f"competence_{letter}_presence") for letter in letters},
        },
        thresholds={"at_least_kinds": least},
    )


def _named(letters: list[str], at_least: Presence) -> nw.Expr:
    """Return how many letters are named, by activities that surely count or by any."""
    names = [f"competence_{letter}_presence" for letter in letters]
    return (
        nw.sum_horizontal((nw.col(*names) >= at_least.value).cast(nw.Int64))
        if names
        else nw.col("counted") * 0
    )


def sentence(_standing: str, numbers: Numbers, _thresholds: Thresholds, rules: Rules) -> str:
    """Say which competences are named."""
    known = [choice.code for choice in rules.competences]
    named = [code for code in known if numbers.get(f"letter_{code}")]
    if not named:
        return "The activities name no competences."
    without = numbers["not_stated"] or 0
    activities = numbers["activities"] or 0
    verb = "names" if without == 1 else "name"
    unstated = f" {without} of {activities} activities {verb} none." if without else ""
    listed = " and ".join(filter(None, (", ".join(named[:-1]), named[-1])))
    share = "all" if named == known else f"{len(named)} of the"
    return f"Names {share} {len(known)} competences: {listed}.{unstated}"


SCORER = Scorer(name="competence_mix", score=score, sentence=sentence)
