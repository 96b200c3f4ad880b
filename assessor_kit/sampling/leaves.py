"""Leaves that stand for members without naming them, and the root that fixes them all.

A leaf is HMAC-SHA-256 of the draw, the stratum and the membership number, under a salt that the
member alone is given. Whoever has the leaves cannot tell whose they are by trying every number;
whoever has a salt can show which leaf is theirs.

The sorted leaves of a stratum are the bottom of a Merkle tree: up to 256 leaves are hashed after a
byte 0, and up to 256 of the hashes after a byte 1, until one is left. A node can thus never be
taken for leaves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np

SALT_BYTES = 16
LEAF_BYTES = 32
BRANCHES = 256
BLOCK = 64  # of SHA-256, to which HMAC fills up its key
INNER, OUTER = 0x36, 0x5C  # HMAC's own
AT_ONCE = 2_000  # members whose padded salts are in memory together; they fit into a cache


def leaf_text(*, draw_id: str, stratum: str) -> str:
    """Return what is hashed before the membership number."""
    return f"assessor-kit leaf 1\n{draw_id}\n{stratum}\n"


def blinded_leaves(
    member_nos: Sequence[str], *, salts: bytes, draw_id: str, stratum: str
) -> list[bytes]:
    """Return the leaf of each member; `salts` holds 16 bytes for each, one after the other.

    HMAC is written out here, as the standard library's takes twice as long.
    """
    text = np.frombuffer(leaf_text(draw_id=draw_id, stratum=stratum).encode(), dtype=np.uint8)
    sha256 = hashlib.sha256
    made: list[bytes] = []
    for start in range(0, len(member_nos), AT_ONCE):
        numbers = member_nos[start : start + AT_ONCE]
        keys = np.frombuffer(
            salts, dtype=np.uint8, count=len(numbers) * SALT_BYTES, offset=start * SALT_BYTES
        )
        inner = np.full((len(numbers), BLOCK + len(text)), INNER, dtype=np.uint8)
        inner[:, :SALT_BYTES] ^= keys.reshape(-1, SALT_BYTES)
        inner[:, BLOCK:] = text
        outer = inner[:, :BLOCK] ^ np.uint8(INNER ^ OUTER)
        encoded = "\n".join(numbers).encode().split(b"\n")
        made += [
            sha256(out + sha256(into + number).digest()).digest()
            for out, into, number in zip(_rows(outer), _rows(inner), encoded, strict=True)
        ]
    return made


def _rows(blocks: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> list[bytes]:
    rows: list[bytes] = blocks.view(f"V{blocks.shape[1]}").reshape(-1).tolist()
    return rows


def sorted_leaves(leaves: Sequence[bytes]) -> list[bytes]:
    """Return the leaves in order, so that their places say nothing about the register's."""
    joined = b"".join(leaves)
    first = np.frombuffer(joined, dtype=">u8")[:: LEAF_BYTES // 8].astype(np.uint64)
    places = np.argsort(first)
    ordered = first[places]
    if (ordered[1:] == ordered[:-1]).any():
        return sorted(leaves)
    in_order: list[bytes] = np.frombuffer(joined, dtype=f"V{LEAF_BYTES}")[places].tolist()
    return in_order


def merkle_root(leaves: Iterable[bytes]) -> bytes:
    """Return the root over leaves in the order given."""
    row = _hashed(list(leaves), b"\x00")
    while len(row) > 1:
        row = _hashed(row, b"\x01")
    return row[0]


def _hashed(row: list[bytes], tag: bytes) -> list[bytes]:
    return [
        hashlib.sha256(tag + b"".join(row[start : start + BRANCHES])).digest()
        for start in range(0, max(1, len(row)), BRANCHES)
    ]


def root_of_strata(rows: Iterable[tuple[str, int, int, int, str]]) -> str:
    """Return the root of a whole design, as hexadecimal digits.

    A row is a stratum's name, its members, how many are selected, how many are reserves, and its
    own root. It is SHA-256 of a byte 2 and of these, separated by tabs, one line each.
    """
    lines = "".join("\t".join(map(str, row)) + "\n" for row in rows)
    return hashlib.sha256(b"\x02" + lines.encode()).hexdigest()
