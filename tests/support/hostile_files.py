"""The bad-input matrix: what members' programs get wrong, and what an attacker would send.

There is one case for each: code, file (a function makes the large ones) and expectation. An
expectation is the text of the refusal, or a `Taken`: how many activities there are, the time of the
first one, what is rejected and what is flagged.
"""

from dataclasses import dataclass

from made_files import (
    activity,
    book_parts,
    flat_sheet,
    raw_zip,
    repeated,
    sheet,
    workbook,
    zipped,
)

ROW = "X0001,Talk,2016-03-01,1.5,Learnt\n"
HEADER = "member_no,title,started_on,hours,reflection\n"


@dataclass(frozen=True)
class Taken:
    activities: int = 1
    minutes: int | None = 90
    rejected: str = ""
    flagged: str = ""


def parts_with(name, content, **options):
    return zipped({**book_parts(flat_sheet(activity()), **options), name: content})


def bomb(name, chunk, times, **rest):
    packed, size = repeated(chunk, times)
    entries = [
        {"name": one, "content": part}
        for one, part in book_parts(flat_sheet(activity()), strings=["a"]).items()
        if one != name
    ]
    return raw_zip(
        *entries, {"name": name, "packed": packed, "size": rest.pop("size", size), **rest}
    )


def doctyped(declaration, body="&x;"):
    part = f"<?xml version='1.0'?>{declaration}" + flat_sheet(activity(title=body)).replace(
        "&amp;x;", "&x;"
    )
    return zipped({**book_parts(flat_sheet(activity())), "xl/worksheets/sheet1.xml": part.encode()})


def lying(**truth):
    entries = [
        {"name": name, "content": part} for name, part in book_parts(flat_sheet(activity())).items()
    ]
    return raw_zip(*entries[:-1], {**entries[-1], **truth})


LAUGHS = (
    "<!DOCTYPE l [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9))
    + "<!ENTITY x '&j;'>]>"
)
ERROR, DIVIDED = '<c t="e"><v>#N/A</v></c>', '<c t="e"><v>#DIV/0!</v></c>'


def formatted(number, code, *, column="hours"):
    styled = f'<c s="1"><v>{number}</v></c>'
    place = {
        "hours": {"hours": styled},
        "started_on": {"started": styled},
        "member_no": {"number": styled},
    }[column]
    return workbook(flat_sheet(activity(**place), activity(title="Good")), formats=[code])


