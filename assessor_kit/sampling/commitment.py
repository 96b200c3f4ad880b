"""The commitment: a small file that fixes a draw before its seed exists, and the draw under it.

The file names no member. Published before the seed's moment, it leaves the body nothing to choose:
who can be drawn, in which strata, how many, and where the seed comes from are all in it or bound by
its root.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pandas as pd

from assessor_kit.errors import DrawRefused
from assessor_kit.sampling.design import Design, Stratum
from assessor_kit.sampling.leaves import (
    LEAF_BYTES,
    SALT_BYTES,
    blinded_leaves,
    merkle_root,
    root_of_strata,
    sorted_leaves,
)
from assessor_kit.sampling.seed_sources import Seed, SeedSource, read_seed_source
from assessor_kit.sampling.tickets import first_by_ticket

COMMITMENT_FORMAT = "assessor-kit commitment 1"
DRAW_FORMAT = "assessor-kit draw 1"
MOMENT = "%Y-%m-%dT%H:%M:%SZ"
STRATUM_KEYS = ("name", "kind", "members", "selected", "reserves", "root")


@dataclass(frozen=True, kw_only=True)
class Commitment:
    """What a commitment file says.

    `made_with` is the version of the program and the digest of its rules for drawing.
    """

    draw_id: str
    cpd_year: int
    body: str
    rules: str
    made_at: datetime
    made_with: str
    design: Design
    size: int
    reserve_percent: Fraction
    seed_from: SeedSource
    page_address: str = ""
    spread: Mapping[str, Fraction] = field(default_factory=dict)

    @property
    def frame_size(self) -> int:
        """How many members can be drawn."""
        return sum(stratum.members for stratum in self.design.strata)

    @property
    def root(self) -> str:
        """The root of all strata: their names, sizes and blinded members."""
        return root_of_strata(
            (one.name, one.members, one.selected, one.reserves, one.root)
            for one in self.design.strata
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the content of the file."""
        return {
            "format": COMMITMENT_FORMAT,
            "draw_id": self.draw_id,
            "cpd_year": self.cpd_year,
            "body": self.body,
            "rules": self.rules,
            "made_at": self.made_at.strftime(MOMENT),
            "made_with": self.made_with,
            "size": self.size,
            "reserve_percent": str(self.reserve_percent),
            "sizes_rule": self.design.sizes_rule,
            "spread": {name: str(number) for name, number in self.spread.items()},
            "strata": [
                {key: getattr(stratum, key) for key in STRATUM_KEYS}
                for stratum in self.design.strata
            ],
            "merged": list(self.design.merged),
            "frame_size": self.frame_size,
            "root": self.root,
            "seed_from": self.seed_from.in_words(),
            "seed_known_at": self.seed_from.moment.strftime(MOMENT),
            "page_address": self.page_address,
        }


