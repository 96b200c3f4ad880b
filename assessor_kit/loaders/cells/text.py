"""Read text exactly as it was written, and flag the characters that cannot be seen."""

from __future__ import annotations

import re

from assessor_kit.loaders.cells.cell_values import CellValue, Unreadable, exact_text
from assessor_kit.loaders.limits import LONGEST_FIELD
from assessor_kit.vocabulary import UNSEEN_CHARACTER, visible

# no database and no UTF-8 file can hold these, so their escapes are kept instead
NEVER_STORED = re.compile("[\x00\ud800-\udfff]")
# UTF-8 that was read as Windows-1252 and saved again: the character of a lead byte, followed by
# that of a continuation byte
DOUBLE_ENCODED = re.compile("[ÂÃ][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€[\x80-\xbf™œ“”˜¦¢]")


def read_text(value: object) -> CellValue[str]:
    """Read a text exactly as it is, up to 10 000 characters.

    Control, bidirectional and zero-width characters are flagged, and so is text that seems to have
    been encoded twice.
    """
    if isinstance(value, Unreadable):
        return CellValue(problem=value.expected)
    text = exact_text(value)
    if len(text) > LONGEST_FIELD:
        return CellValue(problem=f"at most {LONGEST_FIELD} characters, not {len(text)}")
    if text.isascii() and text.isprintable():
        return CellValue(value=text)
    unseen = sorted({found[1] for found in UNSEEN_CHARACTER.finditer(text) if found[1]})
    flag = f"characters that cannot be seen: {visible(''.join(unseen))}" if unseen else ""
    if not flag and DOUBLE_ENCODED.search(text):
        flag = "the text seems to have been encoded twice, with Ã« for ë and the like"
    return CellValue(value=NEVER_STORED.sub(lambda found: visible(found[0]), text), flag=flag)


def read_needed_text(value: object) -> CellValue[str]:
    """Read a text as `read_text` does; a blank one is a problem."""
    read = read_text(value)
    return read if read.problem or (read.value or "").strip() else CellValue(problem="some text")
