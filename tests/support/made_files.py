"""Files made by hand for tests: archives that may lie, workbooks, documents, a PDF."""

import io
import struct
import zipfile
import zlib

MAIN = (
    'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEADINGS = ("member_no", "title", "started_on", "hours", "reflection")


def raw_zip(*entries):
    """Return an archive whose directory says whatever it is told to.

    Each entry has its name, its content, and whatever is to differ from the truth.
    """
    body, directory = b"", b""
    for entry in entries:
        name, content = entry["name"].encode(), entry.get("content", b"")
        packed = entry.get("packed") or zlib.compress(content)[2:-4]
        size, crc = entry.get("size", len(content)), entry.get("crc", zlib.crc32(content))
        common = struct.pack(
            "<HHHHHIIIHH", 20, entry.get("flags", 0), 8, 0, 33, crc, len(packed), size, len(name), 0
        )
        directory += (
            b"PK\x01\x02"
            + struct.pack("<H", 20 | 3 << 8)
            + common
            + struct.pack("<HHHII", 0, 0, 0, entry.get("attributes", 0), len(body))
            + name
        )
        body += b"PK\x03\x04" + common + name + packed
    return (
        body
        + directory
        + b"PK\x05\x06"
        + struct.pack("<HHHHIIH", 0, 0, len(entries), len(entries), len(directory), len(body), 0)
    )


def repeated(chunk, times):
    """Return (packed, length) of a deflated stream of `chunk` repeated `times` times.

    It is made without writing the repeated text out.
    """
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = packer.compress(chunk) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(chunk) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + again * (times - 1) + packer.flush(), len(chunk) * times


def letters(column):
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def cell(reference, value):
    """Return one cell: a text, a number, a Boolean, or ready-made XML."""
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith("<c"):
        return value.replace("<c", f'<c r="{reference}"', 1)
    if isinstance(value, bool):
        return f'<c r="{reference}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{reference}"><v>{value}</v></c>'
    text = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def sheet(*rows, before="", after="", row_attributes=""):
    """Return a worksheet part from rows of cells."""
    lines = "".join(
        f'<row r="{number}"{row_attributes if number > 1 else ""}>'
        f"{''.join(cell(f'{letters(place)}{number}', value) for place, value in enumerate(cells, 1))}</row>"
        for number, cells in enumerate(rows, 1)
    )
    return f"<worksheet {MAIN}>{before}<sheetData>{lines}</sheetData>{after}</worksheet>"


def activity(
    hours="1.5", *, title="Talk", number="X0001", started="2016-03-01", reflection="Learnt much"
):
    return (number, title, started, hours, reflection)


def flat_sheet(*activities, **extra):
    return sheet(HEADINGS, *activities, **extra)


def book_parts(
    *sheets, strings=None, formats=(), names=None, workbook_attributes="", sheet_attributes=""
):
    """Return the parts of a workbook from worksheet parts given as text.

    Cell style n + 1 has the n-th of the formats.
    """
    names = names or [f"Sheet{number}" for number in range(1, len(sheets) + 1)]
    listed = "".join(
        f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"{sheet_attributes}/>'
        for number, name in enumerate(names, 1)
    )
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/worksheet"'
        f' Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, len(sheets) + 1)
    )
    parts = {
        "[Content_Types].xml": (
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels"'
            ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Override PartName="/xl/workbook.xml"'
            ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1"'
            f' Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            "<workbook"
            f" {MAIN}><workbookPr{workbook_attributes}/><sheets>{listed}</sheets></workbook>"
        ),
        "xl/styles.xml": (
            "<styleSheet"
            f" {MAIN}><numFmts>{''.join(f'<numFmt numFmtId={chr(34)}{170 + place}{chr(34)} formatCode={chr(34)}{code}{chr(34)}/>' for place, code in enumerate(formats))}</numFmts>"
            "<cellXfs><xf"
            f" numFmtId='0'/>{''.join(f'<xf numFmtId={chr(34)}{170 + place}{chr(34)}/>' for place in range(len(formats)))}</cellXfs></styleSheet>"
        ),
        **{f"xl/worksheets/sheet{number}.xml": part for number, part in enumerate(sheets, 1)},
    }
    relations += f'<Relationship Id="rId98" Type="{OFFICE}/styles" Target="styles.xml"/>'
    if strings is not None:
        parts["xl/sharedStrings.xml"] = (
            f"<sst {MAIN}>{''.join(f'<si><t>{text}</t></si>' for text in strings)}</sst>"
        )
        relations += (
            f'<Relationship Id="rId99" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        )
    parts["xl/_rels/workbook.xml.rels"] = (
        f'<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>'
    )
    return {
        name: part if isinstance(part, bytes) else part.encode() for name, part in parts.items()
    }


def zipped(parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def workbook(*sheets, **options):
    """Return a workbook as bytes."""
    return zipped(book_parts(*sheets, **options))


def word_document(*tables, lines=()):
    """Return a Word document with tables of text, and lines before them."""
    import docx  # noqa: PLC0415  (it takes a fifth of a second, and few tests need it)

    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    for rows in tables:
        table = document.add_table(rows=len(rows), cols=len(rows[0]))
        for row, cells in zip(table.rows, rows, strict=True):
            for place, text in zip(row.cells, cells, strict=True):
                place.text = text
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def pdf(*pages):
    """Return a PDF with text and ruled tables.

    A page is given as lines of text and a table as rows of cells, or None.
    """
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    kids = []
    for lines, table in pages:
        drawing = [
            f"BT /F1 9 Tf 40 {800 - 14 * number} Td ({_escaped(line)}) Tj ET"
            for number, line in enumerate(lines)
        ]
        top = 780 - 14 * len(lines)
        for number, cells in enumerate(table or []):
            for place, text in enumerate(cells):
                x, y = 40 + 100 * place, top - 20 * (number + 1)
                drawing.append(
                    f"{x} {y} 100 20 re S BT /F1 8 Tf {x + 3} {y + 7} Td ({_escaped(text)}) Tj ET"
                )
        content = "\n".join(drawing).encode("cp1252")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 842 842] /Resources << /Font << /F1 3 0 R"
            b" >> >> /Contents %d 0 R >>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    made, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        made + b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R"
        b" >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, table, len(objects) + 1, len(made))
    )


def _escaped(text):
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
