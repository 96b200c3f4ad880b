"""What the kit's own processes leave out so that they start sooner.

No import calls this: a program that uses the kit as a library keeps all of its libraries.
"""

from __future__ import annotations

import sys

# An optional format of jsonschema that builds a grammar at import: 1.4 s of processor time.
SLOW_AND_UNUSED = "rfc3987_syntax"


def leave_out_slow_imports() -> None:
    """Make the slow, unused import fail in this process; jsonschema expects that it may."""
    sys.modules.setdefault(SLOW_AND_UNUSED, None)  # type: ignore[arg-type]


def allow_slow_imports() -> None:
    """Undo `leave_out_slow_imports`, for code that is not the kit's own."""
    if sys.modules.get(SLOW_AND_UNUSED, sys) is None:
        del sys.modules[SLOW_AND_UNUSED]
