"""Which membership numbers a text names; the number of a standard is none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Set as AbstractSet

# A membership number as the register holds it; see `loaders.cells.identifiers`.
NUMBER = re.compile(r"[A-Z0-9-]{4,16}", re.ASCII)
# Who publishes standards and rules that engineers quote by number. Left out are those that are
# words as well, such as AS, IS and NR.
PUBLISHERS = (
    r"ANSI|API|ARINC|ARP|AS/NZS|ASME|ASTM|BS|CAN/CSA|CENELEC|CISPR|CLC|CSA|CWA|DD|DEF[ -]?STAN|DIN"
    r"|ECSS|EIA|EN|ETSI|EUROCAE|FIPS|GB/T|GOST|HD|HSG|HTM|IEC|IEEE|IETF|IPC|ISA|ISO|ITU(?:-[RT])?"
    r"|JEDEC|JIS|MIL(?:-STD)?|NACE|NEMA|NFPA|NIST|OHSAS|OIML|PAS|PD|RFC|RTCA|SAE|STANAG|TIA|UL|UNE"
    r"|VDE|VDI"
)
# What may stand between a publisher and the number: IEC TS 62443, IEEE Std 1584, ISO No. 9001.
KINDS = r"CD|DIS|FDIS|GUIDE|IS|NO\.?|NUMBER|PART|SP|SRD|STANDARDS?|STD\.?|TR|TS"
# A standard's number has at most six digits, or a letter and at most four: 61850, D1234.
BARE = r"(?:[0-9]{1,6}|[A-Z][ .-]?[0-9]{1,4})(?![0-9A-Z])"
# Its parts and its year: 61850-7-420:2009+A1:2018.
PARTS = r"(?:[-.:/+][A-Z]{0,2}[0-9]{1,4}[A-Z]?(?![0-9A-Z]))*"
# Others named in the same breath: IEC 61508 and 61511.
FURTHER = rf"(?:(?: ?[,/&;] ?| (?:AND|OR|TO) |, (?:AND|OR) )[0-9]{{4,5}}(?![0-9A-Z]){PARTS})*"
STANDARD = re.compile(
    rf"(?<![A-Z0-9])(?:(?:{PUBLISHERS})(?:[ /-]+|(?=[0-9])))+(?:(?:{KINDS})(?:[ -]+|(?=[0-9])))*"
    rf"{BARE}{PARTS}{FURTHER}",
    re.ASCII,
)


def numbers_named(text: str, numbers: AbstractSet[str]) -> set[str]:
    """Return those of the membership numbers that a text names.

    Small letters, full-width digits and hyphens before or after a number make no difference, but
    a number without any digit must be in capitals. The number of a standard is none if it stands
    behind its publisher (`IEC 61850`, `BS EN ISO 9001:2015`, `EN50128`, `IEC 61508 and 61511`) and
    has at most six digits.
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    found = _written(plain.upper()) & numbers
    if any(one.isdigit() for number in found for one in number):  # standards take long to look for
        found = _written(STANDARD.sub(" ; ", plain.upper())) & numbers
    capitals = set(NUMBER.findall(plain))
    return {one for one in found if one in capitals or any(digit.isdigit() for digit in one)}


def _written(text: str) -> set[str]:
    """Return whatever looks like a membership number, with what its hyphens join."""
    words = set(NUMBER.findall(text))
    joined = [word for word in words if "-" in word]
    return words.union(*(word.split("-") for word in joined), (word.strip("-") for word in joined))
