"""How do returns arrive? Flat CSV files in several dialects, and workbooks of one member each, the same bytes every time."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

from learning import SYNONYMS, WORDS
from openpyxl import Workbook
from records import Record

COLUMNS = (
    "member_no",
    "title",
    "activity_type",
    "area",
    "planned",
    "goal_id",
    "started_on",
    "hours",
    "competences",
    "reflection",
)
PLAIN = dict(zip(COLUMNS, COLUMNS, strict=True))
THEIRS = {
    "member_no": "Membership No",
    "title": "Description of activity",
    "activity_type": "TWAVES",
    "area": "Knowledge area",
    "planned": "Planned?",
    "goal_id": "Objective ref",
    "started_on": "Date(s) of activity",
    "hours": "Time spent",
    "competences": "UK-SPEC",
    "reflection": "What did you learn",
}
AREA_WORDS = {
    "personal_technical": "Personal technical",
    "job_role_technical": "Technical - role",
    "personal_soft": "Soft skills",
}
EPOCH = (2017, 1, 9, 9, 0, 0)


def as_uk(day: str) -> str:
    """An ISO day as dd/mm/yyyy."""
    year, month, date = day.split("-")
    return f"{date}/{month}/{year}"


def as_hours_and_minutes(hours: str) -> str:
    """1.5 as 1h30; what is not a plain number stays."""
    if not re.fullmatch(r"[\d.]+", hours):
        return hours
    minutes = round(float(hours) * 60)
    return f"{minutes // 60}h{minutes % 60:02d}"


def write_flat(
    path: Path, records: list[Record], *, dialect: str, without: tuple[str, ...] = ()
) -> None:
    """One flat file. `dialect`: plain, semicolon (decimal comma, Windows-1252) or tab (1h30, UTF-16)."""
    columns = [name for name in COLUMNS if name not in without]
    names = PLAIN if dialect == "plain" else THEIRS
    text = io.StringIO(newline="")
    writer = csv.writer(
        text,
        delimiter={"plain": ",", "semicolon": ";", "tab": "\t"}[dialect],
        lineterminator="\r\n",
    )
    writer.writerow([names[name] for name in columns])
    for record in records:
        for line in record.activities:
            row = {"member_no": record.member_no, **line}
            if dialect != "plain":
                row |= {
                    "started_on": as_uk(row["started_on"]),
                    "area": AREA_WORDS[row["area"]],
                    "activity_type": SYNONYMS[row["activity_type"]],
                }
            if dialect == "semicolon":
                row["hours"] = row["hours"].replace(".", ",")
            if dialect == "tab":
                row |= {
                    "hours": as_hours_and_minutes(row["hours"]),
                    "activity_type": line["activity_type"][0].upper(),
                }
            writer.writerow([row[name] for name in columns])
    encoding = {"plain": "utf-8", "semicolon": "cp1252", "tab": "utf-16"}[dialect]
    path.write_bytes(text.getvalue().encode(encoding))


def write_workbook(
    path: Path, record: Record, *, name: str, declared: str, without: tuple[str, ...] = ()
) -> None:
    """A member's workbook with the sheets Member, Plan and Activities."""
    book = Workbook()
    member = book.active
    member.title = "Member"
    member.append(["member_no", "name", "declared_hours"])
    member.append([record.member_no, name, float(declared) if declared else None])
    plan = book.create_sheet("Plan")
    plan.append(["goal_id", "goal", "area", "target_date", "planned_hours"])
    for goal in record.goals:
        plan.append(
            [
                goal["goal_id"],
                goal["goal"],
                AREA_WORDS[goal["area"]],
                as_uk(goal["target_date"]),
                float(goal["planned_hours"]),
            ]
        )
    sheet = book.create_sheet("Activities")
    columns = [column for column in COLUMNS if column not in {"member_no", *without}]
    sheet.append([THEIRS[column] for column in columns])
    for line in record.activities:
        row = {
            **line,
            "started_on": as_uk(line["started_on"]),
            "activity_type": WORDS[line["activity_type"]],
            "area": AREA_WORDS[line["area"]],
        }
        sheet.append(
            [
                (
                    float(row[column])
                    if column == "hours" and re.fullmatch(r"[\d.]+", row[column])
                    else row[column]
                )
                for column in columns
            ]
        )
    raw = io.BytesIO()
    book.save(raw)
    path.write_bytes(_same_every_time(raw.getvalue()))


def _same_every_time(data: bytes) -> bytes:
    """The workbook without the hour of its making."""
    fixed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in sorted(old.infolist(), key=lambda entry: entry.filename):
            content = (
                re.sub(
                    rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2017-01-09T09:00:00Z", old.read(entry)
                )
                if "core.xml" in entry.filename
                else old.read(entry)
            )
            info = zipfile.ZipInfo(entry.filename, EPOCH)
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 3
            new.writestr(info, content)
    return fixed.getvalue()


def write_rows(path: Path, rows: list[dict[str, str]]) -> None:
    """A plain CSV of staff's own."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
