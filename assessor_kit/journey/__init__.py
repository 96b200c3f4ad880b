"""The scheme's year in a workspace, with one function per step.

The command line and the notebooks both call these functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assessor_kit.lazy_names import lazy_names

if TYPE_CHECKING:
    from assessor_kit.journey.allocating import (
        Reallocated,
        allocate,
        dismiss,
        left_behind,
        readmit,
        reallocate,
        undo_reallocation,
        waiting_for_assessors,
        what_if,
    )
    from assessor_kit.journey.board import board_figures, write_board_summary
    from assessor_kit.journey.draws.carrying_over import (
        CARRIED_OVER,
        CarriedOver,
        carried_over,
    )
    from assessor_kit.journey.draws.checking import Checked, check_draw, verify
    from assessor_kit.journey.draws.commitments import (
        Committed,
        commit_draw,
        record_publishing,
        withdraw_commitment,
    )
    from assessor_kit.journey.draws.drawing import NOT_VERIFIABLE, draw
    from assessor_kit.journey.draws.published_files import (
        commitment_file_of,
        draw_file_of,
        read_json,
    )
    from assessor_kit.journey.draws.record import draw_record, standing_commitment
    from assessor_kit.journey.draws.reserves import (
        CalledReserve,
        call_reserve,
        replaceable_members,
    )
    from assessor_kit.journey.draws.scope import Scope, scope_of
    from assessor_kit.journey.figures import agreement, trends
    from assessor_kit.journey.first_charts import draw_first_charts
    from assessor_kit.journey.intake.import_files import Imported
    from assessor_kit.journey.intake.return_imports import import_returns
    from assessor_kit.journey.intake.staff_imports import (
        import_assessors,
        import_circumstances,
        import_declarations,
        import_opt_ins,
        import_register,
        import_responses,
    )
    from assessor_kit.journey.letters.counts import letter_counts
    from assessor_kit.journey.letters.plan import LetterPlan, letters_due, plan_letters
    from assessor_kit.journey.letters.waiting import WaitingLetter, letters_waiting
    from assessor_kit.journey.letters.writing import (
        Letters,
        write_due_letters,
        write_letters,
        write_note,
    )
    from assessor_kit.journey.moderating.choosing import (
        SecondMarkings,
        choices_of_year,
        select_second_markings,
        withdraw_second_marking,
    )
    from assessor_kit.journey.moderating.fresh import assign_fresh_reviewer
    from assessor_kit.journey.moderating.settling import agree, answer_assessor, who_raised
    from assessor_kit.journey.moderating.waiting import Waiting, moderation_waiting
    from assessor_kit.journey.requesting import (
        asked_again,
        response_cycle,
        whom_to_write_to,
    )
    from assessor_kit.journey.review import record_sample_judgements
    from assessor_kit.journey.rounds.member_queries import (
        QueryCounts,
        ask_query,
        close_query,
        count_queries,
        queries_of,
        review_appeal,
    )
    from assessor_kit.journey.rounds.more_information import (
        RoundLetters,
        end_round,
        extend_round,
        information_rounds,
        remind_of_rounds,
    )
    from assessor_kit.journey.rounds.newer_versions import (
        VersionTaken,
        use_version,
        waiting_versions,
    )
    from assessor_kit.journey.rounds.staff_desk import (
        WaitingForStaff,
        handed_back_and_raised,
        note_list,
        rounds_waiting,
        write_to_assessor,
    )
    from assessor_kit.journey.scoring import (
        export_for_scoring,
        preview_scores,
        rescore,
        score,
        score_files,
        similar_reflections,
    )
    from assessor_kit.journey.season import Season, SeasonStep, season_of
    from assessor_kit.journey.status_counts import SeasonStatus, season_status, status
    from assessor_kit.journey.summaries import (
        agreement_table,
        by_pseudonym,
        caseloads,
        differences_table,
        draw_table,
        estimates_table,
        standings,
    )

# Loaded when first used, as a command that only counts needs neither charts nor estimates.
_HOMES = {
    "allocating": (
        "Reallocated",
        "allocate",
        "dismiss",
        "left_behind",
        "readmit",
        "reallocate",
        "undo_reallocation",
        "waiting_for_assessors",
        "what_if",
    ),
    "board": (
        "board_figures",
        "write_board_summary",
    ),
    "draws.checking": ("Checked", "check_draw", "verify"),
    "draws.carrying_over": ("CARRIED_OVER", "CarriedOver", "carried_over"),
    "draws.commitments": (
        "Committed",
        "commit_draw",
        "record_publishing",
        "withdraw_commitment",
    ),
    "draws.drawing": ("NOT_VERIFIABLE", "draw"),
    "draws.published_files": ("commitment_file_of", "draw_file_of", "read_json"),
    "draws.record": ("draw_record", "standing_commitment"),
    "draws.reserves": ("CalledReserve", "call_reserve", "replaceable_members"),
    "draws.scope": ("Scope", "scope_of"),
    "figures": (
        "agreement",
        "trends",
    ),
    "first_charts": ("draw_first_charts",),
    "intake.import_files": ("Imported",),
    "intake.return_imports": ("import_returns",),
    "letters.counts": ("letter_counts",),
    "letters.plan": ("LetterPlan", "letters_due", "plan_letters"),
    "letters.waiting": ("WaitingLetter", "letters_waiting"),
    "letters.writing": (
        "Letters",
        "write_due_letters",
        "write_letters",
        "write_note",
    ),
    "moderating.choosing": (
        "SecondMarkings",
        "choices_of_year",
        "select_second_markings",
        "withdraw_second_marking",
    ),
    "moderating.fresh": ("assign_fresh_reviewer",),
    "moderating.settling": ("agree", "answer_assessor", "who_raised"),
    "moderating.waiting": ("Waiting", "moderation_waiting"),
    "requesting": (
        "asked_again",
        "response_cycle",
        "whom_to_write_to",
    ),
    "review": ("record_sample_judgements",),
    "rounds.member_queries": (
        "QueryCounts",
        "ask_query",
        "close_query",
        "count_queries",
        "queries_of",
        "review_appeal",
    ),
    "rounds.more_information": (
        "RoundLetters",
        "end_round",
        "extend_round",
        "information_rounds",
        "remind_of_rounds",
    ),
    "rounds.newer_versions": (
        "VersionTaken",
        "use_version",
        "waiting_versions",
    ),
    "rounds.staff_desk": (
        "WaitingForStaff",
        "handed_back_and_raised",
        "note_list",
        "rounds_waiting",
        "write_to_assessor",
    ),
    "scoring": (
        "export_for_scoring",
        "preview_scores",
        "rescore",
        "score",
        "score_files",
        "similar_reflections",
    ),
    "season": (
        "Season",
        "SeasonStep",
        "season_of",
    ),
    "status_counts": ("SeasonStatus", "season_status", "status"),
    "intake.staff_imports": (
        "import_assessors",
        "import_circumstances",
        "import_declarations",
        "import_opt_ins",
        "import_register",
        "import_responses",
    ),
    "summaries": (
        "agreement_table",
        "by_pseudonym",
        "caseloads",
        "differences_table",
        "draw_table",
        "estimates_table",
        "standings",
    ),
}

__all__ = [
    "CARRIED_OVER",
    "NOT_VERIFIABLE",
    "CalledReserve",
    "CarriedOver",
    "Checked",
    "Committed",
    "Imported",
    "LetterPlan",
    "Letters",
    "QueryCounts",
    "Reallocated",
    "RoundLetters",
    "Scope",
    "Season",
    "SeasonStatus",
    "SeasonStep",
    "SecondMarkings",
    "VersionTaken",
    "Waiting",
    "WaitingForStaff",
    "WaitingLetter",
    "agree",
    "agreement",
    "agreement_table",
    "allocate",
    "answer_assessor",
    "ask_query",
    "asked_again",
    "assign_fresh_reviewer",
    "board_figures",
    "by_pseudonym",
    "call_reserve",
    "carried_over",
    "caseloads",
    "check_draw",
    "choices_of_year",
    "close_query",
    "commit_draw",
    "commitment_file_of",
    "count_queries",
    "differences_table",
    "dismiss",
    "draw",
    "draw_file_of",
    "draw_first_charts",
    "draw_record",
    "draw_table",
    "end_round",
    "estimates_table",
    "export_for_scoring",
    "extend_round",
    "handed_back_and_raised",
    "import_assessors",
    "import_circumstances",
    "import_declarations",
    "import_opt_ins",
    "import_register",
    "import_responses",
    "import_returns",
    "information_rounds",
    "left_behind",
    "letter_counts",
    "letters_due",
    "letters_waiting",
    "moderation_waiting",
    "note_list",
    "plan_letters",
    "preview_scores",
    "queries_of",
    "read_json",
    "readmit",
    "reallocate",
    "record_publishing",
    "record_sample_judgements",
    "remind_of_rounds",
    "replaceable_members",
    "rescore",
    "response_cycle",
    "review_appeal",
    "rounds_waiting",
    "scope_of",
    "score",
    "score_files",
    "season_of",
    "season_status",
    "select_second_markings",
    "similar_reflections",
    "standing_commitment",
    "standings",
    "status",
    "trends",
    "undo_reallocation",
    "use_version",
    "verify",
    "waiting_for_assessors",
    "waiting_versions",
    "what_if",
    "who_raised",
    "whom_to_write_to",
    "withdraw_commitment",
    "withdraw_second_marking",
    "write_board_summary",
    "write_due_letters",
    "write_letters",
    "write_note",
    "write_to_assessor",
]


__getattr__, __dir__ = lazy_names(__name__, _HOMES, __all__)
