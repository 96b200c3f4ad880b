"""The public randomness beacon drand: when a round comes, and whether its signature is genuine.

A round is signed by a league of independent organisations together, and nobody knows the signature
before its moment. Its SHA-256 is the round's random number. Checking needs no network: the league's
public keys are below (drand's documentation; the recorded rounds in tests/sampling prove them).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from assessor_kit.errors import DrawRefused, InvalidRequest, NotInstalled

SUITE = b"BLS_SIG_BLS12381%s_XMD:SHA-256_SSWU_RO_NUL_"  # RFC 9380, as drand uses it


@dataclass(frozen=True, kw_only=True)
class Chain:
    """One of drand's chains of rounds; `linked` rounds sign the signature before them too."""

    genesis: int  # seconds since 1970
    period: int
    public_key: str
    linked: bool


CHAINS = {
    "quicknet": Chain(
        genesis=1692803367,
        period=3,
        public_key=(
            "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c"
            "8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb"
            "5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
        ),
        linked=False,
    ),
    "mainnet": Chain(
        genesis=1595431050,
        period=30,
        public_key=(
            "868f005eb8e6e4ca0a47c8a77ceaa5309a47978a7c71bc5cce96366b5d7a5699"
            "37c529eeda66c7293784a9402801af31"
        ),
        linked=True,
    ),
}


def moment_of_round(chain: str, number: int) -> datetime:
    """Return when a round is published."""
    known = CHAINS[chain]
    return datetime.fromtimestamp(known.genesis, UTC) + timedelta(
        seconds=(number - 1) * known.period
    )


def round_at(chain: str, moment: datetime) -> int:
    """Return the first round that is published at a moment or after it."""
    known = CHAINS[chain]
    seconds = moment.timestamp() - known.genesis
    return max(1, -int(-seconds // known.period) + 1)


def random_number(signature: str) -> str:
    """Return a round's random number, which is the seed: SHA-256 of its signature."""
    return hashlib.sha256(_bytes(signature, "signature")).hexdigest()


def require_genuine(chain: str, number: int, *, signature: str, before: str = "") -> None:
    """Raise DrawRefused unless the signature is that of the round.

    `before` is the signature of the round before it, which mainnet signs too. Raises NotInstalled
    without the library of the extra `drand`.
    """
    known = CHAINS[chain]
    linked = _bytes(before, "signature of the round before") if known.linked else b""
    said = hashlib.sha256(linked + number.to_bytes(8, "big")).digest()
    signed = _bytes(signature, "signature")
    try:
        genuine = (_genuine_in_g2 if known.linked else _genuine_in_g1)(
            bytes.fromhex(known.public_key), said, signed
        )
    except (ValueError, AssertionError):  # not a point of the curve
        genuine = False
    if not genuine:
        raise DrawRefused(
            f"The signature is not that of round {number} of drand's {chain}",
            advice="Copy the round's signature again from a drand page, whole.",
        )


def _bytes(digits: str, what: str) -> bytes:
    try:
        return bytes.fromhex(digits)
    except ValueError:
        raise InvalidRequest(
            f"The {what} is {digits[:40]!r}",
            expected="hexadecimal digits",
            advice="Copy it again from a drand page, whole.",
        ) from None


def _library() -> Any:  # noqa: ANN401  (the library has no types)
    try:
        from py_ecc import optimized_bls12_381  # noqa: PLC0415  (an extra)
        from py_ecc.bls import g2_primitives, hash_to_curve, point_compression  # noqa: PLC0415
    except ImportError:
        raise NotInstalled(
            "A drand round cannot be checked: py_ecc is not installed",
            advice="Install it with: pip install 'assessor-kit[drand]'.",
        ) from None
    return optimized_bls12_381, hash_to_curve, point_compression, g2_primitives


def _genuine_in_g1(public_key: bytes, said: bytes, signature: bytes) -> bool:
    """Whether e(signature, G2) is e(hash of what was said, public key)."""
    curve, hashing, points, keys = _library()
    signed = points.decompress_G1(int.from_bytes(signature, "big"))
    return bool(
        keys.subgroup_check(signed)
        and _equal_pairings(
            curve,
            (curve.G2, signed),
            (
                keys.signature_to_G2(public_key),
                hashing.hash_to_G1(said, SUITE % b"G1", hashlib.sha256),
            ),
        )
    )


def _genuine_in_g2(public_key: bytes, said: bytes, signature: bytes) -> bool:
    """Whether e(G1, signature) is e(public key, hash of what was said)."""
    curve, hashing, _, keys = _library()
    signed = keys.signature_to_G2(signature)
    return bool(
        keys.subgroup_check(signed)
        and _equal_pairings(
            curve,
            (signed, curve.G1),
            (
                hashing.hash_to_G2(said, SUITE % b"G2", hashlib.sha256),
                keys.pubkey_to_G1(public_key),
            ),
        )
    )


def _equal_pairings(curve: Any, one: tuple[Any, Any], other: tuple[Any, Any]) -> bool:  # noqa: ANN401
    product = curve.pairing(one[0], curve.neg(one[1]), final_exponentiate=False) * curve.pairing(
        *other, final_exponentiate=False
    )
    return bool(curve.final_exponentiate(product) == curve.FQ12.one())
