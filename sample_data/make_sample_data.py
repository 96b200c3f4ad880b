"""Make the sample data anew: `python sample_data/make_sample_data.py [FOLDER]`. The same seed gives the same bytes.

The kit itself draws the sample and allocates the returns, so that the demonstration that draws and
allocates again meets the same members.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]  # run as a script, from anywhere
os.environ["OPENPYXL_LXML"] = "False"  # the same bytes whether or not lxml is installed

import pandas as pd  # noqa: E402
from files import write_flat, write_rows, write_workbook  # noqa: E402
from judging import differing, judge  # noqa: E402
from people import make_assessors, make_members  # noqa: E402
from records import FAILINGS, Record, make_record  # noqa: E402

from assessor_kit.allocation import Allocation, Why, allocate_returns  # noqa: E402
from assessor_kit.loaders import Readers, ReceivedFile  # noqa: E402
from assessor_kit.rules import load_rules  # noqa: E402
from assessor_kit.sampling import draw_sample, frame_of  # noqa: E402
from assessor_kit.scorers import requirements_for, score_returns  # noqa: E402
from assessor_kit.tables import GOALS, STATUSES  # noqa: E402

SEED = 20170109
YEARS = {
    2014: (40, 36, "6 1 5 3 2 6"),
    2015: (60, 55, "2 2 4 6 1 5"),
    2016: (120, 112, "4 6 3 1 1 2 5 6"),
}
RESERVE_PERCENT, DEMONSTRATION, DOUBLE_MARK_PERCENT = 20, "A07", 18.75
# 133 markings: 112 returns and 21 second markings
CAPACITIES = [9, 9, 9, 9, 9, 9, 12, 10, 10, 9, 10, 9, 10, 9]
AWAY = (
    "no reply",
    "no reply",
    "no reply",
    "deferred",
    "deferred",
    "record held elsewhere",
    "record held elsewhere",
    "left",
)
HOURS = (30, 30, 30, 31.5, 33, 36, 38, 42, 45, 52, 74, 28.5, 24.5, 21, 27, 18)
WORKBOOKS, EXEMPLARY = 30, 10
LATEST = max(YEARS)
LONG_AGO = date(1900, 1, 1)


def make(folder: Path) -> dict[str, list[str]]:
    """Write everything into `folder`; gives planted failing -> membership numbers, for the README."""
    chance = random.Random(SEED)
    members = make_members(2_000, chance)
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {year: _drawn(members, year, folder) for year in YEARS}
    reduced, agreed = _set_circumstances(members, drawn[LATEST], folder)
    write_rows(folder / "register.csv", members)
    write_rows(
        folder / "opt_ins.csv",
        [
            {"member_no": one["member_no"], "name": one["name"], "opted_in_on": "2016-02-01"}
            for one in [one for one in members if not one["opted_in_on"]][:6]
        ],
    )
    write_rows(folder / "assessors.csv", make_assessors(CAPACITIES, random.Random(SEED + 1)))
    planted: dict[str, list[str]] = {}
    plan = []
    marked = pd.DataFrame(columns=["return_id", "assessor_id", "marking"])
    for year, (size, _, draw_seed) in YEARS.items():
        seed, marked = _make_year(
            folder, members, drawn[year], year, {**reduced, **agreed}, planted, marked
        )
        plan.append(
            f'[[year]]\ncpd_year = {year}\nsize = {size}\nseed = "{draw_seed}"\nreserve_percent ='
            f' {RESERVE_PERCENT}\nallocation_seed = "{seed}"\ndouble_mark_percent ='
            f" {DOUBLE_MARK_PERCENT if year == LATEST else 0}\n"
        )
    (folder / "plan.toml").write_text(
        "# What the demonstration draws and allocates, and with which seeds.\n\n" + "\n".join(plan),
        encoding="utf-8",
    )
    return planted


def _sent(path: Path) -> ReceivedFile:
    return ReceivedFile(file=path.name, data=path.read_bytes())


def _read(kind: str, paths: list[Path]) -> pd.DataFrame:
    """The rows of staff files, as the kit reads them."""
    with Readers(kind, processes=1) as readers:
        return pd.DataFrame(
            [row for _, result in readers.read(map(_sent, paths)) for row in result.rows],
            dtype=object,
        )


def _drawn(members: list[dict[str, str]], year: int, folder: Path) -> list[str]:
    write_rows(folder / "register.csv", members)
    frame = frame_of(_read("register", [folder / "register.csv"]), rules=load_rules("iet", year))
    size, _, seed = YEARS[year]
    return draw_sample(frame, seed=seed, size=size, reserve_percent=RESERVE_PERCENT).selected


def _set_circumstances(
    members: list[dict[str, str]], drawn: list[str], folder: Path
) -> tuple[dict[str, float], dict[str, float]]:
    """About ten reduced targets among those drawn: six retired or on leave all year, two for a part of it, two agreed case by case."""
    by_number = {one["member_no"]: one for one in members}
    status = (
        ["retired"] * 4 + ["maternity_leave", "parental_leave"] + ["retired", "maternity_leave"]
    )
    for place, (number, word) in enumerate(zip(drawn[5:45:5], status, strict=True)):
        by_number[number] |= {
            "professional_status": word,
            "volunteering": "no",
            "status_from": "2016-09-01" if place > 5 else "2014-03-01",
        }
    agreed = dict.fromkeys(drawn[50:60:5], 10.0)
    write_rows(
        folder / "circumstances.csv",
        [
            {
                "member_no": number,
                "cpd_year": str(LATEST),
                "kind": "agreed with staff",
                "from": "2016-02-01",
                "to": "2016-12-31",
                "agreed_target_hours": f"{hours:g}",
                "agreed_by": "CPD team",
                "agreed_on": "2016-03-07",
            }
            for number, hours in agreed.items()
        ],
    )
    for place, one in enumerate(members):
        if one["member_no"] not in set(drawn) and place % 17 == 0:
            one |= {"professional_status": "retired", "status_from": "2013-06-01"}
    return dict.fromkeys(drawn[5:45:5], 10.0), agreed


def _make_year(
    folder: Path,
    members: list[dict[str, str]],
    drawn: list[str],
    year: int,
    reduced: dict[str, float],
    planted: dict[str, list[str]],
    marked: pd.DataFrame,
) -> tuple[str, pd.DataFrame]:
    """Declarations, responses, returns and judgements of one year.

    `marked`: who was allocated whom the year before. Gives the allocation's seed and this year's.
    """
    chance = random.Random(SEED + year)
    by_number = {one["member_no"]: one for one in members}
    silent = set(
        chance.sample(
            [number for number in drawn if number not in reduced], len(drawn) - YEARS[year][1]
        )
    )
    answering = [number for number in drawn if number not in silent]
    latest = year == LATEST
    records = []
    # every figure of HOURS equally often, in no order
    turn = chance.sample(range(len(answering)), len(answering))
    for place, number in enumerate(answering):
        target = reduced.get(number, 30.0) if latest else 30.0
        hours = chance.choice((10, 10, 12, 9)) if target < 30 else HOURS[turn[place] % len(HOURS)]
        exemplary = latest and 40 <= place < 40 + EXEMPLARY
        failings = (
            tuple(chance.sample(FAILINGS, 1 + (place % 4 == 0)))
            if latest and place % 3 == 0 and not exemplary
            else ()
        )
        records.append(
            make_record(
                number,
                by_number[number]["discipline"],
                year,
                max(hours, 36) if exemplary else hours,
                failings,
                exemplary=exemplary,
                chance=chance,
            )
        )
        for failing in failings:
            planted.setdefault(failing, []).append(number)
    declared = _declarations(folder, members, records, year, chance)
    states = dict(
        zip(sorted(silent), (AWAY if latest else ("no reply",) * len(silent)), strict=True)
    )
    write_rows(
        folder / f"responses_{year}.csv",
        [
            {
                "member_no": number,
                "state": states.get(number, "received"),
                "noted_on": f"{year + 1}-03-01",
            }
            for number in sorted(drawn)
        ],
    )
    paths = _returns(folder, records, declared, by_number, year)
    findings = _findings(folder, paths, year)
    seed, allocation = _allocation(folder, records, by_number, marked, latest=latest)
    _judgements(folder / f"judgements_{year}.csv", records, findings, allocation, year, chance)
    return seed, allocation.allocated


def _declarations(
    folder: Path,
    members: list[dict[str, str]],
    records: list[Record],
    year: int,
    chance: random.Random,
) -> dict[str, str]:
    declared = {}
    for record in records:
        minutes_unlike = 1.4 if "unlike the declaration" in record.failings else 1.0
        declared[record.member_no] = f"{round(record.hours * minutes_unlike * 2) / 2:g}"
    others = {
        one["member_no"]: f"{chance.choice(HOURS):g}"
        for one in members
        if one["opted_in_on"] and chance.random() < 0.8
    }
    every = others | declared
    write_rows(
        folder / f"declarations_{year}.csv",
        [
            {
                "member_no": number,
                "cpd_year": str(year),
                "declared_hours": hours,
                "declared_on": f"{year + 1}-01-20",
            }
            for number, hours in sorted(every.items())
        ],
    )
    return declared


def _returns(
    folder: Path,
    records: list[Record],
    declared: dict[str, str],
    by_number: dict[str, dict[str, str]],
    year: int,
) -> list[Path]:
    if year != LATEST:
        write_flat(folder / f"returns_{year}.csv", records, dialect="plain")
        return [folder / f"returns_{year}.csv"]
    home = folder / f"returns_{year}"
    home.mkdir(exist_ok=True)
    books, flat = records[:WORKBOOKS], records[WORKBOOKS:]
    for place, record in enumerate(books):
        write_workbook(
            home / f"return_{place + 1:03d}.xlsx",
            record,
            name=by_number[record.member_no]["name"],
            declared=declared[record.member_no],
            without=_without(place),
        )
    quarter = -(-len(flat) // 4)
    for place, dialect in enumerate(("plain", "semicolon", "tab", "plain")):
        write_flat(
            home / f"returns_part_{place + 1}.csv",
            flat[place * quarter : (place + 1) * quarter],
            dialect=dialect,
            without=("planned",) if place == 3 else (),
        )
    return sorted(home.iterdir())


def _without(place: int) -> tuple[str, ...]:
    """A third of the files state nothing about planning, a quarter nothing about areas."""
    return (*(("planned",) if place % 3 == 0 else ()), *(("area",) if place % 4 == 0 else ()))


def _findings(folder: Path, paths: list[Path], year: int) -> pd.DataFrame:
    """The kit's findings on the files just written, by membership number."""
    rules = load_rules("iet", year)
    with Readers("returns", rules=rules) as readers:
        loaded = [sent for _, result in readers.read(map(_sent, paths)) for sent in result.returns]
    activities = pd.DataFrame(
        [{"return_id": sent.member_no, **line} for sent in loaded for line in sent.activities]
    )
    goals = pd.DataFrame(
        [{"return_id": sent.member_no, **goal} for sent in loaded for goal in sent.goals],
        columns=list(GOALS.column_names),
        dtype=object,
    )
    goals = goals.astype({"planned_minutes": "Int64"})
    returns = pd.DataFrame(
        {
            "return_id": [sent.member_no for sent in loaded],
            "member_no": [sent.member_no for sent in loaded],
            "declared_minutes": pd.NA,
        }
    )
    register = _read("register", [folder / "register.csv"])
    statuses = register[register["professional_status"] != ""][list(STATUSES.column_names)]
    statuses = statuses.assign(status_from=[day or LONG_AGO for day in statuses["status_from"]])
    circumstances = _read("circumstances", [folder / "circumstances.csv"]).astype(
        {"agreed_target_minutes": "Int64"}
    )
    requirements = requirements_for(returns, statuses, circumstances, rules)
    return score_returns(activities, goals, requirements, returns, rules)


