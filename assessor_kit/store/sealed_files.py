"""Files that leave the house, encrypted: a signed pack for an assessor's laptop, under a passphrase, and what comes back from it.

A pack begins with a line that says what it is and whose, so that a wrong passphrase can be told from a wrong file, then salt, nonce, the signed
archive under AES-256-GCM with a key that scrypt makes of the passphrase, and a SHA-256 by which damage on the way is told from both.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import secrets
import unicodedata
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from assessor_kit.errors import PackRefused
from assessor_kit.store.keys import KEY_BYTES

CONTENT, SIGNATURE, PUBLIC_KEY = "pack.json", "signature", "public_key"
PACK, LABEL_BYTES = (
    b"assessor-kit pack 2\n",
    2000,
)  # how a pack begins; the label after it is a line of JSON no longer than this
NONCE_BYTES, SALT_BYTES = 12, 16
COST, BLOCK, TWICE = (
    2**15,
    8,
    3,
)  # of scrypt: 32 MB and a third of a second, as the OWASP password storage cheat sheet advises
TAG_BYTES, DIGEST_BYTES = 16, 32
ALPHABET, GROUPS, LETTERS = (
    "23456789ABCDEFGHJKMNPQRSTVWXYZ",
    5,
    4,
)  # no letter or digit that reads or sounds like another: 98 bits
LEAST_LETTERS = 12


def make_passphrase() -> str:
    """A passphrase that can be told by telephone: five groups of four letters and digits."""
    return "-".join(
        "".join(secrets.choice(ALPHABET) for _ in range(LETTERS)) for _ in range(GROUPS)
    )


def signed_pack(
    path: Path,
    content: dict[str, Any],
    *,
    signer: Ed25519PrivateKey,
    passphrase: str,
    label: dict[str, str],
) -> bytes:
    """The pack for this path: the content, signed, then encrypted with a passphrase; `label` stands before it, readable and authenticated."""
    letters = _letters(passphrase)
    if len(letters) < LEAST_LETTERS:
        raise PackRefused(
            "the passphrase is too short",
            where=path.name,
            expected=f"{LEAST_LETTERS} letters or digits",
            advice="Leave it out: one is made.",
        )
    data = json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(CONTENT, data)
        archive.writestr(SIGNATURE, base64.b64encode(signer.sign(data)))
        archive.writestr(
            PUBLIC_KEY,
            base64.b64encode(signer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)),
        )
    salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
    start = PACK + json.dumps({**label, "bytes": len(made.getvalue()) + TAG_BYTES}).encode() + b"\n"
    sealed = AESGCM(_key_from(letters, salt)).encrypt(nonce, made.getvalue(), start + salt)
    whole = start + salt + nonce + sealed
    return whole + hashlib.sha256(whole).digest()


def read_signed(path: Path, *, passphrase: str) -> tuple[dict[str, Any], str]:
    """The content, and the fingerprint of who signed it, to be compared with the one that staff tell. Raises PackRefused, which says what is wrong."""
    label, letters = read_label(path), _letters(passphrase)
    if not letters:
        raise PackRefused(
            "it needs its passphrase",
            where=path.name,
            advice="Run the command in a terminal, or give it in ASSESSOR_KIT_PASSPHRASE.",
        )
    whole = path.read_bytes()
    start = whole.index(b"\n", len(PACK)) + 1
    missing = start + SALT_BYTES + NONCE_BYTES + int(label["bytes"]) + DIGEST_BYTES - len(whole)
    if missing > 0:
        raise PackRefused(
            f"it is cut off: {missing} bytes are missing at its end",
            where=path.name,
            advice="Copy or download it again.",
        )
    if hashlib.sha256(whole[:-DIGEST_BYTES]).digest() != whole[-DIGEST_BYTES:]:
        raise PackRefused(
            "it was altered on the way",
            where=path.name,
            advice="Copy or download it again, or ask staff for a new one.",
        )
    salt, rest = whole[start : start + SALT_BYTES], whole[start + SALT_BYTES : -DIGEST_BYTES]
    try:
        opened = AESGCM(_key_from(letters, salt)).decrypt(
            rest[:NONCE_BYTES], rest[NONCE_BYTES:], whole[: start + SALT_BYTES]
        )
    except InvalidTag:
        raise PackRefused(
            f"the passphrase does not open this pack, which was made for assessor {label['assessor_id']} on {label['made_on']}",
            where=path.name,
            advice="Every pack has a passphrase of its own: ask staff for the one that was told with this pack.",
        ) from None
    try:
        with zipfile.ZipFile(io.BytesIO(opened)) as archive:
            data, signature, public = (
                archive.read(name) for name in (CONTENT, SIGNATURE, PUBLIC_KEY)
            )
        Ed25519PublicKey.from_public_bytes(base64.b64decode(public)).verify(
            base64.b64decode(signature), data
        )
        content: dict[str, Any] = json.loads(data)
    except (KeyError, ValueError, zipfile.BadZipFile, InvalidSignature):
        raise PackRefused(
            "its signature does not hold", where=path.name, advice="Ask staff for a new one."
        ) from None
    return content, fingerprint_of(base64.b64decode(public))


def read_label(path: Path) -> dict[str, Any]:
    """What stands on a pack in plain letters: `pack_id`, `assessor_id`, `made_on`, and how many `bytes` follow. Raises PackRefused for another file."""
    try:
        with path.open("rb") as file:
            is_pack, line = file.read(len(PACK)) == PACK, file.readline(LABEL_BYTES)
        label: dict[str, Any] = json.loads(line) if is_pack else {}
    except (OSError, ValueError):
        label = {}
    if set(label) != {"pack_id", "assessor_id", "made_on", "bytes"}:
        raise PackRefused(
            "it is not a pack",
            where=path.name,
            expected="the file that staff made with `assessor-kit pack`",
            advice="Give that file.",
        )
    return label


class Origin(NamedTuple):
    """Which pack a file is, or came back from."""

    pack_id: str
    is_pack: bool


def pack_of(path: Path) -> Origin | None:
    """By the first line of a file, whichever it is; None for a file that has nothing to do with packs."""
    with path.open("rb") as file:
        line = file.readline(LABEL_BYTES)
    if line == PACK:
        return Origin(str(read_label(path)["pack_id"]), is_pack=True)
    return (
        Origin(line.decode().strip(), is_pack=False)
        if re.fullmatch(rb"[0-9a-f]{32}\s*", line)
        else None
    )


def _letters(passphrase: str) -> str:
    """As it counts: whatever stands between its letters and digits, and whether they are capitals, does not matter."""
    return "".join(
        one for one in unicodedata.normalize("NFKC", passphrase).upper() if one.isalnum()
    )


def _key_from(letters: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=KEY_BYTES, n=COST, r=BLOCK, p=TWICE).derive(letters.encode())


def fingerprint_of(public: bytes) -> str:
    """A signer's public key in short."""
    return hashlib.sha256(public).hexdigest()[:16]


