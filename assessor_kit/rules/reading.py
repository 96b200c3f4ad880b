"""Reads the rules from TOML files, and checks every key, type and closed word.

An error names file, line and key, what was found and what was expected.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, get_type_hints

import msgspec

from assessor_kit.errors import RulesError
from assessor_kit.rules.schema import (
    SCORER_NAMES,
    TONES,
    Choice,
    Criterion,
    Frame,
    Guideline,
    ModerationRules,
    Phrase,
    RequestDays,
    RoundDays,
    Rules,
    SchemeWords,
    Suggestion,
    TargetRow,
)
from assessor_kit.tables import ACTIVITIES
from assessor_kit.vocabulary import ProfessionalStatus, SecondMarkingReason, TargetBasis

HERE = Path(__file__).resolve().parent
EDITIONS = "editions.toml"
OWN_WORDS = ("phrases.toml", "suggestions.toml")
LISTS: dict[str, tuple[str, Callable[..., object]]] = {
    "activity_types": ("activity_type", Choice),
    "areas": ("area", Choice),
    "partly_stated_areas": ("partly_stated_area", Choice),
    "competences": ("competence", Choice),
    "criteria": ("criterion", Criterion),
    "levels": ("level", Choice),
    "outcomes": ("outcome", Choice),
}
CAN_CHANGE_A_FINDING = (
    "guideline",
    "targets",
    "activity_types",
    "areas",
    "partly_stated_areas",
    "competences",
    "criteria",
)
EDITION_KEYS = {
    "marking_days",
    "needed_columns",
    "frame",
    "guideline",
    "words",
    "requests",
    "moderation",
    "rounds",
    *(name for name, _ in LISTS.values()),
}
# Each type of the schema, as a person would name it.
TYPES: dict[object, str] = {
    str: "a text in quotation marks",
    int: "a whole number",
    int | None: "a whole number",
    bool: "true or false",
    float: "a number",
    float | None: "a number",
    tuple[str, ...]: "a list of texts",
    tuple[int, ...]: "a list of whole numbers",
    dict[str, float]: "a table of numbers",
    list[dict[str, Any]]: "tables under [[double brackets]]",
    dict[str, Any]: "a table under [brackets]",
}
# The closed words that do not depend on the edition.
CLOSED: dict[tuple[str, str], tuple[str, ...]] = {
    ("phrase", "tone"): TONES,
    ("edition.target", "basis"): tuple(TargetBasis),
    ("edition.target", "statuses"): tuple(ProfessionalStatus),
    ("edition.target", "volunteering"): ("", "yes", "no"),
    ("criterion", "scorer"): ("", *SCORER_NAMES),
    ("moderation", "choose"): tuple(
        one for one in SecondMarkingReason if one is not SecondMarkingReason.RANDOM
    ),
}


def schemes() -> tuple[str, ...]:
    """Return the schemes whose rules come with the kit."""
    return tuple(sorted(path.parent.name for path in HERE.glob(f"*/{EDITIONS}")))


@dataclass(frozen=True)
class _File:
    """A file as it was just read.

    Two are equal if their names and contents are, wherever they lie.
    """

    path: Path = field(compare=False)
    name: str
    content: bytes


def load_rules(scheme: str, cpd_year: int, *, folder: Path | None = None) -> Rules:
    """Return the rules of a scheme for CPD done in `cpd_year`, as its files are now.

    They are checked anew only if one of the files has changed. `folder` may hold a workspace's own
    phrases.toml and suggestions.toml, which replace the ones supplied with the kit. Raises
    RulesError for an unknown scheme, a year that no edition covers, and any key that is missing,
    unknown or contradictory.
    """
    home = HERE / scheme
    if scheme not in schemes():
        raise RulesError(
            f"There are no rules for the scheme {scheme!r}",
            expected=f"one of {', '.join(schemes())}",
            advice="Check the spelling.",
        )
    editions = _read(home / EDITIONS)
    edition = _edition(editions, cpd_year)
    return _rules(
        scheme,
        cpd_year,
        editions,
        _read(home / f"{edition['name']}.toml"),
        *(_read(_own_or_shipped(name, home, folder)) for name in OWN_WORDS),
    )


@lru_cache(maxsize=64)
def _rules(
    scheme: str, cpd_year: int, editions: _File, file: _File, phrases: _File, suggestions: _File
) -> Rules:
    edition = _edition(editions, cpd_year)
    content = _toml(file)
    unknown = sorted(set(content) - EDITION_KEYS)
    if unknown:
        raise _bad(
            _Place(file, "", 0, unknown[0]),
            f"unknown key {', '.join(unknown)}",
            f"keys among {', '.join(sorted(EDITION_KEYS))}",
        )
    parts: dict[str, Any] = {name: _list_of(kind, key, file) for name, (key, kind) in LISTS.items()}
    parts["targets"] = _targets(editions, edition)
    for key, kind in (
        ("frame", Frame),
        ("guideline", Guideline),
        ("words", SchemeWords),
        ("requests", RequestDays),
        ("moderation", ModerationRules),
        ("rounds", RoundDays),
    ):
        entry = _needed(file, key, dict[str, Any])
        parts[key] = _record(kind, entry, _Place(file, key))
    rules = Rules(
        scheme=scheme,
        edition=f"{scheme}-{edition['name']}",
        first_cpd_year=edition["first_cpd_year"],
        last_cpd_year=edition.get("last_cpd_year"),
        cpd_year=cpd_year,
        needed_columns=tuple(_needed(file, "needed_columns", tuple[str, ...])),
        marking_days=_needed(file, "marking_days", int),
        digest=_digest(parts),
        **parts,
        phrases=_list_of(Phrase, "phrase", phrases),
        suggestions=_list_of(Suggestion, "suggestion", suggestions),
    )
    _check(rules, file, phrases, suggestions)
    return rules


@dataclass(frozen=True, kw_only=True)
class _Edition:
    """One table of editions.toml, as it is written there."""

    name: str
    first_cpd_year: int
    last_cpd_year: int | None = None
    source: str
    reading: str = ""
    target: list[dict[str, Any]]


def _edition(editions: _File, cpd_year: int) -> dict[str, Any]:
    found = _needed(editions, "edition", list[dict[str, Any]])
    for number, edition in enumerate(found):
        _record(_Edition, edition, _Place(editions, "edition", number))
    for edition in found:
        if edition["first_cpd_year"] <= cpd_year <= edition.get("last_cpd_year", cpd_year):
            return dict(edition)
    raise RulesError(
        f"No edition covers CPD done in {cpd_year}",
        where=editions.name,
        advice="Check the year, or add an edition with its source.",
    )


def _targets(editions: _File, edition: Mapping[str, Any]) -> tuple[TargetRow, ...]:
    """Return the target rows of one edition.

    A mistake is located by its row's place among the target rows of all editions.
    """
    before = 0
    for other in _toml(editions)["edition"]:
        if other["name"] == edition["name"]:
            break
        before += len(other["target"])
    return tuple(
        _record(TargetRow, entry, _Place(editions, "edition.target", before + number))
        for number, entry in enumerate(edition["target"])
    )


def _read(path: Path) -> _File:
    try:
        return _File(path, path.name, path.read_bytes())
    except FileNotFoundError:
        raise RulesError(
            "the file is missing", where=path.name, advice="Restore it from the kit."
        ) from None


@lru_cache(maxsize=64)
def _toml(file: _File) -> dict[str, Any]:
    try:
        return tomllib.loads(file.content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise RulesError(
            f"not readable as TOML: {problem}", where=file.name, advice="Correct that line."
        ) from None


def _own_or_shipped(name: str, home: Path, folder: Path | None) -> Path:
    own = folder / name if folder else None
    return own if own and own.is_file() else home / name


def _list_of(kind: Callable[..., Any], key: str, file: _File) -> tuple[Any, ...]:
    entries = _typed(_toml(file).get(key, []), list[dict[str, Any]], _Place(file, "", 0, key))
    return tuple(
        _record(kind, entry, _Place(file, key, number)) for number, entry in enumerate(entries)
    )


@dataclass(frozen=True)
class _Place:
    """A place in a file: the key `name` in the `number`-th table named `key`."""

    file: _File
    key: str
    number: int = 0
    name: str = ""

    def __str__(self) -> str:
        path = self.file.path
        return f"{path.parent.name}/{path.name}, line {self.line()}"

    def line(self) -> int:
        """Return the line of the key, or of its table's heading if the key is absent."""
        lines = self.file.content.decode("utf-8").splitlines()
        start = self._heading(lines)
        if self.name:
            wanted = re.compile(rf"""\s*["']?{re.escape(self.name)}["']?\s*=""")
            for number, line in enumerate(lines[start:], start):
                if number > start and re.match(r"\s*\[", line) and not self._part(line):
                    break
                if wanted.match(line) or self._part(line, self.name):
                    return number + 1
        return max(start, 1)

    def _heading(self, lines: list[str]) -> int:
        """Return the number of the line that begins the table; 0 for keys before every table."""
        if not self.key:
            return 0
        heading = re.compile(rf"\s*\[\[?\s*{re.escape(self.key)}\s*\]")
        found = [number for number, line in enumerate(lines, 1) if heading.match(line)]
        return found[self.number] if self.number < len(found) else 0

    def _part(self, line: str, name: str = "") -> bool:
        """Whether a line begins a table inside this one, with that name if one is given."""
        prefix = f"{self.key}." if self.key else ""
        return bool(re.match(rf"\s*\[\[?\s*{re.escape(prefix + name)}", line)) and bool(
            prefix or name
        )