def _allocation(
    folder: Path,
    records: list[Record],
    by_number: dict[str, dict[str, str]],
    marked: pd.DataFrame,
    *,
    latest: bool,
) -> tuple[str, Allocation]:
    """The first seed that gives the demonstration assessor twelve markings, just one of them a second marking, the others single ones."""
    returns = pd.DataFrame(
        [
            {
                "return_id": record.member_no,
                "member_no": record.member_no,
                "discipline": record.discipline,
                "employer": by_number[record.member_no]["employer"],
            }
            for record in records
        ]
    )
    assessors = pd.read_csv(folder / "assessors.csv", dtype=str, keep_default_na=False).astype(
        {"capacity": int}
    )
    for number in range(1, 4_000):
        made = allocate_returns(
            returns,
            assessors,
            seed=f"allocation {number}",
            double_mark_percent=DOUBLE_MARK_PERCENT if latest else 0,
            barred=marked.assign(why=Why.LAST_YEAR.value),
        )
        mine = made.allocated[made.allocated["assessor_id"] == DEMONSTRATION]
        doubles = mine[mine["return_id"].isin(made.double_marked)]
        if not latest or (
            len(mine) == 12 and list(doubles["marking"]) == ["second"] and made.unallocated.empty
        ):
            return f"allocation {number}", made
    raise SystemExit("No allocation seed fits: change the capacities.")


