"""The page with which a member checks the draw: one file, without a network, about nobody else.

It holds what was published, never a membership number. A member pastes the code of their letter;
the browser works every step out again and shows its arithmetic.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from assessor_kit import sampling
from assessor_kit.files import write_private

BESIDE = Path(__file__).resolve().parent
LEAVES_THAT_FIT = 5_500  # with these the page stays well under 300 kB
GROUP = 5  # letters of a code between two hyphens


def member_code(member_no: str, salt: str) -> str:
    """Return the code of a member's letter: the number, and the salt in letters and digits."""
    letters = base64.b32encode(bytes.fromhex(salt)).decode().rstrip("=")
    groups = [letters[place : place + GROUP] for place in range(0, len(letters), GROUP)]
    return f"{member_no}:{'-'.join(groups)}"


def write_draw_page(
    page: Path,
    *,
    commitment: Mapping[str, Any],
    draw: Mapping[str, Any],
    published: Sequence[str] = (),
) -> None:
    """Write the page of a draw from the contents of its two files.

    `published` says in words who published the commitment, when and where. A frame too large for
    the page is represented by those drawn; for the rest the page then asks for the draw file.
    """
    counted = sum(len(stratum["leaves"]) for stratum in draw["strata"])
    drawn = sum(len(stratum["selected"]) + len(stratum["reserves"]) for stratum in draw["strata"])
    facts = {
        "commitment": sampling.written(commitment),
        "draw": {key: value for key, value in draw.items() if key != "strata"},
        "published": list(published),
        "strata": [
            {
                "name": stratum["name"],
                "leaves": _packed(stratum["leaves"]) if counted <= LEAVES_THAT_FIT else None,
                "drawn": _packed([*stratum["selected"], *stratum["reserves"]])
                if counted > LEAVES_THAT_FIT >= drawn
                else None,
            }
            for stratum in draw["strata"]
        ],
    }
    script = (BESIDE / "page.js").read_text(encoding="utf-8")
    style = (BESIDE / "page.css").read_text(encoding="utf-8")
    filled = {
        "BODY": escape(str(commitment["body"])),
        "YEAR": escape(str(commitment["cpd_year"])),
        "POLICY": (
            f"default-src 'none'; script-src '{_fingerprint(script)}';"
            f" style-src '{_fingerprint(style)}'; base-uri 'none'; form-action 'none'"
        ),
        "STYLE": style,
        "SCRIPT": script,
        "FACTS": json.dumps(facts, ensure_ascii=False).replace("<", "\\u003c"),
    }
    text = (BESIDE / "page.html").read_text(encoding="utf-8")
    # in one go, so that what is filled in is never filled in again
    write_private(page, re.sub("@([A-Z]+)@", lambda found: filled[found[1]], text))


def _packed(leaves: Sequence[str]) -> str:
    return base64.b64encode(bytes.fromhex("".join(leaves))).decode()


def _fingerprint(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
