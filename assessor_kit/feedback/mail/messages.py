"""What every message of the outbox shares: how it is named, and to what it may be addressed."""

from __future__ import annotations

import re

QUEUED = "queued"
DESK = "desk"  # the kind of message that tells an assessor what has changed
# the domain of every Message-ID, which nobody else can have
HERE = "assessor-kit.invalid"
ADDRESS = re.compile(r"[^@\s<>\",;:()\\]+@[^@\s<>\",;:()\\]+")
