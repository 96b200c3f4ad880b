"""From TOML to records: every key must be known and every needed key there, or the file and the key are named."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from assessor_kit.errors import RulesError
from assessor_kit.rules.schema import (
    Choice,
    Criterion,
    Frame,
    Guideline,
    Phrase,
    Rules,
    Suggestion,
    TargetRow,
    Words,
)
from assessor_kit.vocabulary import ProfessionalStatus, TargetBasis

HERE = Path(__file__).resolve().parent
EDITIONS, OWN_WORDS = "editions.toml", ("phrases.toml", "suggestions.toml")
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
    *(name for name, _ in LISTS.values()),
}


def schemes() -> tuple[str, ...]:
    """The schemes whose rules come with the kit."""
    return tuple(sorted(path.parent.name for path in HERE.glob(f"*/{EDITIONS}")))


@dataclass(frozen=True)
class _File:
    """A file as it was read just now; the same where name and content are the same, wherever it lies."""

    path: Path = field(compare=False)
    name: str
    content: bytes


def load_rules(scheme: str, cpd_year: int, *, folder: Path | None = None) -> Rules:
    """The rules of a scheme for CPD done in `cpd_year`, as its files are now: read anew only where one of them has changed.

    `folder` may hold a workspace's own phrases.toml and suggestions.toml, which replace the shipped ones. Raises RulesError for an
    unknown scheme, a year no edition covers, and any key that is missing, unknown or contradictory.
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
    edition, path = _edition(editions, cpd_year), file.path
    content = _toml(file)
    unknown = sorted(set(content) - EDITION_KEYS)
    if unknown:
        raise _bad(
            path,
            f"unknown key {', '.join(unknown)}",
            f"keys among {', '.join(sorted(EDITION_KEYS))}",
        )
    parts: dict[str, Any] = {
        name: tuple(_record(kind, entry, path, key) for entry in content.get(key, []))
        for name, (key, kind) in LISTS.items()
    }
    parts["targets"] = tuple(
        _record(TargetRow, entry, editions.path, "target") for entry in edition["target"]
    )
    parts["frame"], parts["guideline"], parts["words"] = (
        _record(kind, _needed(content, key, path), path, key)
        for key, kind in (("frame", Frame), ("guideline", Guideline), ("words", Words))
    )
    rules = Rules(
        scheme=scheme,
        edition=f"{scheme}-{edition['name']}",
        first_cpd_year=edition["first_cpd_year"],
        last_cpd_year=edition.get("last_cpd_year"),
        cpd_year=cpd_year,
        needed_columns=tuple(_needed(content, "needed_columns", path)),
        marking_days=_needed(content, "marking_days", path),
        digest=_digest(parts),
        **parts,
        phrases=_list_of(Phrase, "phrase", phrases),
        suggestions=_list_of(Suggestion, "suggestion", suggestions),
    )
    _check(rules, path)
    return rules


def _edition(editions: _File, cpd_year: int) -> dict[str, Any]:
    for edition in _needed(_toml(editions), "edition", editions.path):
        if edition["first_cpd_year"] <= cpd_year <= edition.get("last_cpd_year", cpd_year):
            return dict(edition)
    raise RulesError(
        f"No edition covers CPD of {cpd_year}",
        where=editions.name,
        advice="Add an edition to the table, with its source.",
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
            f"not readable as TOML: {problem}", where=file.name, advice="Mend the line named."
        ) from None


def _own_or_shipped(name: str, home: Path, folder: Path | None) -> Path:
    own = folder / name if folder else None
    return own if own and own.is_file() else home / name


def _list_of(kind: Callable[..., Any], key: str, file: _File) -> tuple[Any, ...]:
    return tuple(_record(kind, entry, file.path, key) for entry in _toml(file).get(key, []))


def _needed(content: Mapping[str, Any], key: str, path: Path) -> Any:  # noqa: ANN401  (a TOML value may be anything)
    if key not in content:
        raise _bad(path, f"the key {key!r} is missing", f"a value for {key}")
    return content[key]


def _bad(path: Path, found: str, expected: str) -> RulesError:
    return RulesError(
        found,
        where=f"{path.parent.name}/{path.name}",
        expected=expected,
        advice="Mend the file; nothing was loaded.",
    )


def _record(kind: Any, entry: Mapping[str, Any], path: Path, key: str) -> Any:  # noqa: ANN401  (one reader for every record of the schema)
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
        raise _bad(path, f"[{key}] {', '.join(words)}", f"the keys {', '.join(known)}")
    return kind(
        **{
            name: tuple(value) if isinstance(value, list) else value
            for name, value in entry.items()
        }
    )


def _digest(parts: Mapping[str, Any]) -> str:
    """SHA-256 of everything that can change a finding; wording alone that findings never use is left out."""
    counted = {
        name: asdict(parts[name])
        if not isinstance(parts[name], tuple)
        else [asdict(part) for part in parts[name]]
        for name in CAN_CHANGE_A_FINDING
    }
    return hashlib.sha256(json.dumps(counted, sort_keys=True).encode()).hexdigest()


def _check(rules: Rules, path: Path) -> None:
    """Contradictions inside an edition."""
    codes = {choice.code for choice in rules.areas}
    strays = sorted(set(rules.guideline.area_hours) - codes) + sorted(
        code for partly in rules.partly_stated_areas for code in partly.covers if code not in codes
    )
    if strays:
        raise _bad(
            path,
            f"areas {', '.join(strays)} are used and not defined",
            f"areas among {', '.join(sorted(codes))}",
        )
    criteria = {criterion.code for criterion in rules.criteria}
    for phrase in rules.phrases:
        if phrase.criterion not in criteria:
            raise _bad(
                path.with_name("phrases.toml"),
                f"a phrase for the criterion {phrase.criterion!r}",
                f"one of {', '.join(sorted(criteria))}",
            )
    for row in rules.targets:
        wrong = [word for word in row.statuses if word not in set(ProfessionalStatus)]
        if wrong or row.basis not in set(TargetBasis):
            raise _bad(
                path.with_name("editions.toml"),
                f"target row {row.basis!r} for {', '.join(row.statuses)}",
                "words of the vocabulary",
            )