# A TOML value may be anything.
def _needed(file: _File, key: str, kind: object) -> Any:  # noqa: ANN401
    content = _toml(file)
    place = _Place(file, "", 0, key)
    if key not in content:
        raise _bad(place, f"the key {key!r} is missing", f"a value for {key}")
    return _typed(content[key], kind, place)


def _bad(place: _Place, found: str, expected: str) -> RulesError:
    return RulesError(
        found, where=str(place), expected=expected, advice="Correct the file; nothing was loaded."
    )


def _typed(value: Any, kind: object, place: _Place) -> Any:  # noqa: ANN401
    """Return the value unchanged if it is of the right type; otherwise raise RulesError."""
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        raise _bad(place, f"{place.name} = {_written(value)}", TYPES[kind]) from None
    return value


def _written(value: object) -> str:
    """Return a value roughly as the file writes it."""
    return json.dumps(value, ensure_ascii=False, default=str)


# One function reads every record of the schema, so `kind` and the result may be any of them.
def _record(kind: Any, entry: Mapping[str, Any], place: _Place) -> Any:  # noqa: ANN401
    known = {one.name: one for one in fields(kind)}
    unknown = sorted(set(entry) - set(known))
    missing = sorted(
        n
        for n, f in known.items()
        if n not in entry and f.default is MISSING and f.default_factory is MISSING
    )
    if unknown or missing:
        words = [
            *(f"unknown {name!r}" for name in unknown),
            *(f"missing {name!r}" for name in missing),
        ]
        raise _bad(
            replace(place, name=(*unknown, "")[0]),
            f"[{place.key}] {', '.join(words)}",
            f"the keys {', '.join(known)}",
        )
    types = get_type_hints(kind)
    for name, value in entry.items():
        here = replace(place, name=name)
        _typed(value, types[name], here)
        if (place.key, name) in CLOSED:
            _one_of(value, CLOSED[place.key, name], here)
    return kind(
        **{
            name: tuple(value) if isinstance(value, list) else value
            for name, value in entry.items()
        }
    )