def written(content: Mapping[str, Any]) -> str:
    """Return the one way in which a commitment or a draw is written to a file."""
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def digest_of(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a commitment, which is what a newsletter can print.

    It is that of the file as this program writes it, so a mail system that changes the ends of its
    lines does no harm.
    """
    return hashlib.sha256(written(content).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class BlindedFrame:
    """A frame with its leaves; `frame` has member_no, stratum, salt and leaf (hexadecimal)."""

    frame: pd.DataFrame
    design: Design


def blind_frame(frame: pd.DataFrame, design: Design, *, draw_id: str, salts: bytes) -> BlindedFrame:
    """Blind every member of a planned frame, and put the roots of the strata into the design.

    `salts` holds 16 random bytes for each member.
    """
    salt_of = [salts[place : place + SALT_BYTES] for place in range(0, len(salts), SALT_BYTES)]
    blinded = frame.assign(salt=salt_of)
    parts, strata = [], []
    for stratum in design.strata:
        members = blinded[blinded["stratum"] == stratum.name]
        leaves = blinded_leaves(
            list(members["member_no"]),
            salts=b"".join(members["salt"]),
            draw_id=draw_id,
            stratum=stratum.name,
        )
        strata.append(replace(stratum, root=merkle_root(sorted_leaves(leaves)).hex()))
        parts.append(
            members.assign(
                salt=[salt.hex() for salt in members["salt"]], leaf=[leaf.hex() for leaf in leaves]
            )
        )
    return BlindedFrame(
        frame=pd.concat(parts, ignore_index=True), design=replace(design, strata=tuple(strata))
    )


def draw_leaves(
    stratum: Stratum, leaves: Sequence[str], *, seed: str
) -> tuple[list[str], list[str], list[str]]:
    """Draw a stratum: the leaves selected, the reserves in order, and the tickets of both."""
    first = first_by_ticket(leaves, seed=seed, take=stratum.selected + stratum.reserves)
    drawn = [leaves[place] for place in first.places]
    return drawn[: stratum.selected], drawn[stratum.selected :], first.tickets


def draw_content(
    commitment: Commitment, leaves: Mapping[str, Sequence[str]], *, seed: Seed
) -> dict[str, Any]:
    """Return the content of the draw file: the seed, every leaf, and which of them are drawn.

    `leaves` maps each stratum to its leaves, which come out sorted.
    """
    strata = []
    for stratum in commitment.design.strata:
        ordered = sorted(leaves[stratum.name])
        selected, reserves, _ = draw_leaves(stratum, ordered, seed=seed.text)
        probability = stratum.inclusion_probability
        strata.append(
            {
                "name": stratum.name,
                "inclusion_probability": str(probability),
                "leaves": ordered,
                "selected": selected,
                "reserves": reserves,
            }
        )
    return {
        "format": DRAW_FORMAT,
        "draw_id": commitment.draw_id,
        "commitment": digest_of(commitment.as_dict()),
        "root": commitment.root,
        "seed_from": commitment.seed_from.in_words(),
        "seed_known_at": commitment.seed_from.moment.strftime(MOMENT),
        "seed": seed.text,
        "signature": seed.signature,
        "signature_before": seed.before,
        "strata": strata,
    }


def read_commitment(content: object) -> Commitment:
    """Return the commitment that a file's content is; raises DrawRefused for anything else.

    Everything that follows from something else in it is worked out again and compared.
    """
    try:
        made = _commitment(content)
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError) as problem:
        raise DrawRefused(
            f"The commitment cannot be read: {type(problem).__name__} at {problem}",
            expected="a commitment file as `assessor-kit commit-draw` wrote it",
        ) from None
    again = made.as_dict()
    for key in sorted(set(again) | set(content)):  # type: ignore[call-overload]
        if again.get(key) != content.get(key):  # type: ignore[attr-defined]
            raise DrawRefused(
                f"The commitment contradicts itself: its {key.replace('_', ' ')} does not follow"
                " from the rest of it",
                advice="It has been changed since it was made.",
            )
    return made


def _commitment(content: Any) -> Commitment:  # noqa: ANN401  (anybody's JSON)
    if content["format"] != COMMITMENT_FORMAT:
        raise ValueError(f"format {content['format']!r}")
    strata = tuple(
        Stratum(
            name=str(row["name"]),
            kind=str(row["kind"]),
            members=_whole(row["members"]),
            selected=_whole(row["selected"]),
            reserves=_whole(row["reserves"]),
            root=str(row["root"]),
        )
        for row in content["strata"]
    )
    return Commitment(
        draw_id=str(content["draw_id"]),
        cpd_year=_whole(content["cpd_year"]),
        body=str(content["body"]),
        rules=str(content["rules"]),
        made_at=datetime.strptime(content["made_at"], MOMENT).replace(tzinfo=UTC),
        made_with=str(content["made_with"]),
        design=Design(
            strata=strata,
            merged=tuple(content["merged"]),
            sizes_rule=str(content["sizes_rule"]),
        ),
        size=_whole(content["size"]),
        reserve_percent=Fraction(content["reserve_percent"]),
        seed_from=read_seed_source(content["seed_from"]),
        page_address=str(content["page_address"]),
        spread={str(name): Fraction(number) for name, number in content["spread"].items()},
    )


def _whole(number: object) -> int:
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise ValueError(f"{number!r} is no whole number")
    return number


def is_leaf(text: object) -> bool:
    """Whether a text can be a leaf: 64 hexadecimal digits, written small."""
    return (
        isinstance(text, str)
        and len(text) == 2 * LEAF_BYTES
        and not set(text) - set("0123456789abcdef")
    )
