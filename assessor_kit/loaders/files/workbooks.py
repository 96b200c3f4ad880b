"""Read an Excel workbook: which sheets it has, and what they share.

Formulas, links and macros never run, because nothing here could run them.
"""

from __future__ import annotations

import posixpath

from assessor_kit.errors import UnusableFile
from assessor_kit.loaders.cells.number_formats import BUILT_IN, Form, form_of
from assessor_kit.loaders.files.archives import SAVE_AGAIN, Archive
from assessor_kit.loaders.files.sheet import Sheet
from assessor_kit.loaders.files.worksheets import Shared, SheetReader, parse, parser_for, unescaped
from assessor_kit.vocabulary import Problem

MOST_SHEETS = 30
Element = tuple[str, dict[str, str]]


def read_workbook(archive: Archive, *, file: str) -> list[Sheet]:
    """Return every sheet, with its headings from the first row that is not blank.

    Raises UnusableFile for a workbook that must not be opened.
    """
    archive.read_through()
    if b"macroEnabled" in archive.read("[Content_Types].xml"):
        raise UnusableFile(
            "it contains macros",
            where=file,
            expected="an .xlsx workbook",
            advice="Save it as .xlsx.",
        )
    book = _related(archive, "", "officeDocument") or "xl/workbook.xml"
    elements = _elements(archive, book)
    listed = [attributes for name, attributes in elements if name == "sheet"]
    if not 0 < len(listed) <= MOST_SHEETS:
        raise UnusableFile(
            f"{len(listed)} sheets",
            where=file,
            expected=f"1 to {MOST_SHEETS} sheets",
            advice="Keep only the sheets that matter.",
        )
    shared = Shared(
        strings=_strings(archive, book),
        formats=_formats(archive, book),
        epoch_1904=any(
            name == "workbookPr" and attributes.get("date1904") in {"1", "true"}
            for name, attributes in elements
        ),
    )
    targets = _relations(archive, book)
    sheets = [_sheet(archive, attributes, targets, shared, file=file) for attributes in listed]
    if any(name.startswith("xl/externalLinks/") for name in archive.names):
        sheets[0].flags.append(
            Problem(
                file=file,
                found="links to other files, which were not followed",
                advice="Check that no value depends on them.",
            )
        )
    return sheets


def _sheet(
    archive: Archive,
    attributes: dict[str, str],
    targets: dict[str, tuple[str, str]],
    shared: Shared,
    *,
    file: str,
) -> Sheet:
    name = unescaped(attributes.get("name", ""))
    link = next(
        (value for key, value in attributes.items() if key.endswith(":id") or key == "id"), ""
    )
    kind, part = targets.get(link, ("", ""))
    if part not in archive.names:
        raise UnusableFile(
            f"its sheet {name!r} is missing",
            where=file,
            expected="a complete workbook",
            advice=SAVE_AGAIN,
        )
    if not kind.endswith("/worksheet"):
        return Sheet(name=name, headings=[], rows=[])  # a chart sheet has no rows
    sheet = SheetReader(shared, name=name, file=file).read(archive.read(part))
    if sheet.headings and attributes.get("state", "visible") != "visible":
        sheet.flags.append(
            Problem(
                file=file,
                sheet=name,
                found="the sheet is hidden",
                advice="Check that it was meant to be sent.",
            )
        )
    return sheet


def _elements(archive: Archive, part: str) -> list[Element]:
    """Return the elements of a small part, in order, with their attributes."""
    found: list[Element] = []
    parser = parser_for(
        lambda name, attributes: found.append((name.rpartition(":")[2], attributes)), None, None
    )
    parse(parser, archive.read(part), where=archive.file)
    return found


def _relations(archive: Archive, part: str) -> dict[str, tuple[str, str]]:
    """Return what a part refers to: id -> (kind, name of the part)."""
    folder, name = posixpath.split(part)
    relations = posixpath.join(folder, "_rels", f"{name}.rels")
    if relations not in archive.names:
        return {}
    return {
        attributes.get("Id", ""): (
            attributes.get("Type", ""),
            posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", ""))).lstrip(
                "/"
            ),
        )
        for element, attributes in _elements(archive, relations)
        if element == "Relationship" and attributes.get("TargetMode") != "External"
    }


def _related(archive: Archive, part: str, kind: str) -> str | None:
    """Return the part of a given kind that another part refers to, if it is there."""
    found = (name for of, name in _relations(archive, part).values() if of.endswith(f"/{kind}"))
    return next((name for name in found if name in archive.names), None)


def _strings(archive: Archive, book: str) -> list[str]:
    """Return the strings that sheets refer to by number, without phonetic guides."""
    part = _related(archive, book, "sharedStrings")
    strings: list[str] = []
    texts: list[str] = []
    inside = {"t": False, "rPh": False}

    def start(name: str, _attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2] if ":" in name else name
        if name == "si":
            texts.clear()
        elif name in inside:
            inside[name] = True

    def end(name: str) -> None:
        name = name.rpartition(":")[2] if ":" in name else name
        if name == "si":
            strings.append(unescaped("".join(texts)))
        elif name in inside:
            inside[name] = False

    def characters(text: str) -> None:
        if inside["t"] and not inside["rPh"]:
            texts.append(text)

    if part:
        parse(parser_for(start, end, characters), archive.read(part), where=archive.file)
    return strings


def _formats(archive: Archive, book: str) -> list[tuple[Form, str]]:
    """Return the form and code of each cell style's number format."""
    part = _related(archive, book, "styles")
    codes = dict(BUILT_IN)
    styles: list[tuple[Form, str]] = []
    in_cell_styles = False
    for name, attributes in _elements(archive, part) if part else []:
        if name == "numFmt" and attributes.get("numFmtId", "").isdecimal():
            codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name in {"cellXfs", "cellStyleXfs", "cellStyles", "dxfs"}:
            in_cell_styles = name == "cellXfs"
        elif name == "xf" and in_cell_styles:
            number = attributes.get("numFmtId", "0")
            code = codes.get(int(number) if number.isdecimal() else 0, "General")
            styles.append((form_of(code), code))
    return styles
