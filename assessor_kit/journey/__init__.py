"""The scheme's year on a workspace, one function per step: what the command line and the notebooks both call."""

from assessor_kit.journey.imports import (
    import_assessors,
    import_circumstances,
    import_declarations,
    import_opt_ins,
    import_register,
    import_responses,
    import_returns,
)
from assessor_kit.journey.review import record_sample_judgements, rescore, score, score_parquet, status
from assessor_kit.journey.selection import allocate, draw, verify

__all__ = [
    "allocate", "draw", "import_assessors", "import_circumstances", "import_declarations", "import_opt_ins", "import_register",
    "import_responses", "import_returns", "record_sample_judgements", "rescore", "score", "score_parquet", "status", "verify",
]
