"""What did they write? Text is kept exactly; what cannot be seen in it is named."""

from __future__ import annotations

import re

from assessor_kit.loaders.cell import Reading, Unreadable, exact_text
from assessor_kit.loaders.limits import LONGEST_FIELD
from assessor_kit.vocabulary import UNSEEN_CHARACTER, visible

NEVER_STORED = re.compile(
    "[\x00\ud800-\udfff]"
)  # no database and no UTF-8 file can hold these: the escape is kept in their place
# UTF-8 that was read as Windows-1252 and saved again: a lead byte's letter followed by what a continuation byte looks like there
DOUBLE_ENCODED = re.compile("[ÂÃ][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€[\x80-\xbf™œ“”˜¦¢]")


def read_text(value: object) -> Reading[str]:
    """A text exactly as it stands, up to 10 000 characters. Control, bidirectional and zero-width characters are flagged."""
    if isinstance(value, Unreadable):
        return Reading(problem=value.expected)
    text = exact_text(value)
    if len(text) > LONGEST_FIELD:
        return Reading(problem=f"at most {LONGEST_FIELD} characters, not {len(text)}")
    if text.isascii() and text.isprintable():
        return Reading(value=text)
    unseen = sorted({found[1] for found in UNSEEN_CHARACTER.finditer(text) if found[1]})
    flag = f"characters that cannot be seen: {visible(''.join(unseen))}" if unseen else ""
    if not flag and DOUBLE_ENCODED.search(text):
        flag = "it looks encoded twice, such as Ã« for ë"
    return Reading(value=NEVER_STORED.sub(lambda found: visible(found[0]), text), flag=flag)


def read_needed_text(value: object) -> Reading[str]:
    """As `read_text`, where blank is not enough."""
    read = read_text(value)
    return read if read.problem or (read.value or "").strip() else Reading(problem="some text")
