"""Makes members' workbooks by the thousand, a millisecond each.

They are made from one real workbook by exchanging its texts and numbers.
"""

import io
import random
import re
import zipfile
from datetime import date, timedelta

from openpyxl import Workbook

ACTIVITIES = 12
HEADINGS = (
    "Title",
    "Activity type",
    "Area",
    "Planned",
    "Goal ID",
    "Started on",
    "Hours",
    "Competences",
    "Reflection",
)
TYPES = (
    "Training courses",
    "Work experience",
    "Academic study",
    "Volunteering",
    "Events and seminars",
    "Self-study",
    "Workshop",
    "Webinar",
)
AREAS = ("Personal technical", "Job-role technical", "Personal soft skills", "Technical")
WORDS = [
    "relay",
    "setting",
    "grid",
    "team",
    "site",
    "design",
    "review",
    "standard",
    "safety",
    "learnt",
    "changed",
    "practice",
    "client",
    "report",
    "model",
    "test",
    "method",
    "plan",
    "result",
    "detail",
    "tender",
    "cable",
    "fault",
    "limit",
    "Zoë",
    "café",
    "naïve",
    "£5",
    "<b>&amp;",
    "“quoted”",
    "ﬁ",
    "電力",
]


def template():
    """Return the parts of a real workbook, with marks where each member differs."""
    book = Workbook()
    member = book.active
    member.title = "Member"
    member.append(["Member no", "Name", "Declared hours"])
    member.append(["@NUMBER@", "@NAME@", 30])
    plan = book.create_sheet("Plan")
    plan.append(["Goal ID", "Goal", "Area", "Target date", "Planned hours"])
    plan.append(["G1", "@GOAL@", "Personal technical", date(2016, 12, 1), 10])
    sheet = book.create_sheet("Activities")
    sheet.append(list(HEADINGS))
    for number in range(ACTIVITIES):
        sheet.append(
            [
                f"@TITLE{number}@",
                f"@TYPE{number}@",
                f"@AREA{number}@",
                "yes" if number % 2 else "no",
                "G1" if number % 4 == 0 else None,
                date(2016, 1, 1) + timedelta(days=number * 28),
                1.5 + number / 2,
                "A, C",
                f"@REFLECTION{number}@",
            ]
        )
        sheet.cell(row=number + 2, column=6).number_format = "dd/mm/yyyy"
    file = io.BytesIO()
    book.save(file)
    with zipfile.ZipFile(file) as archive:
        return with_shared_strings({name: archive.read(name) for name in archive.namelist()})


def with_shared_strings(parts):
    """Return the same workbook with its texts in a part of their own, as Excel keeps them."""
    strings = []

    def shared(found):
        strings.append(found[2])
        return f'<c{found[1]} t="s"><v>{len(strings) - 1}</v></c>'

    for name in [name for name in parts if name.startswith("xl/worksheets/")]:
        parts[name] = re.sub(
            r'<c([^>]*?) t="inlineStr"><is>(<t[^>]*>.*?</t>)</is></c>', shared, parts[name].decode()
        ).encode()
    parts["xl/sharedStrings.xml"] = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"{''.join(f'<si>{text}</si>' for text in strings)}</sst>"
    ).encode()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    relation = f'<Relationship Id="rId99" Type="{kind}" Target="sharedStrings.xml"/></Relationships>'.encode()
    parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>", relation
    )
    override = (
        b'<Override PartName="/xl/sharedStrings.xml"'
        b' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
        b"</Types>"
    )
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", override)
    return parts


def workbook(parts, number, chance):
    """Return one member's workbook as bytes."""

    def text(length):
        return (
            " ".join(chance.choices(WORDS, k=length))
            .replace("&amp;", "&")
            .replace("&", "&amp;")
            .replace("<", "&lt;")
        )

    strings = parts["xl/sharedStrings.xml"].decode()
    values = {"NUMBER": f"X{number:07d}", "NAME": "Ada Example", "GOAL": text(8)}
    for place in range(ACTIVITIES):
        values |= {
            f"TITLE{place}": text(4),
            f"TYPE{place}": chance.choice(TYPES),
            f"AREA{place}": chance.choice(AREAS),
            f"REFLECTION{place}": text(60),
        }
    for mark, value in values.items():
        strings = strings.replace(f"@{mark}@", value)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, part in parts.items():
            archive.writestr(name, strings.encode() if name == "xl/sharedStrings.xml" else part)
    return file.getvalue()


def make_folder(folder, number):
    """Make a folder of `number` workbooks, one for each member."""
    folder.mkdir(parents=True, exist_ok=True)
    parts, chance = template(), random.Random(20170109)
    for place in range(number):
        (folder / f"return_{place:06d}.xlsx").write_bytes(workbook(parts, place, chance))
