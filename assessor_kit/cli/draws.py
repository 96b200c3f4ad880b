"""Commands for a draw that anybody can check: commit, publish, draw, verify, call reserves."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from assessor_kit.cli.argument_types import (
    COUNT,
    FILE,
    MOMENT,
    PERCENT,
    PERSON,
    RATE,
    Mapping,
    NameOfPerson,
)
from assessor_kit.cli.command import (
    Answer,
    Command,
    at_most_one,
    exactly_one,
    is_dry_run,
    open_workspace,
    place_for,
    say,
    would,
    year_of,
)
from assessor_kit.cli.season import needed_year, only_year

REASONS = {"died": "has died", "left": "has left", "no-member": "is not a scheme member"}
SIZE_HELP = "How many members are drawn, with those drawn for certain."
reserve_option = click.option(
    "--reserve",
    type=PERCENT,
    default=0.0,
    metavar="P%",
    help="Reserves besides, as a share of those drawn. Default: none.",
)
carry_over_option = click.option(
    "--carry-over/--no-carry-over",
    default=True,
    help="Whether those deferred or carried over last year are drawn for certain. Default: they"
    " are.",
)
stratify_option = click.option(
    "--stratify-by",
    type=click.Choice(("grade", "registration", "discipline")),
    help="Whose words in the register are the strata. Default: as the rules say.",
)
draw_argument = click.argument(
    "draw_id", metavar="DRAW_ID", help="As `commit-draw` named it, such as 2016-1."
)


@click.command(
    "frame",
    cls=Command,
    keys=("cpd_year", "frame_size", "strata", "excluded"),
    example="assessor-kit frame --cpd-year 2016",
)
@only_year
@stratify_option
def frame(*, cpd_year: int | None, stratify_by: str | None) -> Answer:
    """Count who can be drawn, and who cannot and why."""
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)

    season = open_workspace()
    year = year_of(season, cpd_year)
    scope = journey.scope_of(season, cpd_year=year, stratify_by=stratify_by)
    return {
        "cpd_year": year,
        "frame_size": scope.frame_size,
        "strata": scope.strata,
        "excluded": scope.excluded,
    }


@click.command(
    "commit-draw",
    cls=Command,
    keys=(
        "commitment",
        "draw_id",
        "digest",
        "root",
        "frame_size",
        "strata",
        "joined",
        "carried_over",
        "not_carried_over",
        "seed_from",
        "seed_known_at",
    ),
    show="commitment",
    table="strata",
    dry_run="copy",
    would="commit to a draw from {frame_size:member}, in {strata:stratum/strata}, with"
    " {carried_over:member} carried over from last year",
    example="assessor-kit commit-draw --cpd-year 2016 --rate 5% --reserve 20%"
    " --seed-from 'drand quicknet at 2027-01-15 12:00' --out commitment.json",
)
@needed_year
@click.option("--size", type=COUNT, metavar="N", help=SIZE_HELP)
@click.option("--rate", type=RATE, metavar="P%", help="The share of the frame that is drawn.")
@reserve_option
@stratify_option
@click.option(
    "--seed-from",
    required=True,
    metavar="TEXT",
    help="Where the seed will come from, and when: 'drand quicknet at 2027-01-15 12:00', 'lottery"
    " UK Lotto, 6 numbers, on 2027-01-16 20:30' or 'dice, 12 rolls, on 2027-01-15 12:00 before Ann"
    " Lee and Bo Day'. Times are UTC.",
)
@click.option("--out", type=FILE, metavar="FILE", help="The file to publish. Default: DIR/draws.")
@click.option(
    "--certain",
    type=PERSON,
    multiple=True,
    metavar="MEMBER",
    help="Drawn for certain, by membership number; may be given again.",
)
@carry_over_option
@click.option(
    "--recent-years",
    type=COUNT,
    metavar="N",
    help="Members reviewed in the last N years are drawn at --recent-rate.",
)
@click.option("--recent-rate", type=RATE, metavar="P%", help="With --recent-years: above 0.")
@click.option(
    "--spread",
    type=Mapping(),
    multiple=True,
    metavar="'STRATUM=S'",
    help="Neyman sizes: how much members of a stratum differ, such as 'MIET=0.42'; for each one.",
)
@click.option("--page", default="", metavar="ADDRESS", help="Where members will find the page.")
def commit(
    *,
    cpd_year: int,
    size: int | None,
    rate: float | None,
    reserve: float,
    stratify_by: str | None,
    seed_from: str,
    out: Path | None,
    certain: tuple[str, ...],
    carry_over: bool,
    recent_years: int | None,
    recent_rate: float | None,
    spread: tuple[tuple[str, str], ...],
    page: str,
) -> Answer:
    """Fix a draw before its seed exists, and write the file to publish."""
    exactly_one(size=size, rate=rate)
    if bool(recent_years) != bool(recent_rate):
        raise click.UsageError("Give --recent-years and a --recent-rate above 0 together.")
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)
    from assessor_kit.cli.lookups.named import member_named  # noqa: PLC0415
    from assessor_kit.files import write_private  # noqa: PLC0415

    season = open_workspace()
    made = journey.commit_draw(
        season,
        cpd_year=cpd_year,
        seed_from=seed_from,
        size=size,
        rate_percent=rate,
        reserve_percent=reserve,
        stratify_by=stratify_by,
        certain=[member_named(season, one) for one in certain],
        carry_over=journey.CARRIED_OVER if carry_over else (),
        recent_years=recent_years or 0,
        recent_rate_percent=recent_rate or 0.0,
        spread=dict(spread),
        page_address=page,
    )
    stated = made.commitment
    file = place_for(out) if out else journey.commitment_file_of(season, stated.draw_id)
    write_private(file, made.content)
    return {
        "commitment": str(file),
        "draw_id": stated.draw_id,
        "digest": made.digest,
        "root": stated.root,
        "frame_size": stated.frame_size,
        "strata": [
            {
                "stratum": one.name,
                "kind": one.kind,
                "members": one.members,
                "selected": one.selected,
                "reserves": one.reserves,
            }
            for one in stated.design.strata
        ],
        "joined": list(stated.design.merged),
        "carried_over": _rows(made.carried_over.drawn, "state"),
        "not_carried_over": _rows(made.carried_over.left_out, "why"),
        "seed_from": stated.seed_from.in_words(),
        "seed_known_at": stated.as_dict()["seed_known_at"],
    }


def _rows(words_of: dict[str, str], heading: str) -> list[dict[str, str]]:
    return [{"member": number, heading: words} for number, words in sorted(words_of.items())]


@click.command(
    "record-publishing",
    cls=Command,
    keys=("draw_id", "digest"),
    dry_run="copy",
    would="record that the commitment {draw_id} was published",
    example="assessor-kit record-publishing 2016-1 --by 'Ann Lee'"
    " --where https://example.org/draw --file commitment.json",
)
@draw_argument
@click.option("--by", type=NameOfPerson(), required=True, metavar="NAME", help="Who published it.")
@click.option("--where", required=True, metavar="TEXT", help="Where, such as a page's address.")
@click.option(
    "--at",
    type=MOMENT,
    metavar="MOMENT",
    help="When, such as '2027-01-14 09:30', in UTC. Default: now.",
)
@click.option("--file", type=FILE, metavar="FILE", help="What was published, to be compared.")
def published(
    *, draw_id: str, by: str, where: str, at: datetime | None, file: Path | None
) -> Answer:
    """Record who published a commitment, when and where."""
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)

    digest = journey.record_publishing(
        open_workspace(), draw_id, who=by, where=where, at=at, file=file
    )
    return {"draw_id": draw_id, "digest": digest}


@click.command(
    "withdraw-commitment",
    cls=Command,
    keys=("draw_id",),
    dry_run="copy",
    would="withdraw the commitment {draw_id}",
    example="assessor-kit withdraw-commitment 2016-1 --reason 'the register lacked a branch'",
)
@draw_argument
@click.option("--reason", required=True, metavar="TEXT", help="Why; it stays on the record.")
def withdraw(*, draw_id: str, reason: str) -> Answer:
    """Withdraw a commitment under which nothing was drawn."""
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)

    journey.withdraw_commitment(open_workspace(), draw_id, reason=reason)
    return {"draw_id": draw_id}


@click.command(
    "draw",
    cls=Command,
    keys=(
        "draw_id",
        "frame_size",
        "frame_digest",
        "selected",
        "reserves",
        "for_certain",
        "not_carried_over",
        "verifiable",
        "commitment",
        "draw_file",
        "page",
    ),
    show="draw",
    dry_run="copy",
    example="assessor-kit draw --cpd-year 2016 --seed '6 2 4 1 1 5 3 3 2 6 4 1'\n"
    "assessor-kit draw --cpd-year 2016 --rate 5% --reserve 10% --seed '4 17 23 31'",
)
@needed_year
@click.option("--size", type=COUNT, metavar="N", help="Without a commitment: how many are drawn.")
@click.option("--rate", type=RATE, metavar="P%", help="The share of the frame that is drawn.")
@click.option(
    "--seed",
    required=True,
    metavar="S",
    help="What the source of seeds gave: figures, or the signature of a drand round.",
)
@click.option(
    "--signature-before",
    default="",
    metavar="HEX",
    help="For a round of drand's mainnet: the signature of the round before it.",
)
@reserve_option
@stratify_option
@carry_over_option
@click.option("--reason", default="", metavar="TEXT", help="Why the year has a second draw.")
def draw(
    *,
    cpd_year: int,
    size: int | None,
    rate: float | None,
    seed: str,
    signature_before: str,
    reserve: float,
    stratify_by: str | None,
    carry_over: bool,
    reason: str,
) -> Answer:
    """Draw the year's sample, under its commitment. A dry run says how many, but not who."""
    at_most_one(size=size, rate=rate)
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)

    season = open_workspace()
    states = journey.CARRIED_OVER if carry_over else ()
    again = journey.carried_over(season, cpd_year=cpd_year, states=states)
    draw_id, made = journey.draw(
        season,
        cpd_year=cpd_year,
        seed=seed,
        size=size,
        rate_percent=rate,
        reserve_percent=reserve,
        reason=reason,
        signature_before=signature_before,
        carry_over=states,
        stratify_by=stratify_by,
    )
    file = journey.draw_file_of(season, draw_id) if made.commitment else None
    answer = {
        "draw_id": draw_id,
        "frame_size": made.frame_size,
        "frame_digest": made.frame_digest,
        "selected": made.selected,
        "reserves": made.reserves,
        "for_certain": made.for_certain,
        # a commitment said so itself, of the day on which it was made
        "not_carried_over": [] if made.commitment else _rows(again.left_out, "why"),
        "verifiable": bool(made.commitment),
        "commitment": made.commitment or None,
        "draw_file": str(file) if file else None,
        "page": str(file.with_suffix(".html")) if file else None,
    }
    if is_dry_run():
        # Nobody's number: whoever saw them could try seeds until somebody comes out.
        would(f"draw {made.size:,} of {made.frame_size:,} members and {made.reserve:,} reserves")
        return {**answer, "draw_id": "", "selected": [], "reserves": []}
    return answer


