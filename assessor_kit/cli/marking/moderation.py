"""Commands for second markings, differences between markings, and what assessors raise."""

from __future__ import annotations

from typing import Any

import click

from assessor_kit.cli.argument_types import PERCENT, RETURN, Mapping, NameOfPerson
from assessor_kit.cli.command import Answer, Group, open_workspace, would, year_of
from assessor_kit.cli.season import only_year

REASONS = {
    "asks": "outcome asks something",
    "near": "near a threshold",
    "new": "new assessor",
    "flagged": "flagged",
}
SIDES = ("first", "second", "fresh", "agreed")
ANSWERS = {
    "stands": "it stands",
    "change": "rules or finding should change",
    "moderator": "sent to a moderator",
}
ABOUT = {"second-look": "second look", "disagreement": "disagreement"}
RETURN_HELP = "R-code, return id or membership number."
named_return = click.argument("name", type=RETURN, metavar="RETURN", help=RETURN_HELP)
by_option = click.option(
    "--by",
    type=NameOfPerson(),
    required=True,
    metavar="NAME",
    help="Who does it; kept in the log. Nobody who marks the return or has a conflict.",
)


@click.group(
    "moderate", cls=Group, short_help="Second markings, differences, and what assessors raise."
)
def moderate() -> None:
    """Choose second markings, settle where two differ, and answer what assessors raise.

    The same is done on a page, with the record beside it, in the notebook 06_moderate.
    """


@moderate.command(
    "list",
    keys=("waiting", "chosen"),
    table="waiting",
    example="assessor-kit moderate list --cpd-year 2016\n"
    "assessor-kit moderate list --cpd-year 2016 --format csv",
)
@only_year
def list_waiting(*, cpd_year: int | None) -> Answer:
    """List what waits for staff: what differs, what is raised, what is short.

    It names no words of anybody: those are read in the notebook.
    """
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)

    season = open_workspace()
    year = year_of(season, cpd_year)
    choices = journey.by_pseudonym(season, journey.choices_of_year(season, cpd_year=year))
    return {
        "waiting": [
            {
                "return": one.pseudonym,
                "kind": one.kind,
                "since": one.since.date().isoformat(),
                "sentence": one.sentence,
                "next": one.next_command,
            }
            for one in journey.moderation_waiting(season, year)
        ],
        "chosen": [
            {**row, "chosen_at": row["chosen_at"].isoformat()} for row in choices.to_dict("records")
        ],
    }


@moderate.command(
    "select",
    keys=("chosen", "already", "released", "next"),
    table="chosen",
    dry_run="copy",
    would="choose {chosen:return} for a second marking",
    example="assessor-kit moderate select --cpd-year 2016 --share 10% --choose asks --choose"
    " flagged --seed 'spring 2017' --by 'Ada Byron' --dry-run",
)
@only_year
@click.option(
    "--share",
    type=PERCENT,
    metavar="P%",
    help="The random share of all returns. Default: the rules' own, which is none.",
)
@click.option(
    "--choose",
    multiple=True,
    type=click.Choice(tuple(REASONS)),
    help="Choose each return whose outcome asks something, with a finding near its mark, of a new"
    " assessor, or flagged by its assessor. May be given several times. Default: the rules' own.",
)
@click.option("--seed", default="", metavar="S", help="Decides the random share; kept with it.")
@by_option
def select(
    *, cpd_year: int | None, share: float | None, choose: tuple[str, ...], seed: str, by: str
) -> Answer:
    """Choose returns for a second marking, each with its reasons.

    The second assessor sees nothing of the first marking. `assessor-kit allocate` gives the
    returns to them afterwards.
    """
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)
    from assessor_kit.cli.lookups.before import require_returns  # noqa: PLC0415
    from assessor_kit.vocabulary import SecondMarkingReason  # noqa: PLC0415

    season = open_workspace()
    year = year_of(season, cpd_year)
    require_returns(season, year)
    words = [SecondMarkingReason(REASONS[one]) for one in choose]
    made = journey.select_second_markings(
        season,
        cpd_year=year,
        seed=seed,
        by=by,
        share_percent=share,
        choose=words if choose or share is not None else None,
    )
    return {
        "chosen": _by_code(season, made.chosen),
        "already": _by_code(season, made.already),
        "released": _by_code(season, made.released),
        "next": f"assessor-kit allocate --cpd-year {year} --seed SEED" if made.chosen else "",
    }


def _by_code(season: Any, found: dict[str, tuple[str, ...]]) -> list[dict[str, str]]:  # noqa: ANN401
    import pandas as pd  # noqa: PLC0415  (loaded already)

    from assessor_kit import journey  # noqa: PLC0415  (loaded already)

    rows = pd.DataFrame(
        {"return_id": list(found), "reasons": ["; ".join(of) for of in found.values()]},
        dtype=object,
    )
    shown = journey.by_pseudonym(season, rows).sort_values("return")
    return [
        {str(name): str(value) for name, value in row.items()} for row in shown.to_dict("records")
    ]


@moderate.command(
    "withdraw",
    keys=("withdrawn",),
    dry_run="copy",
    would="take back the choice of {withdrawn}",
    example="assessor-kit moderate withdraw R-7K2M --because 'nobody has room' --by 'Ada Byron'",
)
@named_return
@only_year
@click.option("--because", required=True, metavar="TEXT", help="Why; kept in the record.")
@by_option
def withdraw_choice(*, name: str, cpd_year: int | None, because: str, by: str) -> Answer:
    """Take back the choice of a return for a second marking that nobody has yet."""
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)
    from assessor_kit.cli.lookups.named import return_named  # noqa: PLC0415

    season = open_workspace()
    of = return_named(season, name, cpd_year=cpd_year)
    journey.withdraw_second_marking(season, of.return_id, why=because, by=by)
    return {"withdrawn": of.pseudonym}