def xlsx_cases():  # noqa: PLR0915 - a line per case
    big = b"<c/>" * 2**18
    yield (
        "X1 string of 1.1 GB",
        bomb("xl/sharedStrings.xml", b"a" * 2**20, 1100),
        "too large when unpacked",
    )
    yield (
        "X2 fifty million cells",
        bomb("xl/worksheets/sheet1.xml", big, 220),
        "too large when unpacked",
    )
    yield (
        "X3 shared strings without end",
        bomb("xl/sharedStrings.xml", b"<si><t>a</t></si>" * 2**16, 1000),
        "too large when unpacked",
    )
    yield (
        "X4 a size that lies",
        bomb("xl/worksheets/sheet1.xml", big, 220, size=1000),
        "not a whole file",
    )
    yield "X4 a checksum that lies", lying(crc=1), "not a whole file"
    yield (
        "X5 external entity",
        doctyped("<!DOCTYPE x [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"),
        "DTD",
    )
    yield "X6 billion laughs", doctyped(LAUGHS), "DTD"
    yield (
        "X6 quadratic entity",
        doctyped(f"<!DOCTYPE x [<!ENTITY x '{'a' * 100_000}'>]>", "&x;" * 1000),
        "DTD",
    )
    yield (
        "X7 external DTD",
        doctyped("<!DOCTYPE x SYSTEM 'http://127.0.0.1:9/x.dtd'>", "Talk"),
        "DTD",
    )
    utf16 = (
        "<?xml version='1.0' encoding='UTF-16'?><!DOCTYPE x SYSTEM 'x.dtd'>"
        + flat_sheet(activity())
    ).encode("utf-16")
    yield (
        "X7 external DTD in UTF-16",
        zipped({**book_parts(flat_sheet(activity())), "xl/worksheets/sheet1.xml": utf16}),
        "DTD",
    )
    yield (
        "X8 row 99999999999",
        workbook(
            flat_sheet(activity())
            .replace('<row r="2">', '<row r="99999999999">')
            .replace('A2"', 'A99999999999"')
        ),
        "too many rows",
    )
    yield (
        "X9 a size that the sheet only claims",
        workbook(flat_sheet(activity(), before='<dimension ref="A1:XFD10000"/>')),
        Taken(),
    )
    far = '<row r="3"><c r="XFD3"><v>1</v></c></row>'
    yield (
        "X10 far cell",
        workbook(flat_sheet(activity()).replace("</sheetData>", f"{far}</sheetData>")),
        "at most 50000 rows and 64 columns",
    )
    corner = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    yield (
        "X10 farthest cell",
        workbook(flat_sheet(activity()).replace("</sheetData>", f"{corner}</sheetData>")),
        "at most 50000 rows and 64 columns",
    )
    row = '<row r="60000"><c r="A60000"><v>1</v></c></row>'
    yield (
        "X11 far row",
        workbook(flat_sheet(activity()).replace("</sheetData>", f"{row}</sheetData>")),
        "at most 50000 rows and 64 columns",
    )
    styled = '<row r="1048576"><c r="XFD1048576" s="0"/></row>'
    yield (
        "X11 far cell that is only coloured",
        workbook(flat_sheet(activity()).replace("</sheetData>", f"{styled}</sheetData>")),
        Taken(),
    )
    yield (
        "X12 huge merge",
        workbook(
            flat_sheet(
                activity(), after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
            )
        ),
        Taken(),
    )
    yield (
        "X13 column ZZZZZZ",
        workbook(flat_sheet(activity()).replace('"E2"', '"ZZZZZZ2"')),
        "cells in order, up to column 64",
    )
    yield (
        "X13 the same cell twice",
        workbook(flat_sheet(activity()).replace('"E2"', '"D2"')),
        "cells in order",
    )
    yield (
        "X13 rows out of order",
        workbook(flat_sheet(activity(), activity()).replace('<row r="3">', '<row r="2">')),
        "rows in order",
    )
    yield (
        "X14 shared string out of range",
        workbook(flat_sheet(activity(title='<c t="s"><v>7</v></c>')), strings=["only"]),
        "a text that exists",
    )
    twice = [
        {"name": name, "content": part} for name, part in book_parts(flat_sheet(activity())).items()
    ]
    yield "X15 duplicate entry", raw_zip(*twice, twice[-1]), "the same entry twice"
    yield "X16 entry outside", parts_with("../evil.xml", b"<x/>"), "misplaced entry"
    yield (
        "X17 symbolic link",
        raw_zip(
            *twice, {"name": "xl/link", "content": b"/etc/passwd", "attributes": 0o120777 << 16}
        ),
        "misplaced entry",
    )
    yield "X18 encrypted entry", lying(flags=1), "password-protected"
    yield (
        "X18 old or encrypted file",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096,
        "password-protected, or an old",
    )
    yield "X19 empty", b"", "the file is empty"
    yield "X19 truncated", workbook(flat_sheet(activity()))[:-200], "not a whole file"
    yield "X19 a web page", b"<html><table><tr><td>member_no</td></tr></table></html>", "a web page"
    yield (
        "X20 four hundred entries and more",
        zipped(
            {**book_parts(flat_sheet(activity())), **{f"xl/p{n}.xml": b"<x/>" for n in range(400)}}
        ),
        "too large when unpacked",
    )
    yield (
        "X20 sixty thousand entries",
        raw_zip(*({"name": f"{n}", "content": b""} for n in range(60_000))),
        "too large when unpacked",
    )
    yield (
        "X20 more than 20 MB",
        lambda: b"PK\x03\x04" + b"\0" * (20 * 2**20 + 1),
        "larger than 20 MB",
    )
    yield "X21 macros", parts_with("xl/vbaProject.bin", b"x"), "macros"
    types = book_parts(flat_sheet(activity()))["[Content_Types].xml"].replace(
        b"sheet.main+xml", b"sheet.macroEnabled.main+xml"
    )
    yield "X21 a workbook for macros", parts_with("[Content_Types].xml", types), "macros"
    yield (
        "X22 formula with its result",
        workbook(flat_sheet(activity(hours="<c><f>1+0.5</f><v>1.5</v></c>"))),
        Taken(flagged="formulas"),
    )
    yield (
        "X22 formula without result",
        workbook(flat_sheet(activity(hours="<c><f>1+0.5</f></c>"), activity(title="Good"))),
        Taken(rejected="never calculated"),
    )
    yield (
        "X23 link to another file",
        parts_with("xl/externalLinks/externalLink1.xml", b"<x/>"),
        Taken(flagged="links to other files"),
    )
    yield (
        "X24 hidden sheet",
        workbook(flat_sheet(activity()), sheet_attributes=' state="hidden"'),
        Taken(flagged="hidden"),
    )
    yield (
        "X24 hidden row",
        workbook(flat_sheet(activity(), row_attributes=' hidden="1"')),
        Taken(flagged="hidden rows"),
    )
    yield (
        "X24 another sheet",
        workbook(flat_sheet(activity()), sheet(("notes",), ("x",)), names=["Activities", "Notes"]),
        Taken(flagged="not read"),
    )
    yield (
        "X25 error cell",
        workbook(
            flat_sheet(activity(hours=ERROR), activity(reflection=DIVIDED), activity(title="Good"))
        ),
        Taken(rejected="spreadsheet error"),
    )
    yield (
        "X26 epoch of 1904",
        workbook(
            flat_sheet(activity(started='<c s="1"><v>40968</v></c>')),
            formats=["dd/mm/yyyy"],
            workbook_attributes=' date1904="1"',
        ),
        Taken(),
    )
    yield (
        "X27 the day that never was",
        formatted(60, "dd/mm/yyyy", column="started_on"),
        Taken(rejected="possible date"),
    )
    yield (
        "X27 negative day",
        formatted(-5, "dd/mm/yyyy", column="started_on"),
        Taken(rejected="possible date"),
    )
    yield (
        "X27 a day beyond all days",
        formatted(99_999_999, "dd/mm/yyyy", column="started_on"),
        Taken(rejected="possible date"),
    )
    yield (
        "X28 number shown with zeros",
        formatted(12345, "0000000", column="member_no"),
        Taken(rejected="stored as text"),
    )
    yield (
        "X29 carriage return",
        workbook(flat_sheet(activity(reflection="One_x000D_\nTwo"))),
        Taken(),
    )
    yield "X30 percentage", formatted(0.3, "0%"), Taken(rejected="hours such as 1.5")
    yield (
        "X31 TRUE",
        workbook(flat_sheet(activity(hours=True), activity(title="Good"))),
        Taken(rejected="hours such as 1.5"),
    )
    yield "X32 time of half past one", formatted(0.0625, "h:mm"), Taken(activities=2)
    yield "X32 duration over a day", formatted(1.25, "[h]:mm"), Taken(activities=2, minutes=1800)
    yield (
        "X32 a day and time in hours",
        formatted(42430.5, "dd/mm/yyyy h:mm"),
        Taken(rejected="hours such as 1.5"),
    )


