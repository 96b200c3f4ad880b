"""Seal texts with keys that are kept outside the database.

Three key files open the keys that the database holds encrypted, one for each subject:

    keys/subjects.key   opens the keys of what assessors wrote, one key per return
    keys/staff.key      opens the keys of members' circumstances and of packs;
                        never leaves the staff's machine
    keys/signing.key    signs packs (Ed25519)

Destroying a subject's key makes everything sealed with it unreadable for good, while the hash
chain, which covers the sealed text, still verifies.

Texts are sealed with AES-256-GCM and a random nonce (NIST SP 800-38D). The place of each text is
authenticated with it, so that no sealed text can be moved to another place.
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
from assessor_kit.files import make_private_folder, write_once

NAMES = ("subjects", "staff", "signing")
ERASED = "erased.jsonl"  # the erasures, beside the keys, so that an older backup learns of them
KEY_BYTES = 32
NONCE_BYTES = 12


def seal(text: str, *, key: bytes, place: str) -> str:
    """Return the text encrypted, as base64; `place` says where it is kept."""
    nonce = os.urandom(NONCE_BYTES)
    return base64.b64encode(
        nonce + AESGCM(key).encrypt(nonce, text.encode(), place.encode())
    ).decode()


def unseal(sealed: str, *, key: bytes, place: str) -> str:
    """Return the text of what was sealed.

    Raises KeyMissing where it was sealed with another key, or was altered or moved.
    """
    data = base64.b64decode(sealed)
    try:
        return AESGCM(key).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], place.encode()).decode()
    except InvalidTag:
        raise KeyMissing(
            "A sealed text cannot be opened with the key that is here",
            advice=(
                "Restore keys/ from its backup. If the keys are right, the text was altered: "
                "run `assessor-kit verify-log`."
            ),
        ) from None


@dataclass(frozen=True)
class KeyRing:
    """The key files of one workspace."""

    folder: Path

    def create(self) -> None:
        """Create the keys that do not exist yet, readable only by their owner."""
        make_private_folder(self.folder)
        for name in NAMES:
            if not self.path(name).exists():
                write_once(self.path(name), os.urandom(KEY_BYTES).hex() + "\n")

    def path(self, name: str) -> Path:
        """Return the path of a key."""
        return self.folder / f"{name}.key"

    def has(self, name: str) -> bool:
        """Whether the key is here."""
        return self.path(name).is_file()

    def read(self, name: str) -> bytes:
        """Return the key; raises KeyMissing where it is not here."""
        if not self.has(name):
            raise KeyMissing(
                f"There is no key {name}.key",
                where=str(self.folder),
                advice="Put the key files back from their backup.",
            )
        return bytes.fromhex(self.path(name).read_text(encoding="ascii").strip())

    def wrap(self, key: bytes, *, subject: str, under: str = "subjects") -> str:
        """Return a subject's key encrypted, as the database holds it."""
        return seal(key.hex(), key=self.read(under), place=subject)

    def unwrap(self, wrapped: str, *, subject: str, under: str = "subjects") -> bytes:
        """Return a subject's key from what the database holds."""
        return bytes.fromhex(unseal(wrapped, key=self.read(under), place=subject))

    def signer(self) -> Ed25519PrivateKey:
        """Return the key that signs packs."""
        return Ed25519PrivateKey.from_private_bytes(self.read("signing"))

    def fingerprint(self) -> str:
        """Return a short identifier of this set of keys, by which its backup is recognised."""
        return hashlib.sha256(
            b"".join(self.read(name) for name in NAMES if self.has(name))
        ).hexdigest()[:16]

    def backup_mark(self) -> str:
        """Return what a backup of the keys as they now are is recognised by.

        It changes with every erasure: an older backup would not know of it.
        """
        path = self.folder / ERASED
        erased = path.read_bytes() if path.is_file() else b""
        if not erased:
            return self.fingerprint()
        return f"{self.fingerprint()}:{hashlib.sha256(erased).hexdigest()[:16]}"