@click.command(
    "verify-draw",
    cls=Command,
    keys=("verified", "verifiable", "reasons", "digest", "recomputed"),
    show="verification",
    example="assessor-kit verify-draw 2016-1\n"
    "assessor-kit verify-draw --commitment commitment.json --draw 2016-1.json",
)
@click.argument(
    "draw_id", required=False, metavar="[DRAW_ID]", help="As `draw` named it, such as 2016-1."
)
@click.option(
    "--commitment",
    type=FILE,
    metavar="FILE",
    help="The published commitment; with --draw, no workspace is needed.",
)
@click.option("--draw", "draw_file", type=FILE, metavar="FILE", help="The published draw.")
@click.option(
    "--published",
    default="",
    metavar="DIGEST",
    help="The commitment's digest as it was printed when it was published.",
)
def check_draw(
    *, draw_id: str | None, commitment: Path | None, draw_file: Path | None, published: str
) -> Answer:
    """Repeat a draw from its two published files, or from the workspace."""
    if bool(draw_id) == bool(commitment or draw_file) or bool(commitment) != bool(draw_file):
        raise click.UsageError("Give a DRAW_ID, or both --commitment FILE and --draw FILE.")
    from assessor_kit import journey, sampling  # noqa: PLC0415  (loads pandas)

    if commitment and draw_file:
        found = sampling.verify_files(
            journey.read_json(commitment), journey.read_json(draw_file), published=published
        )
        return {
            "verified": found.verified,
            "verifiable": True,
            "reasons": list(found.reasons),
            "digest": found.digest,
            "recomputed": {"strata": list(found.strata)},
        }
    checked = journey.check_draw(open_workspace(), str(draw_id))
    if not checked.verifiable:
        say(f"Draw {draw_id} is {journey.NOT_VERIFIABLE}.")
    return {
        "verified": checked.verified,
        "verifiable": checked.verifiable,
        "reasons": list(checked.reasons),
        "digest": checked.again.commitment or None,
        "recomputed": {
            "frame_digest": checked.again.frame_digest,
            "selected": checked.again.selected,
            "reserves": checked.again.reserves,
        },
    }


