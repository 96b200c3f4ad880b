"""Files that leave the house: a signed archive for an assessor's laptop, and what comes back from it, encrypted."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from assessor_kit.errors import PackRefused

CONTENT, SIGNATURE, PUBLIC_KEY = "pack.json", "signature", "public_key"
NONCE_BYTES = 12


def write_signed(path: Path, content: dict[str, Any], *, signer: Ed25519PrivateKey) -> None:
    """A zip archive of the content, its signature and the public key; readable by its owner alone."""
    data = json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(CONTENT, data)
        archive.writestr(SIGNATURE, base64.b64encode(signer.sign(data)))
        archive.writestr(PUBLIC_KEY, base64.b64encode(signer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)))
    write_private(path, made.getvalue())


def read_signed(path: Path) -> tuple[dict[str, Any], str]:
    """The content, and the fingerprint of who signed it, to be compared with the one that staff tell. Raises PackRefused."""
    try:
        with zipfile.ZipFile(path) as archive:
            data, signature, public = (archive.read(name) for name in (CONTENT, SIGNATURE, PUBLIC_KEY))
        Ed25519PublicKey.from_public_bytes(base64.b64decode(public)).verify(base64.b64decode(signature), data)
        content: dict[str, Any] = json.loads(data)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, InvalidSignature):
        raise PackRefused("it is not a pack, or it was altered on the way", where=path.name, advice="Ask staff for a new one.") from None
    return content, fingerprint_of(base64.b64decode(public))


def fingerprint_of(public: bytes) -> str:
    """A signer's public key in short."""
    return hashlib.sha256(public).hexdigest()[:16]


def signer_fingerprint(signer: Ed25519PrivateKey) -> str:
    """The fingerprint of the workspace that signs."""
    return fingerprint_of(signer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def write_encrypted(path: Path, content: dict[str, Any], *, name: str, key: bytes) -> None:
    """The content encrypted with AES-256-GCM; `name` stands before it, readable and authenticated."""
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, json.dumps(content, ensure_ascii=False).encode(), name.encode())
    write_private(path, name.encode() + b"\n" + base64.b64encode(nonce + sealed) + b"\n")


def name_on(path: Path) -> str:
    """The readable name of an encrypted file."""
    try:
        return path.read_bytes().split(b"\n", 1)[0].decode()
    except (OSError, UnicodeDecodeError):
        raise PackRefused("it cannot be read", where=path.name, advice="Send the file that `assessor-kit hand-in` wrote.") from None


def read_encrypted(path: Path, *, key: bytes) -> dict[str, Any]:
    """The content again. Raises PackRefused where it was altered or belongs to another pack."""
    try:
        name, sealed = path.read_bytes().strip().split(b"\n", 1)
        data = base64.b64decode(sealed)
        content: dict[str, Any] = json.loads(AESGCM(key).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], name))
    except (OSError, ValueError, InvalidTag):
        raise PackRefused("it was altered on the way, or belongs to another pack", where=path.name, advice="Send the file again.") from None
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
