"""The scheme's year on a workspace, one function per step: what the command line and the notebooks both call."""

from assessor_kit.journey.board import board_figures, write_board_summary
from assessor_kit.journey.figures import agreement, trends
from assessor_kit.journey.import_files import Imported
from assessor_kit.journey.imports import import_returns
from assessor_kit.journey.letters import Letters, write_letters
from assessor_kit.journey.review import record_sample_judgements, status
from assessor_kit.journey.scoring import (
    export_for_scoring,
    preview_scores,
    rescore,
    score,
    score_files,
    similar_reflections,
)
from assessor_kit.journey.season import Season, SeasonStep, season_of
from assessor_kit.journey.selection import allocate, draw, verify
from assessor_kit.journey.staff_imports import (
    import_assessors,
    import_circumstances,
    import_declarations,
    import_opt_ins,
    import_register,
    import_responses,
)
from assessor_kit.journey.summaries import (
    agreement_table,
    by_pseudonym,
    caseloads,
    differences_table,
    draw_table,
    estimates_table,
    standings,
)

__all__ = [
    "Imported",
    "Letters",
    "Season",
    "SeasonStep",
    "agreement",
    "agreement_table",
    "allocate",
    "board_figures",
    "by_pseudonym",
    "caseloads",
    "differences_table",
    "draw",
    "draw_table",
    "estimates_table",
    "export_for_scoring",
    "import_assessors",
    "import_circumstances",
    "import_declarations",
    "import_opt_ins",
    "import_register",
    "import_responses",
    "import_returns",
    "preview_scores",
    "record_sample_judgements",
    "rescore",
    "score",
    "score_files",
    "season_of",
    "similar_reflections",
    "standings",
    "status",
    "trends",
    "verify",
    "write_board_summary",
    "write_letters",
]