def _one_of(value: str | Iterable[str], words: Iterable[str], place: _Place) -> None:
    """Raise RulesError for a word that is not in the closed list, alone or in a list of words."""
    known = list(words)
    for word in [value] if isinstance(value, str) else value:
        if word not in known:
            listed = ", ".join(one or '""' for one in known)
            raise _bad(place, f"{place.name} = {_written(word)}", f"one of {listed}")


def _day_of_year(value: str, place: _Place) -> None:
    """Raise RulesError for what is no day of a year, such as 01-31; empty is allowed."""
    try:
        if value:
            date.fromisoformat(f"2000-{value}")
    except ValueError:
        raise _bad(place, f"{place.name} = {_written(value)}", "month and day: 01-31") from None


def _digest(parts: Mapping[str, Any]) -> str:
    """Return the SHA-256 of everything that can change a finding.

    Wording that findings never use is left out.
    """
    counted = {
        name: (
            asdict(parts[name])
            if not isinstance(parts[name], tuple)
            else [asdict(part) for part in parts[name]]
        )
        for name in CAN_CHANGE_A_FINDING
    }
    return hashlib.sha256(json.dumps(counted, sort_keys=True).encode()).hexdigest()


def _check(rules: Rules, file: _File, phrases: _File, suggestions: _File) -> None:
    """Check that codes are defined in the same edition and that needed columns exist."""
    _one_of(
        rules.rounds.ends_as,
        [one.code for one in rules.outcomes if not one.needs_words],
        _Place(file, "rounds", 0, "ends_as"),
    )
    areas = [choice.code for choice in rules.areas]
    kinds = [choice.code for choice in rules.activity_types]
    criteria = [criterion.code for criterion in rules.criteria]
    for code in rules.guideline.area_hours:
        if code not in areas:
            raise _bad(
                _Place(file, "guideline", 0, "area_hours"),
                f"hours for the area {code!r}, which is not defined",
                f"areas among {', '.join(areas)}",
            )
    for number, partly in enumerate(rules.partly_stated_areas):
        _one_of(partly.covers, areas, _Place(file, "partly_stated_area", number, "covers"))
    for name in ("declaration_asked", "declaration_due"):
        _day_of_year(getattr(rules.requests, name), _Place(file, "requests", 0, name))
    columns = [*ACTIVITIES.column_names, "hours"]
    _one_of(rules.needed_columns, columns, _Place(file, "", 0, "needed_columns"))
    for number, phrase in enumerate(rules.phrases):
        _one_of(phrase.criterion, criteria, _Place(phrases, "phrase", number, "criterion"))
    for number, one in enumerate(rules.suggestions):
        place = _Place(suggestions, "suggestion", number, "area")
        _one_of(one.area, ["", *areas], place)
        _one_of(one.activity_type, kinds, replace(place, name="activity_type"))