def csv_cases():
    flat = HEADER + ROW
    yield "C1 mark of UTF-8", flat.encode("utf-8-sig"), Taken()
    yield "C2 UTF-16", flat.encode("utf-16"), Taken()
    yield "C3 Windows-1252", (HEADER + ROW.replace("Learnt", "Café")).encode("cp1252"), Taken()
    yield (
        "C4 encoded twice",
        (HEADER + ROW.replace("Learnt", "ZoÃ«")).encode(),
        Taken(flagged="encoded twice"),
    )
    yield "C5 NUL byte", flat.encode().replace(b"Talk", b"Ta\0lk"), "NUL byte"
    yield "C5 NUL in UTF-16", (HEADER + ROW.replace("Talk", "Ta\0lk")).encode("utf-16"), "NUL byte"
    yield "C6 semicolon", flat.replace(",", ";").encode(), Taken()
    yield "C6 tab", flat.replace(",", "\t").encode(), Taken()
    yield (
        "C6 bar, which is no separator",
        flat.replace(",", "|").encode(),
        "no heading is recognised",
    )
    yield "C7 sep=;", ("sep=;\r\n" + flat.replace(",", ";")).encode(), Taken()
    yield "C7 sep=, with an empty row", ("sep=,\n" + flat).encode(), Taken()
    yield (
        "C8 unquoted decimal comma",
        (HEADER + ROW + "X0001,Talk,2016-03-01,1,5,Learnt\n").encode(),
        Taken(rejected="5 cells, as in the header"),
    )
    yield "C9 trailing commas", (HEADER + ROW.replace("\n", ",,\n")).encode(), Taken()
    yield (
        "C9 trailing cells",
        (HEADER + ROW + ROW.replace("\n", ",x\n")).encode(),
        Taken(rejected="5 cells, as in the header"),
    )
    yield (
        "C10 quote never closed",
        (HEADER + 'X0001,"Talk,2016-03-01,1.5,Learnt\n' + ROW).encode(),
        "broken quote",
    )
    yield (
        "C11 text after a quote",
        (HEADER + 'X0001,"Talk"s,2016-03-01,1.5,Learnt\n').encode(),
        "broken quote",
    )
    yield (
        "C12 short row",
        (HEADER + ROW + "X0001,Talk\n").encode(),
        Taken(rejected="5 cells, as in the header"),
    )
    yield (
        "C13 the same heading twice",
        (HEADER.replace("reflection", "hours") + ROW).encode(),
        "two columns for hours",
    )
    yield (
        "C14 headings in other letters",
        (
            HEADER.replace("member_no", " Member NO. ").replace("started_on", "STARTED ON") + ROW
        ).encode(),
        Taken(),
    )
    yield "C15 header only", HEADER.encode(), Taken(activities=0, minutes=None)
    yield "C16 empty", b"", "the file is empty"
    yield "C16 blank", b"\xef\xbb\xbf\r\n\r\n", "the file is empty"
    yield "C17 line ends of the old Macintosh", flat.replace("\n", "\r").encode(), Taken()
    yield (
        "C18 line ends within a cell",
        (HEADER + 'X0001,Talk,2016-03-01,1.5,"One\r\nTwo\nThree"\n').encode(),
        Taken(),
    )
    yield (
        "C19 field of 140 000 characters",
        (HEADER + ROW + ROW.replace("Learnt", "a" * 140_000)).encode(),
        "larger than field limit",
    )
    yield (
        "C20 a hundred thousand columns",
        (HEADER.strip() + "," + ",".join(f"c{n}" for n in range(100_000)) + "\n").encode(),
        "columns",
    )
    yield (
        "C20 one line of commas without end",
        lambda: HEADER.encode() + b"," * (30 * 2**20),
        "a line of more than",
    )
    yield "C21 workbook called CSV", workbook(flat_sheet(activity())), Taken()
    yield (
        "C22 more than 100 MB",
        lambda: HEADER.encode() + b"a" * (100 * 2**20),
        "larger than 100 MB",
    )


