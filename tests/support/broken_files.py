"""A corpus of broken files: good files, each damaged in one way by seeded chance.

They are CSV files, workbooks and documents, and are the same every time. Every good cell says where
it belongs: the title of line 7 is T7, its reflection R7, its time 7 min, its day the 19th. So a
cell that has moved can be recognised.
"""

import io
import random
import re
import zipfile

from made_files import book_parts, pdf, sheet, word_document, zipped

LINES = 9
HEADINGS = ["member_no", "title", "started_on", "hours", "learning", "reflection", "evidence"]


def line(number):
    return [
        "X0001",
        f"T{number}",
        f"{number + 12}/03/2016",
        f"{number} min",
        f"L{number}",
        f"R{number}",
        f"E{number}",
    ]


def has_moved(activity):
    """Whether a cell of an activity holds what was written under another heading.

    A number or a day under another heading is neither a time nor a day.
    """
    letters = {"title": "T", "learning": "L", "reflection": "R", "evidence": "E"}
    return any(
        re.search(rf"[{''.join(set('TLRE') - {letter})}]\d|min\b|/03/", activity[name])
        for name, letter in letters.items()
    )


def csv_text(chance):
    delimiter = chance.choice(",;\t")
    quote = chance.random() < 0.5
    rows = [HEADINGS, *map(line, range(1, LINES + 1))]
    return (
        chance.choice(["\n", "\r\n"]).join(
            delimiter.join(f'"{cell}"' if quote else cell for cell in row) for row in rows
        ),
        delimiter,
    )


def broken_csv(chance):  # noqa: C901 - a branch per kind of damage
    text, delimiter = csv_text(chance)
    place = chance.randrange(len(text))
    kinds = (
        "delimiter",
        "quote",
        "cut",
        "nul",
        "delete",
        "bytes",
        "swap",
        "newline",
        "encoding",
        "comma in number",
        "double header",
        "trailing",
    )
    how = chance.choice(kinds)
    if how == "delimiter":
        text = text[:place] + delimiter + text[place:]
    elif how == "quote":
        text = text[:place] + '"' + text[place:]
    elif how == "cut":
        text = text[:place]
    elif how == "nul":
        text = text[:place] + "\0" + text[place:]
    elif how == "delete":
        text = text[:place] + text[place + chance.randrange(1, 30) :]
    elif how == "newline":
        text = text[:place] + chance.choice("\n\r") + text[place:]
    elif how == "comma in number":
        text = text.replace(" min", ",5", chance.randrange(1, 4))
    elif how == "double header":
        text = text.splitlines()[0] + "\n" + text
    elif how == "trailing":
        lines = text.splitlines()
        text = "\n".join(one + delimiter * chance.randrange(3) for one in lines)
    data = text.encode(
        chance.choice(["utf-16", "utf-16-le", "cp1252", "utf-8-sig"])
        if how == "encoding"
        else "utf-8"
    )
    if how == "bytes":
        data = flipped(data, chance, 3)
    if how == "swap":
        data = data[len(data) // 2 :] + data[: len(data) // 2]
    return f"csv {how}", data


def flipped(data, chance, times):
    data = bytearray(data)
    for _ in range(times):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


def good_parts():
    texts = [*HEADINGS, *(cell for number in range(1, LINES + 1) for cell in line(number))]
    rows = [
        [f'<c t="s"><v>{place + row * len(HEADINGS)}</v></c>' for place in range(len(HEADINGS))]
        for row in range(LINES + 1)
    ]
    return book_parts(sheet(*rows), strings=texts)


def broken_workbook(chance):  # noqa: C901, PLR0912 - a branch per kind of damage
    parts = good_parts()
    name = chance.choice(list(parts))
    part = parts[name].decode()
    place = chance.randrange(len(part))
    how = chance.choice(
        (
            "zip bytes",
            "zip cut",
            "part missing",
            "part cut",
            "tag lost",
            "attribute",
            "text",
            "number",
            "reference",
            "type",
            "nested",
            "empty part",
            "utf-16",
        )
    )
    if how == "part missing":
        del parts[name]
    elif how == "part cut":
        parts[name] = part[:place].encode()
    elif how == "tag lost":
        tags = list(re.finditer(r"<[^>]+>", part))
        tag = chance.choice(tags)
        parts[name] = (part[: tag.start()] + part[tag.end() :]).encode()
    elif how == "attribute":
        parts[name] = re.sub(
            r'"([^"]*)"',
            lambda found: f'"{found[1][::-1]}"' if chance.random() < 0.05 else found[0],
            part,
        ).encode()
    elif how == "text":
        parts[name] = (
            part[:place]
            + chance.choice(["<", "&", "\u0000", "]]>", "<!--", "\ufffe"])
            + part[place:]
        ).encode()
    elif how == "number":
        parts[name] = re.sub(
            r"<v>(\d+)</v>",
            lambda found: f"<v>{chance.choice(['-1', '1e9', '', 'x', found[1]])}</v>",
            part,
        ).encode()
    elif how == "reference":
        parts[name] = re.sub(
            r'r="([A-Z]*)(\d+)"',
            lambda found: f'r="{found[1]}{chance.choice([found[2], found[2], "0", "99"])}"',
            part,
        ).encode()
    elif how == "type":
        parts[name] = re.sub(
            r't="s"',
            lambda _found: f't="{chance.choice(["s", "s", "b", "e", "n", "d", "str", "zz"])}"',
            part,
        ).encode()
    elif how == "nested":
        parts[name] = part.replace("</row>", "</row><row>", 3).encode()
    elif how == "empty part":
        parts[name] = b""
    elif how == "utf-16":
        parts[name] = part.encode("utf-16")
    data = zipped(parts)
    if how == "zip bytes":
        data = flipped(data, chance, 4)
    if how == "zip cut":
        data = (
            data[: chance.randrange(len(data))]
            if chance.random() < 0.5
            else data[chance.randrange(len(data)) :]
        )
    return f"xlsx {how}", data


def broken_document(chance):
    rows = [HEADINGS, *map(line, range(1, LINES + 1))]
    if chance.random() < 0.5:
        how, data = "pdf", pdf((["Membership number: X0001"], rows))
        return f"{how} bytes", (
            flipped(data, chance, chance.choice([1, 5, 50]))
            if chance.random() < 0.7
            else data[: chance.randrange(len(data))]
        )
    data = word_document(rows)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    part = parts["word/document.xml"]
    place = chance.randrange(len(part))
    parts["word/document.xml"] = part[:place] + part[place + chance.randrange(1, 60) :]
    return (
        ("docx bytes", flipped(data, chance, 4))
        if chance.random() < 0.5
        else ("docx part", zipped(parts))
    )


def corpus(number):
    """Yield `number` broken files as (what was done, content).

    Half of them are CSV files, two fifths workbooks, and the rest documents.
    """
    chance = random.Random(20170110)
    for place in range(number):
        make = (
            broken_csv if place % 10 < 5 else broken_workbook if place % 10 < 9 else broken_document
        )
        yield make(chance)
