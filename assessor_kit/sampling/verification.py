"""Is a draw the one that was committed to? From two published files, with every reason against it.

Nothing else is needed: no database, no membership number, no network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from assessor_kit.errors import AssessorKitError, DrawRefused, NotInstalled
from assessor_kit.sampling.commitment import (
    DRAW_FORMAT,
    MOMENT,
    Commitment,
    digest_of,
    draw_leaves,
    is_leaf,
    read_commitment,
)
from assessor_kit.sampling.design import CERTAIN, LOW_RATE, RANDOM, Stratum
from assessor_kit.sampling.leaves import merkle_root
from assessor_kit.sampling.seed_sources import read_seed
from assessor_kit.sampling.sizes import (
    LEAST,
    NEYMAN,
    WEBSTER,
    neyman_sizes,
    proportional_sizes,
    reserve_sizes,
)

DRAW_KEYS = {
    "format",
    "draw_id",
    "commitment",
    "root",
    "seed_from",
    "seed_known_at",
    "seed",
    "signature",
    "signature_before",
    "strata",
}
STRATUM_KEYS = {"name", "inclusion_probability", "leaves", "selected", "reserves"}


@dataclass(frozen=True, kw_only=True)
class Verification:
    """Whether a draw is the one that was committed to, why not, and the commitment's digest."""

    reasons: tuple[str, ...]
    digest: str
    strata: tuple[dict[str, Any], ...] = ()

    @property
    def verified(self) -> bool:
        """Whether nothing speaks against the draw."""
        return not self.reasons


def verify_files(commitment: object, draw: object, *, published: str = "") -> Verification:
    """Repeat a draw from the contents of its two files.

    `published` is the digest that was printed when the commitment was published: whoever remakes
    both files cannot remake that. Raises NotInstalled where a drand round cannot be checked.
    """
    digest = digest_of(commitment) if isinstance(commitment, dict) else ""
    reasons = []
    if published and published.strip().lower() != digest:
        reasons.append(
            f"The commitment's digest is {digest}, but {published.strip()} was published: this is"
            " another commitment."
        )
    try:
        stated = read_commitment(commitment)
    except AssessorKitError as problem:
        return Verification(reasons=(*reasons, problem.sentence()), digest=digest)
    if stated.made_at >= stated.seed_from.moment:
        reasons.append("The commitment was made when its seed could already be known.")
    reasons += _against_the_sizes(stated)
    if not isinstance(draw, dict) or draw.get("format") != DRAW_FORMAT:
        reasons.append("The draw file is no draw of this program.")
        return Verification(reasons=tuple(reasons), digest=digest)
    reasons += _against_the_facts(stated, draw, digest)
    reasons += _against_the_seed(stated, draw)
    parts, found = _against_the_strata(stated, draw)
    return Verification(reasons=tuple(reasons + found), digest=digest, strata=tuple(parts))


def _against_the_sizes(stated: Commitment) -> list[str]:
    """Work the sizes out again from the size and the counts."""
    strata = stated.design.strata
    unknown = sorted({one.kind for one in strata} - {CERTAIN, LOW_RATE, RANDOM})
    if unknown or stated.design.sizes_rule not in {WEBSTER, NEYMAN}:
        return [f"The commitment divides its sample by no known rule: {', '.join(unknown)}."]
    reasons = []
    if sum(one.selected for one in strata) != stated.size:
        reasons.append(f"The strata do not add up to the size of {stated.size}.")
    counts = {one.name: one.members for one in strata if one.kind == RANDOM}
    chosen = {one.name: one.selected for one in strata if one.kind == RANDOM}
    rest = sum(chosen.values())
    try:
        if stated.design.sizes_rule == NEYMAN:
            sizes = neyman_sizes(counts, size=rest, spread=stated.spread)
        else:
            sizes = proportional_sizes(counts, size=rest)
        reserves = reserve_sizes(counts, sizes, percent=stated.reserve_percent)
    except DrawRefused as problem:
        return [*reasons, problem.sentence()]
    for one in strata:
        if one.kind == RANDOM and (one.selected, one.reserves) != (
            sizes[one.name],
            reserves[one.name],
        ):
            reasons.append(
                f"By the {stated.design.sizes_rule} rule stratum {one.name!r} has"
                f" {sizes[one.name]} selected and {reserves[one.name]} reserves, not"
                f" {one.selected} and {one.reserves}."
            )
        if one.kind == CERTAIN and one.selected != one.members:
            reasons.append(f"Stratum {one.name!r} is certain, but not all of it is selected.")
        if one.kind == LOW_RATE and one.selected < min(LEAST, one.members):
            reasons.append(f"Stratum {one.name!r} has fewer than {LEAST} selected.")
    return reasons


