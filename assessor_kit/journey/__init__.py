"""The scheme's year on a workspace, one function per step: what the command line and the notebooks both call."""

from assessor_kit.journey.figures import agreement, trends
from assessor_kit.journey.imports import (
    Imported,
    import_assessors,
    import_circumstances,
    import_declarations,
    import_opt_ins,
    import_register,
    import_responses,
    import_returns,
)
from assessor_kit.journey.review import record_sample_judgements, rescore, score, status
from assessor_kit.journey.season import Season, SeasonStep, season_of
from assessor_kit.journey.selection import allocate, draw, verify
from assessor_kit.journey.summaries import agreement_table, caseloads, differences_table, standings

__all__ = [
    "Imported", "Season", "SeasonStep", "agreement", "agreement_table", "allocate", "caseloads", "differences_table", "draw",
    "import_assessors", "import_circumstances", "import_declarations", "import_opt_ins", "import_register", "import_responses",
    "import_returns", "record_sample_judgements", "rescore", "score", "season_of", "standings", "status", "trends", "verify",
]
