"""Competence mix: how many of the competence areas do the activities name?"""

from __future__ import annotations

import narwhals as nw

from assessor_kit.rules.schema import Criterion, Rules
from assessor_kit.scorers.criterion import Numbers, Scored, Scorer, Thresholds
from assessor_kit.scorers.measures import Presence, activities_where, lines_where, presence
from assessor_kit.scorers.standing import standing


def score(criterion: Criterion, rules: Rules) -> Scored:
    """Competences named at least once; an activity that names none could have served all of them, or none. Threshold: at_least_kinds."""
    least, letters = (
        int(criterion.thresholds["at_least_kinds"]),
        [choice.code for choice in rules.competences],
    )
    named, not_stated = nw.col("competences_named"), nw.col("without_competences")
    possibly = (named >= least) | (not_stated > 0) if len(letters) >= least else named >= least
    return Scored(
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
    """How many of the letters are named, by activities that surely count or by any."""
    names = [f"competence_{letter}_presence" for letter in letters]
    return (
        nw.sum_horizontal((nw.col(*names) >= at_least.value).cast(nw.Int64))
        if names
        else nw.col("counted") * 0
    )


def sentence(_standing: str, numbers: Numbers, _thresholds: Thresholds, rules: Rules) -> str:
    """Which competences are named."""
    known = [choice.code for choice in rules.competences]
    named = [code for code in known if numbers.get(f"letter_{code}")]
    if not named:
        return "The activities name no competences."
    without, activities = numbers["not_stated"] or 0, numbers["activities"] or 0
    unstated = (
        f" {without} of {activities} activities {'names' if without == 1 else 'name'} none."
        if without
        else ""
    )
    listed = " and ".join(filter(None, (", ".join(named[:-1]), named[-1])))
    return f"Names {'all' if named == known else f'{len(named)} of the'} {len(known)} competences: {listed}.{unstated}"


SCORER = Scorer(name="competence_mix", score=score, sentence=sentence)