def _against_the_facts(stated: Commitment, draw: Mapping[str, Any], digest: str) -> list[str]:
    reasons = []
    if set(draw) != DRAW_KEYS:
        odd = ", ".join(sorted(set(draw) ^ DRAW_KEYS))
        reasons.append(f"The draw file has keys too many or too few: {odd}.")
    facts = {
        "commitment": digest,
        "draw_id": stated.draw_id,
        "root": stated.root,
        "seed_from": stated.seed_from.in_words(),
        "seed_known_at": stated.seed_from.moment.strftime(MOMENT),
    }
    for key, expected in facts.items():
        if draw.get(key) != expected:
            reasons.append(
                f"The draw's {key.replace('_', ' ')} is {draw.get(key)!r}; the commitment says"
                f" {expected!r}."
            )
    return reasons


def _against_the_seed(stated: Commitment, draw: Mapping[str, Any]) -> list[str]:
    texts = [draw.get(key) for key in ("seed", "signature", "signature_before")]
    if not all(isinstance(text, str) for text in texts):
        return ["The draw file's seed is not a text."]
    seed, signature, before = map(str, texts)
    try:
        found = read_seed(stated.seed_from, seed, signature=signature, before=before)
    except NotInstalled:
        raise
    except AssessorKitError as problem:
        return [problem.sentence()]
    if found.text != seed:
        return [f"The seed is {seed!r}; its source gave {found.text!r}."]
    if (found.signature, found.before) != (signature, before):
        return ["The draw file has a signature that its source of seeds does not have."]
    return []


def _against_the_strata(
    stated: Commitment, draw: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], list[str]]:
    rows = draw.get("strata")
    if not isinstance(rows, list) or not all(
        isinstance(row, dict) and set(row) == STRATUM_KEYS for row in rows
    ):
        return [], ["The draw file's strata cannot be read."]
    names = [row["name"] for row in rows]
    expected = [one.name for one in stated.design.strata]
    if names != expected:
        return [], [f"The draw's strata are {names}; the commitment's are {expected}."]
    parts, reasons = [], []
    for stratum, row in zip(stated.design.strata, rows, strict=True):
        reasons += _against_a_stratum(stratum, row, seed=str(draw.get("seed")))
        parts.append(
            {
                "stratum": stratum.name,
                "members": stratum.members,
                "selected": stratum.selected,
                "reserves": stratum.reserves,
                "inclusion_probability": str(stratum.inclusion_probability),
            }
        )
    return parts, reasons


def _against_a_stratum(stratum: Stratum, row: Mapping[str, Any], *, seed: str) -> list[str]:
    where = f"Stratum {stratum.name!r}"
    leaves = row["leaves"]
    if not isinstance(leaves, list) or not all(map(is_leaf, leaves)):
        return [f"{where}: its leaves cannot be read."]
    reasons = []
    if len(leaves) != stratum.members:
        reasons.append(
            f"{where} has {len(leaves)} leaves; {stratum.members} members were committed to."
        )
    if leaves != sorted(set(leaves)):
        reasons.append(f"{where}: its leaves are not in order, or one is there twice.")
    if merkle_root([bytes.fromhex(leaf) for leaf in leaves]).hex() != stratum.root:
        reasons.append(
            f"{where}: its members are not those that were committed to (the root differs)."
        )
    if row["inclusion_probability"] != str(Fraction(stratum.inclusion_probability)):
        reasons.append(
            f"{where}: the probability is stated as {row['inclusion_probability']}, but"
            f" {stratum.selected} of {stratum.members} is {stratum.inclusion_probability}."
        )
    selected, reserves, _ = draw_leaves(stratum, leaves, seed=seed)
    for key, drawn in (("selected", selected), ("reserves", reserves)):
        if row[key] != drawn:
            reasons.append(f"{where}: the seed draws other {key} than the file says.")
    return reasons