def _judgements(
    path: Path,
    records: list[Record],
    findings: pd.DataFrame,
    allocation: Allocation,
    year: int,
    chance: random.Random,
) -> None:
    rules = load_rules("iet", year)
    by_member = {record.member_no: record for record in records}
    rows, drafts = [], 0
    seconds = allocation.allocated[
        (allocation.allocated["marking"] == "second")
        & ~((year == LATEST) & (allocation.allocated["assessor_id"] == DEMONSTRATION))
    ]
    differs = differing(sorted(seconds["return_id"]), rules, chance)
    for one in allocation.allocated.sort_values(["marking", "return_id"]).itertuples():
        mine = year == LATEST and one.assessor_id == DEMONSTRATION
        if mine and (drafts or one.marking == "second"):
            continue
        judged = judge(
            by_member[one.return_id],
            findings[findings["return_id"] == one.return_id],
            rules,
            differs=differs.get(one.return_id, ()) if one.marking == "second" else (),
            chance=chance,
        )
        if mine:
            drafts += 1
            judged |= {name: "" for name in list(judged)[8:] if name != "themes"} | {"themes": ""}
        rows.append(
            {
                "member_no": one.return_id,
                "marking": one.marking,
                "state": "draft" if mine else "submitted",
                **judged,
                "private_note": "",
                "second_look": "no",
            }
        )
    write_rows(path, rows)


def main() -> None:
    """Make everything in a fresh folder, then put it in its place."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    with tempfile.TemporaryDirectory() as fresh:
        planted = make(Path(fresh))
        shutil.copytree(fresh, target, dirs_exist_ok=True)
    rows = "\n".join(
        f"| {failing} | {', '.join(sorted(numbers))} |"
        for failing, numbers in sorted(planted.items())
    )
    words = (HERE / "about.md").read_text(encoding="utf-8")
    (target / "README.md").write_text(
        f"{words}\n## Failings planted in the returns of {LATEST}\n\n| Failing | Members"
        f" |\n|---|---|\n{rows}\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
