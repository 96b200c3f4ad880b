"""Who must not assess whom? Names and numbers are compared as people spell them.

A conflict is a pair of return and assessor that never meets, whatever else is short.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum

import numpy as np
import pandas as pd

# How companies write what kind of company they are; it says nothing about who employs somebody.
COMPANY_FORMS = {
    "ag",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "gmbh",
    "inc",
    "incorporated",
    "limited",
    "llc",
    "llp",
    "lp",
    "ltd",
    "nv",
    "plc",
    "pty",
    "sa",
    "the",
    "uk",
}
# What people write who have no employer: two of them are not colleagues.
NO_EMPLOYER = {
    "",
    "consultant",
    "freelance",
    "n a",
    "na",
    "nil",
    "none",
    "not applicable",
    "not employed",
    "own business",
    "retired",
    "self",
    "self employed",
    "selfemployed",
    "sole trader",
    "student",
    "unemployed",
    "unknown",
}
APOSTROPHES = re.compile("['\u2019\u02bc`]")
NOT_A_WORD = re.compile(r"[\W_]+")


class Why(StrEnum):
    """Why a pair of return and assessor must not meet."""

    OWN = "it is their own return"
    NAMED = "a conflict with the member is named"
    EMPLOYER = "they have the same employer"
    LAST_YEAR = "they assessed the member last year"
    HANDED_BACK = "they handed it back"
    RECOGNISED = "they recognised the member"
    TAKEN_FROM = "it is being taken from them"
    MARKS_IT = "they mark it already"


def number_key(number: object) -> str:
    """Return a membership number without what spelling changes: case, and zeros that were lost.

    Spreadsheets turn 00110339 into 110339, so that leading zeros tell nobody apart.
    """
    plain = str(number).strip().casefold()
    return (plain.lstrip("0") or "0") if plain.isdigit() else plain


def field_key(field: object) -> str:
    """Return a field of work as it is compared: case and surrounding space do not count."""
    return " ".join(str(field).split()).casefold()


def employer_key(employer: object) -> str:
    """Return an employer as it is compared; empty for nobody's employer.

    Case, punctuation and the company's form do not count: "Brightwater Grid Ltd." and
    "BRIGHTWATER GRID LIMITED" are one. So that a company called "The Limited Company" still has a
    name, words are only left out where others remain.
    """
    spelt = APOSTROPHES.sub("", str(employer).casefold()).replace("&", " and ")
    words = _joined_initials(NOT_A_WORD.sub(" ", spelt).split())
    if " ".join(words) in NO_EMPLOYER:
        return ""
    named = [word for word in words if word not in COMPANY_FORMS]
    return " ".join(named or words)


def _joined_initials(words: list[str]) -> list[str]:
    """Join letters that stand alone, so that `p.l.c.` and `plc` are one word."""
    joined: list[str] = []
    open_run = False
    for word in words:
        is_initial = len(word) == 1 and word.isalpha()
        if is_initial and open_run:
            joined[-1] += word
        else:
            joined.append(word)
        open_run = is_initial
    return joined


def listed(text: object) -> list[str]:
    """Return the parts of a cell that are separated by semicolons."""
    return [part.strip() for part in str(text).split(";") if part.strip()]


def conflicting_pairs(
    returns: pd.DataFrame, assessors: pd.DataFrame, barred: pd.DataFrame | None
) -> dict[Why, tuple[np.ndarray, np.ndarray]]:
    """Return the pairs that must not meet, by reason, as row numbers of returns and assessors.

    `barred` names further pairs: return_id, assessor_id and why (a value of Why).
    """
    rows_of: defaultdict[str, list[int]] = defaultdict(list)
    for row, number in enumerate(returns["member_no"]):
        rows_of[number_key(number)].append(row)
    own: list[tuple[int, int]] = []
    named: list[tuple[int, int]] = []
    people = zip(assessors["member_no"], assessors["conflicts"], strict=True)
    for place, (number, conflicts) in enumerate(people):
        if str(number).strip():
            own += [(row, place) for row in rows_of.get(number_key(number), ())]
        for other in listed(conflicts):
            named += [(row, place) for row in rows_of.get(number_key(other), ())]
    return {
        Why.OWN: _as_arrays(own),
        Why.NAMED: _as_arrays(named),
        Why.EMPLOYER: _colleagues(returns["employer"], assessors["employer"]),
        **_barred(returns, assessors, barred),
    }


def _as_arrays(pairs: Iterable[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    both = np.array(list(pairs), dtype=np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _colleagues(
    employers: Iterable[object], assessors_employers: Iterable[object]
) -> tuple[np.ndarray, np.ndarray]:
    key_of: dict[object, str] = {}
    rows_of: defaultdict[str, list[int]] = defaultdict(list)
    for row, employer in enumerate(employers):
        key = key_of.get(employer)
        if key is None:
            key = key_of[employer] = employer_key(employer)
        rows_of[key].append(row)
    found_rows: list[np.ndarray] = []
    found_places: list[np.ndarray] = []
    for place, employer in enumerate(assessors_employers):
        key = employer_key(employer)
        rows = rows_of.get(key, []) if key else []
        found_rows.append(np.array(rows, dtype=np.int64))
        found_places.append(np.full(len(rows), place, dtype=np.int64))
    if not found_rows:
        return _as_arrays([])
    return np.concatenate(found_rows), np.concatenate(found_places)


def _barred(
    returns: pd.DataFrame, assessors: pd.DataFrame, barred: pd.DataFrame | None
) -> dict[Why, tuple[np.ndarray, np.ndarray]]:
    if barred is None or barred.empty:
        return {}
    row_of = {str(name): row for row, name in enumerate(returns["return_id"])}
    place_of = {str(name): place for place, name in enumerate(assessors["assessor_id"])}
    pairs: defaultdict[Why, list[tuple[int, int]]] = defaultdict(list)
    for one in barred.itertuples():
        row = row_of.get(str(one.return_id))
        place = place_of.get(str(one.assessor_id))
        if row is not None and place is not None:
            pairs[Why(str(one.why))].append((row, place))
    return {why: _as_arrays(found) for why, found in pairs.items()}


def why_not(
    returns: pd.DataFrame, assessor: pd.DataFrame, barred: pd.DataFrame | None = None
) -> dict[str, Why]:
    """Return the returns that one assessor must not assess, each with a reason.

    `assessor` is a table of one row.
    """
    names = list(map(str, returns["return_id"]))
    return {
        names[row]: why
        for why, (rows, _) in conflicting_pairs(returns, assessor, barred).items()
        for row in rows.tolist()
    }
