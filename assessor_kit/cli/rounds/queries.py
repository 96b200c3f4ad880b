"""Commands for members' queries and appeals."""

from __future__ import annotations

from datetime import date

import click

from assessor_kit.cli.argument_types import PERSON, Day
from assessor_kit.cli.command import Answer, Group, exactly_one, open_workspace, would, year_of
from assessor_kit.cli.rounds.shared import by_whom, what_words, with_reason
from assessor_kit.cli.season import only_year

query_argument = click.argument("name", metavar="QUERY", help="Its name, such as Q-7K2MX.")


@click.group("query", cls=Group, short_help="Members' queries and appeals, and the answers.")
def query() -> None:
    """Record what members ask about their review, and answer it in time."""


@query.command(
    "list", keys=("queries",), table="queries", example="assessor-kit query list --cpd-year 2016"
)
@only_year
def list_queries(*, cpd_year: int | None) -> Answer:
    """List the queries and appeals of a year by deadline, each with the next step."""
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)

    season = open_workspace()
    return {"queries": journey.queries_of(season, cpd_year=year_of(season, cpd_year))}


@query.command(
    "record",
    keys=("query", "due", "appeal"),
    dry_run="copy",
    example="assessor-kit query record 1234567 --what 'My course in May is missing.'"
    " --by 'Ada Byron'\n"
    "assessor-kit query record R-7K2M --appeal --what 'I ask for a fresh review.'"
    " --by 'Ada Byron'",
)
@click.argument(
    "member",
    type=PERSON,
    metavar="MEMBER",
    help="Who asks: by membership number, R-code or return id.",
)
@what_words
@by_whom
@click.option("--appeal", is_flag=True, help="The member asks for a fresh review.")
@click.option("--on", type=Day(), metavar="DAY", help="When the member asked. Default: today.")
@only_year
def ask_query(
    *, member: str, what: str, by: str, appeal: bool, on: date | None, cpd_year: int | None
) -> Answer:
    """Record a query or an appeal, with the day by which it is to be answered."""
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)
    from assessor_kit.cli.lookups.named import member_named  # noqa: PLC0415

    season = open_workspace()
    asked = journey.ask_query(
        season,
        member_no=member_named(season, member),
        cpd_year=year_of(season, cpd_year),
        what=what,
        by=by,
        is_appeal=appeal,
        asked_on=on,
    )
    kind = "an appeal" if appeal else "a query"
    would(f"record {kind}, to be answered by {asked.due_on:%d %B %Y}")
    return {"query": asked.query_id, "due": asked.due_on, "appeal": asked.is_appeal}


@query.command(
    "review",
    keys=("query", "reviewer"),
    dry_run="copy",
    would="give the return of {query} to {reviewer} for a fresh review",
    example="assessor-kit query review Q-7K2MX --to A12 --by 'Ada Byron'",
)
@query_argument
@click.option("--to", required=True, metavar="ASSESSOR", help="Who has not had the return.")
@by_whom
@with_reason
def review_appeal(*, name: str, to: str, by: str, reason: str) -> Answer:
    """Have an appeal reviewed by somebody who sees neither judgement."""
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)

    done = journey.review_appeal(open_workspace(), name, to=to, by=by, reason=reason)
    return {"query": done.query_id, "reviewer": done.reviewer}


@query.command(
    "answer",
    keys=("query", "changed", "next"),
    dry_run="copy",
    example="assessor-kit query answer Q-7K2MX --what 'It counts now; thank you.' --changed"
    " --by 'Ada Byron'",
)
@query_argument
@what_words
@click.option("--changed", is_flag=True, help="The outcome or the words of the feedback change.")
@click.option("--unchanged", is_flag=True, help="The feedback stays as it is.")
@by_whom
def close_query(*, name: str, what: str, changed: bool, unchanged: bool, by: str) -> Answer:
    """Answer a query or an appeal, and put the letter in the outbox."""
    exactly_one(changed=changed, unchanged=unchanged)
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)

    season = open_workspace()
    done = journey.close_query(season, name, answer=what, is_changed=changed, by=by)
    following = "feedback render" if changed else "outbox send"
    would(f"answer {done.query_id} and write to the member")
    return {
        "query": done.query_id,
        "changed": done.outcome_changed,
        "next": f"assessor-kit {following} --cpd-year {done.cpd_year}",
    }
