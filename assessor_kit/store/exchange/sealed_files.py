"""Encrypt and open the files that leave the organisation.

These are the signed pack for an assessor's laptop, protected by a passphrase, and the file that
comes back from it.

A pack begins with a line that says what it is and which pack, so that a wrong passphrase can be
told from a wrong file. Then follow the salt, the nonce, the signed archive under AES-256-GCM with a
key that scrypt derives from the passphrase, and a SHA-256 that tells damage on the way from either.
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

from assessor_kit.errors import InvalidRequest, PackRefused
from assessor_kit.files import write_private
from assessor_kit.store.keys import KEY_BYTES

CONTENT = "pack.json"
SIGNATURE = "signature"
PUBLIC_KEY = "public_key"
# how a pack begins; the label that follows is a line of JSON no longer than LABEL_BYTES
PACK = b"assessor-kit pack 2\n"
LABEL_BYTES = 2000
NONCE_BYTES = 12
SALT_BYTES = 16
# for scrypt: 32 MB and a third of a second, as the OWASP password storage cheat sheet advises
COST = 2**15
BLOCK = 8
PARALLEL = 3
TAG_BYTES = 16
DIGEST_BYTES = 32
# no letters or digits that look or sound like one another; a passphrase has 98 bits
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS = 5
LETTERS = 4
LEAST_LETTERS = 12


def make_passphrase() -> str:
    """Return a new passphrase that can be read out over the telephone.

    It has five groups of four letters and digits.
    """
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
    """Return the bytes of a pack: the content, signed, then encrypted with a passphrase.

    `label` precedes it, readable and authenticated. `path` is only for messages. Raises PackRefused
    for a passphrase that is too short.
    """
    letters = _letters(passphrase)
    if len(letters) < LEAST_LETTERS:
        raise InvalidRequest(
            "the passphrase is too short",
            where=path.name,
            expected=f"at least {LEAST_LETTERS} letters or digits",
            advice="Choose a longer one, or leave it out and one is made for you.",
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
    salt = os.urandom(SALT_BYTES)
    nonce = os.urandom(NONCE_BYTES)
    start = PACK + json.dumps({**label, "bytes": len(made.getvalue()) + TAG_BYTES}).encode() + b"\n"
    sealed = AESGCM(_key_from(letters, salt)).encrypt(nonce, made.getvalue(), start + salt)
    whole = start + salt + nonce + sealed
    return whole + hashlib.sha256(whole).digest()


def read_signed(path: Path, *, passphrase: str) -> tuple[dict[str, Any], str]:
    """Return the content of a pack and the fingerprint of its signer.

    Compare the fingerprint with the one that staff gave. Raises PackRefused, which says what is
    wrong.
    """
    label = read_label(path)
    letters = _letters(passphrase)
    if not letters:
        raise InvalidRequest(
            "it needs a passphrase",
            where=path.name,
            advice="Run the command in a terminal, or put it into ASSESSOR_KIT_PASSPHRASE.",
        )
    whole = path.read_bytes()
    start = whole.index(b"\n", len(PACK)) + 1
    missing = start + SALT_BYTES + NONCE_BYTES + int(label["bytes"]) + DIGEST_BYTES - len(whole)
    if missing > 0:
        raise PackRefused(
            f"it is incomplete: {missing} bytes are missing from its end",
            where=path.name,
            advice="Copy or download it again.",
        )
    if hashlib.sha256(whole[:-DIGEST_BYTES]).digest() != whole[-DIGEST_BYTES:]:
        raise PackRefused(
            "it was damaged or altered on the way",
            where=path.name,
            advice="Copy or download it again, or ask staff for a new one.",
        )
    salt = whole[start : start + SALT_BYTES]
    rest = whole[start + SALT_BYTES : -DIGEST_BYTES]
    try:
        opened = AESGCM(_key_from(letters, salt)).decrypt(
            rest[:NONCE_BYTES], rest[NONCE_BYTES:], whole[: start + SALT_BYTES]
        )
    except InvalidTag:
        raise PackRefused(
            "the passphrase does not open this pack, which was made for assessor"
            f" {label['assessor_id']} on {label['made_on']}",
            where=path.name,
            advice=(
                "Every pack has a passphrase of its own: ask staff for the one that belongs to this"
                " pack."
            ),
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
            "its signature is not valid", where=path.name, advice="Ask staff for a new one."
        ) from None
    return content, fingerprint_of(base64.b64decode(public))


def read_label(path: Path) -> dict[str, Any]:
    """Return the readable label of a pack.

    It has `pack_id`, `assessor_id`, `made_on`, and how many `bytes` follow. Raises PackRefused for
    a file that is not a pack.
    """
    try:
        with path.open("rb") as file:
            is_pack = file.read(len(PACK)) == PACK
            line = file.readline(LABEL_BYTES)
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
    """Which pack a file is, or which pack it came back from."""

    pack_id: str
    is_pack: bool


def pack_of(path: Path) -> Origin | None:
    """Return which pack a file is or came back from, judging by its first line.

    Returns None for a file that has nothing to do with packs.
    """
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
    """Return the letters and digits of a passphrase, in capitals.

    Nothing else in it matters, nor whether they were capitals.
    """
    return "".join(
        one for one in unicodedata.normalize("NFKC", passphrase).upper() if one.isalnum()
    )


def _key_from(letters: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=KEY_BYTES, n=COST, r=BLOCK, p=PARALLEL).derive(letters.encode())


def fingerprint_of(public: bytes) -> str:
    """Return a short form of a signer's public key."""
    return hashlib.sha256(public).hexdigest()[:16]


def signer_fingerprint(signer: Ed25519PrivateKey) -> str:
    """Return the fingerprint of the workspace that signs."""
    return fingerprint_of(signer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def write_encrypted(path: Path, content: dict[str, Any], *, name: str, key: bytes) -> None:
    """Write the content to a file, encrypted with AES-256-GCM.

    `name` precedes it, readable and authenticated.
    """
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(
        nonce, json.dumps(content, ensure_ascii=False).encode(), name.encode()
    )
    write_private(path, name.encode() + b"\n" + base64.b64encode(nonce + sealed) + b"\n")


def name_on(path: Path) -> str:
    """Return the readable name on a file that came back: that of its pack.

    Raises PackRefused for a pack itself, and for a file that cannot be read.
    """
    try:
        with path.open("rb") as file:
            line = file.readline(LABEL_BYTES)
        if line == PACK:
            raise PackRefused(
                "it is the pack itself, not the file that came back from it",
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
    """Return the content of a file that `write_encrypted` wrote.

    Raises PackRefused where it was altered or belongs to another pack.
    """
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