def signer_fingerprint(signer: Ed25519PrivateKey) -> str:
    """The fingerprint of the workspace that signs."""
    return fingerprint_of(signer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def write_encrypted(path: Path, content: dict[str, Any], *, name: str, key: bytes) -> None:
    """The content encrypted with AES-256-GCM; `name` stands before it, readable and authenticated."""
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(
        nonce, json.dumps(content, ensure_ascii=False).encode(), name.encode()
    )
    write_private(path, name.encode() + b"\n" + base64.b64encode(nonce + sealed) + b"\n")


def name_on(path: Path) -> str:
    """The readable name of what came back: the pack that it came from."""
    try:
        with path.open("rb") as file:
            line = file.readline(LABEL_BYTES)
        if line == PACK:
            raise PackRefused(
                "it is the pack itself, not what came back from it",
                where=path.name,
                advice="Send the file that `assessor-kit hand-in` wrote.",
            )
        return line.decode().strip()
    except (OSError, UnicodeDecodeError):
        raise PackRefused(
            "it cannot be read",
            where=path.name,
            advice="Send the file that `assessor-kit hand-in` wrote.",
        ) from None


def read_encrypted(path: Path, *, key: bytes) -> dict[str, Any]:
    """The content again. Raises PackRefused where it was altered or belongs to another pack."""
    try:
        name, sealed = path.read_bytes().strip().split(b"\n", 1)
        data = base64.b64decode(sealed)
        content: dict[str, Any] = json.loads(
            AESGCM(key).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], name)
        )
    except (OSError, ValueError, InvalidTag):
        raise PackRefused(
            "it was altered on the way, or belongs to another pack",
            where=path.name,
            advice="Send the file again.",
        ) from None
    return content


def write_private(path: Path, data: bytes) -> None:
    """Write a file whole, readable by its owner alone: beside its place first, then in it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f".{path.name}.part")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
