"""A season whose draw was committed to, published and drawn, on days of its own."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from assessor_kit import journey, tables
from assessor_kit.store import Workspace, append_rows

MADE = datetime(2027, 1, 1, tzinfo=UTC)
PUBLISHED = datetime(2027, 1, 2, tzinfo=UTC)
KNOWN = datetime(2027, 1, 15, 12, tzinfo=UTC)
SOURCE = "dice, 12 rolls, on 2027-01-15 12:00 before Ann Lee and Bo Day"
SEED = "4 6 3 1 1 2 5 6 2 2 1 3"


@dataclass(frozen=True, kw_only=True)
class CommittedSeason:
    """The season, and the contents of the two files that were published."""

    workspace: Workspace
    draw_id: str
    digest: str
    commitment: dict
    draw: dict
    files: tuple[Path, Path]


def member(number, **fields):
    return {
        "member_no": f"X{number:07d}",
        "joined_on": None,
        "left_on": None,
        "deceased": False,
        "do_not_contact": False,
        "name": f"Member {number}",
        "email": f"x{number}@example.org",
        "grade": "MIET",
        "registration": "",
        "discipline": "power",
        "employer": "",
        "opted_in_on": None,
        **fields,
    }


def season_of_members(folder, members, **fields):
    made = Workspace.create(folder)
    rows = [member(number, **fields) for number in range(1, members + 1)]
    append_rows(made, tables.REGISTER, pd.DataFrame(rows))
    return made


def commit(season, **options):
    return journey.commit_draw(
        season, **{"cpd_year": 2016, "seed_from": SOURCE, "now": MADE, **options}
    )


def publish(season, draw_id="2016-1", **options):
    return journey.record_publishing(
        season,
        draw_id,
        **{"who": "Ann Lee", "where": "https://example.org/draw", "now": PUBLISHED, **options},
    )


def committed_season(folder, *, members=200, size=20, reserve_percent=20, **options):
    """Make a season of members, 20 of whom are drawn, and 3 of whom are drawn for certain."""
    season = season_of_members(folder, members)
    options = {"certain": ["X0000001", "X0000002", "X0000003"], **options}
    made = commit(season, size=size, reserve_percent=reserve_percent, **options)
    file = journey.commitment_file_of(season, "2016-1")
    file.parent.mkdir(exist_ok=True)
    file.write_text(made.content, encoding="utf-8")
    publish(season)
    draw_id, _ = journey.draw(season, cpd_year=2016, seed=SEED, now=KNOWN)
    drawn = journey.draw_file_of(season, draw_id)
    return CommittedSeason(
        workspace=season,
        draw_id=draw_id,
        digest=made.digest,
        commitment=journey.read_json(file),
        draw=journey.read_json(drawn),
        files=(file, drawn),
    )
