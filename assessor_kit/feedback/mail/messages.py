"""What every message of the outbox shares: how it is named, and to what it may be addressed."""

from __future__ import annotations

import hashlib
import hmac
import re

from assessor_kit.store import Workspace

QUEUED = "queued"
DESK = "desk"  # the kind of message that tells an assessor what has changed
# the domain of every Message-ID, which nobody else can have
HERE = "assessor-kit.invalid"
ADDRESS = re.compile(r"[^@\s<>\",;:()\\]+@[^@\s<>\",;:()\\]+")


def message_name(workspace: Workspace, kind: str, whom: str, about: str) -> str:
    """Return the message's own lasting name, from which its Message-ID is made.

    A mail system can thus recognise a second copy.
    """
    return hmac.new(
        bytes.fromhex(workspace.secret), f"mail|{kind}|{whom}|{about}".encode(), hashlib.sha256
    ).hexdigest()[:32]