@click.command(
    "draw-record",
    cls=Command,
    keys=("cpd_year", "events"),
    table="events",
    example="assessor-kit draw-record --cpd-year 2016",
)
@only_year
def record(*, cpd_year: int | None) -> Answer:
    """Show what was done and tried about a year's draws."""
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)

    season = open_workspace()
    year = year_of(season, cpd_year)
    events = journey.draw_record(season, cpd_year=year)
    return {
        "cpd_year": year,
        "events": [
            {
                "at": f"{row.happened_at:%Y-%m-%d %H:%M}",
                "recorded": f"{row.recorded_at:%Y-%m-%d %H:%M}",
                "what": row.kind,
                "draw": row.draw_id,
                "who": row.who,
                "seed": row.seed,
                "detail": row.detail,
            }
            for row in events.itertuples()
        ],
    }


@click.command(
    "call-reserve",
    cls=Command,
    keys=("called", "in_place_of", "stratum", "rank"),
    dry_run="copy",
    would="call the reserve of rank {rank} in stratum {stratum}, {called}",
    example="assessor-kit call-reserve X0010044 --because died --cpd-year 2016",
)
@click.argument(
    "member", type=PERSON, metavar="MEMBER", help="Who was drawn and turns out ineligible."
)
@only_year
@click.option(
    "--because",
    type=click.Choice(tuple(REASONS)),
    required=True,
    help="Why. Whoever does not answer is not replaced.",
)
@click.option("--by", default="", metavar="NAME", help="Who found it out.")
def call(*, member: str, cpd_year: int | None, because: str, by: str) -> Answer:
    """Call the next reserve in place of an ineligible member."""
    from assessor_kit import journey  # noqa: PLC0415  (loads pandas)
    from assessor_kit.cli.lookups.named import member_named  # noqa: PLC0415

    season = open_workspace()
    done = journey.call_reserve(
        season,
        cpd_year=year_of(season, cpd_year),
        member_no=member_named(season, member),
        because=REASONS[because],
        who=by,
    )
    return {
        "called": done.member_no,
        "in_place_of": done.in_place_of,
        "stratum": done.stratum,
        "rank": done.rank,
    }


COMMANDS = (frame, commit, published, withdraw, draw, check_draw, record, call)