@moderate.command(
    "take",
    keys=("agreed", "outcome", "taken", "waiting"),
    dry_run="copy",
    would="record what is agreed about {agreed}: {outcome}",
    example="assessor-kit moderate take R-7K2M --side first --because 'the plan is there' --by"
    " 'Ada Byron'\nassessor-kit moderate take R-7K2M --side first --point advice=second --because"
    " 'kinder words' --by 'Ada Byron'",
)
@named_return
@only_year
@click.option(
    "--side", required=True, type=click.Choice(SIDES), help="Whose judgement is taken as it is."
)
@click.option(
    "--point",
    "points",
    multiple=True,
    type=Mapping(),
    metavar="POINT=SIDE",
    help="A point that is taken from another side: a criterion's code, outcome, liked or advice."
    " May be given several times.",
)
@click.option(
    "--words",
    multiple=True,
    type=Mapping(),
    metavar="POINT=TEXT",
    help="Words of your own for the member in place of a comment, liked or advice. May be given"
    " several times.",
)
@click.option("--because", required=True, metavar="TEXT", help="Why; kept in the log.")
@by_option
def take_side(
    *,
    name: str,
    cpd_year: int | None,
    side: str,
    points: tuple[tuple[str, str], ...],
    words: tuple[tuple[str, str], ...],
    because: str,
    by: str,
) -> Answer:
    """Record what is agreed about a return whose markings differ.

    The markings stay as they are, beside it. Its feedback says what was agreed, and both
    assessors can read it.
    """
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)
    from assessor_kit.cli.lookups.named import return_named  # noqa: PLC0415

    season = open_workspace()
    of = return_named(season, name, cpd_year=cpd_year)
    judgement = journey.agree(
        season,
        of.return_id,
        side=side,
        points=dict(points),
        words=dict(words),
        why=because,
        by=by,
    )
    rules = season.rules(of.cpd_year)
    return {
        "agreed": of.pseudonym,
        "outcome": rules.label(judgement.outcome or ""),
        "taken": {"side": side, **dict(points)},
        "waiting": len(journey.moderation_waiting(season, of.cpd_year)),
    }


@moderate.command(
    "answer",
    keys=("answered", "answer", "waiting"),
    dry_run="copy",
    example="assessor-kit moderate answer R-7K2M --about second-look --answer stands --because"
    " 'the hours are there' --by 'Ada Byron'\nassessor-kit moderate answer R-7K2M --about"
    " disagreement --criterion total_hours --answer change --because 'the line was read twice'"
    " --by 'Ada Byron'",
)
@named_return
@only_year
@click.option(
    "--about", required=True, type=click.Choice(tuple(ABOUT)), help="What the assessor raised."
)
@click.option("--criterion", default="", metavar="CODE", help="Of a disagreement: on which point.")
@click.option(
    "--assessor", default="", metavar="ID", help="Who raised it, where two assessors did."
)
@click.option(
    "--answer",
    required=True,
    type=click.Choice(tuple(ANSWERS)),
    help="It stands; the rules or the finding should change; or a moderator decides.",
)
@click.option("--because", required=True, metavar="TEXT", help="The words that the assessor reads.")
@by_option
def answer_raised(
    *,
    name: str,
    cpd_year: int | None,
    about: str,
    criterion: str,
    assessor: str,
    answer: str,
    because: str,
    by: str,
) -> Answer:
    """Answer an assessor's second look or disagreement; the answer is shown on their screen."""
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)
    from assessor_kit.cli.lookups.named import return_named  # noqa: PLC0415
    from assessor_kit.vocabulary import Raised, StaffAnswer  # noqa: PLC0415

    season = open_workspace()
    of = return_named(season, name, cpd_year=cpd_year)
    if bool(criterion) != (about == "disagreement"):
        raise click.UsageError("Give --criterion with a disagreement, and with nothing else.")
    journey.answer_assessor(
        season,
        of.return_id,
        assessor_id=assessor
        or journey.who_raised(
            season, of.return_id, about=Raised(ABOUT[about]), criterion=criterion
        ),
        about=Raised(ABOUT[about]),
        criterion=criterion,
        answer=StaffAnswer(ANSWERS[answer]),
        words=because,
        by=by,
    )
    would(f"answer the {ABOUT[about]} about {of.pseudonym}: {ANSWERS[answer]}")
    return {
        "answered": of.pseudonym,
        "answer": ANSWERS[answer],
        "waiting": len(journey.moderation_waiting(season, of.cpd_year)),
    }


@moderate.command(
    "fresh",
    keys=("assigned", "assessor"),
    dry_run="copy",
    would="have {assessor} mark {assigned} afresh",
    example="assessor-kit moderate fresh R-7K2M --to A12 --because 'the member appealed' --by"
    " 'Ada Byron'",
)
@named_return
@only_year
@click.option("--to", required=True, metavar="ID", help="The assessor who marks it afresh.")
@click.option("--because", required=True, metavar="TEXT", help="Why; kept with the review.")
@by_option
def fresh(*, name: str, cpd_year: int | None, to: str, because: str, by: str) -> Answer:
    """Have a return marked afresh after an appeal, by somebody who sees no judgement of it."""
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)
    from assessor_kit.cli.lookups.named import return_named  # noqa: PLC0415

    season = open_workspace()
    of = return_named(season, name, cpd_year=cpd_year)
    journey.assign_fresh_reviewer(season, of.return_id, to, reason=because, by=by)
    journey.draw_first_charts(season)
    return {"assigned": of.pseudonym, "assessor": to}


COMMANDS = (moderate,)