def value_cases():
    def hours(text, **expected):
        return (HEADER + ROW + f'X0001,Course,2016-03-02,"{text}",Learnt\n').encode(), Taken(
            **expected
        )

    def titled(text, **expected):
        return (HEADER + f'X0001,"{text}",2016-03-01,1.5,Learnt\n').encode(), Taken(**expected)

    def numbered(text, **expected):
        return (HEADER + ROW + f"{text},Talk,2016-03-01,1.5,Learnt\n").encode(), Taken(**expected)

    def dated(text, **expected):
        return (HEADER + ROW + f"X0001,Course,{text},1.5,Learnt\n").encode(), Taken(**expected)

    yield "V1 leading zeros", *numbered("0012345", activities=2)
    yield "V2 number like 1E5", *numbered("1E5", rejected="membership number")
    yield "V2 number like 1E50", *numbered("1E50", activities=2)
    yield "V3 title None", *titled("None")
    yield "V4 full-width digit", *hours("７", activities=2)
    yield "V4 Arabic digits", *hours("٣٠", rejected="hours such as")
    yield "V4 underscore", *hours("1_0", rejected="hours such as")
    for text in (
        "nan",
        "inf",
        "-1",
        "1e999",
        "1e2000000",
        "9" * 5000,
        "1,000",
        "2001",
        "5 points",
        "N/A",
        "",
    ):
        yield f"V5 V6 V8 hours {text[:12]}", *hours(text, rejected="hours such as")
    yield "V7 decimal comma in quotes", *hours("7,5", activities=2)
    yield "V9 day or month", *dated("03/04/2016", activities=2, flagged="other way round")
    yield "V10 30 February", *dated("2016-02-30", rejected="a date such as")
    yield "V11 outside the year", *dated("2015-02-03", activities=2, flagged="outside 2016")
    yield "V12 right-to-left override", *titled("Talk\u202etxt", flagged=r"\u202e")
    yield "V12 zero width", *titled("Ta\u200blk", flagged=r"\u200b")
    yield "V12 control character", *titled("Ta\x07lk", flagged=r"\u0007")
    yield "V12 zero width in a number", *numbered("X00\u200b01", rejected="membership number")
    yield "V13 Cyrillic letter in a number", *numbered("А0001", rejected="membership number")
    yield "V14 marks, emoji, other scripts", *titled("Zoe\u0308 👩‍🔬 محمد O’Brien 🏴󠁧󠁢󠁷󠁬󠁳󠁿")
    yield "V15 formula", *titled("=cmd|' /C calc'!A0")
    yield "V16 vertical tab", *titled("Ta\x0blk", flagged=r"\u000b")
    yield "V17 markup", *titled("<script>alert(1)</script>")
    yield (
        "V18 10 001 characters",
        (HEADER + ROW + ROW.replace("Learnt", "a" * 10_001)).encode(),
        Taken(rejected="at most 10000 characters"),
    )
    yield (
        "V20 two members in one return",
        workbook(
            sheet(("member_no",), ("X0002",)),
            flat_sheet(activity()),
            names=["Member", "Activities"],
        ),
        "2 membership numbers",
    )


CASES = [*xlsx_cases(), *csv_cases(), *value_cases()]
