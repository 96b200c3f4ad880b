"""Keys: three files outside the database, and a key per subject that the database holds encrypted.

    keys/subjects.key   opens the keys of what assessors wrote, one key per return
    keys/staff.key      opens the keys of members' circumstances, and of packs; never leaves the staff's machine
    keys/signing.key    signs packs (Ed25519)

Destroying a subject's key makes everything sealed with it unreadable for good, while the chain over the sealed text still verifies.
Sealing is AES-256-GCM with a random nonce (NIST SP 800-38D); the place where a text stands is authenticated with it, so that no sealed
text can be moved to another place.
"""

from __future__ import annotations

import base64
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from assessor_kit.errors import KeyMissing

NAMES = ("subjects", "staff", "signing")
KEY_BYTES, NONCE_BYTES = 32, 12


def seal(text: str, *, key: bytes, place: str) -> str:
    """The text encrypted, as base64. `place` says where it stands."""
    nonce = os.urandom(NONCE_BYTES)
    return base64.b64encode(
        nonce + AESGCM(key).encrypt(nonce, text.encode(), place.encode())
    ).decode()


def unseal(sealed: str, *, key: bytes, place: str) -> str:
    """The text again. Raises KeyMissing where the key is not the one it was sealed with, or the text was altered or moved."""
    data = base64.b64decode(sealed)
    try:
        return AESGCM(key).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], place.encode()).decode()
    except InvalidTag:
        raise KeyMissing(
            "A sealed text does not open with the key that is here",
            advice="Restore keys/ from its backup; or the text was altered: "
            "run `assessor-kit verify-log`.",
        ) from None


@dataclass(frozen=True)
class KeyRing:
    """The key files of one workspace."""

    folder: Path

    def create(self) -> None:
        """Make the keys that are not there yet; nobody but the owner may read them."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in NAMES:
            if not self.path(name).exists():
                write_key(self.path(name), os.urandom(KEY_BYTES))

    def path(self, name: str) -> Path:
        """Where a key lies."""
        return self.folder / f"{name}.key"

    def has(self, name: str) -> bool:
        """Whether the key is here."""
        return self.path(name).is_file()

    def read(self, name: str) -> bytes:
        """The key. Raises KeyMissing where it is not here."""
        if not self.has(name):
            raise KeyMissing(
                f"There is no key {name}",
                where=str(self.folder),
                advice="Put the key files back from their backup.",
            )
        return bytes.fromhex(self.path(name).read_text(encoding="ascii").strip())

    def wrap(self, key: bytes, *, subject: str, under: str = "subjects") -> str:
        """A subject's key, encrypted for the database."""
        return seal(key.hex(), key=self.read(under), place=subject)

    def unwrap(self, wrapped: str, *, subject: str, under: str = "subjects") -> bytes:
        """A subject's key again."""
        return bytes.fromhex(unseal(wrapped, key=self.read(under), place=subject))

    def signer(self) -> Ed25519PrivateKey:
        """The key that signs packs."""
        return Ed25519PrivateKey.from_private_bytes(self.read("signing"))

    def fingerprint(self) -> str:
        """A short name of this set of keys, by which a backup of them is known."""
        return hashlib.sha256(
            b"".join(self.read(name) for name in NAMES if self.has(name))
        ).hexdigest()[:16]


def write_key(path: Path, key: bytes) -> None:
    """Write a key whole and to the disk, readable by its owner alone; one that is there stays."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
