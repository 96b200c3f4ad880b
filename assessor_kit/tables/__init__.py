"""Define every table and every column, with one sentence about each.

The database, the files and the checks are all made from these definitions.

Times are whole minutes and dates are calendar dates; `yes_no` is a truth value, `json` is text that
holds JSON, and `bytes` is the content of a file. A column that may be null is marked `optional`; in
every other text column, no text means the empty string.
"""

from __future__ import annotations

from assessor_kit.tables.bookkeeping import (
    ACCESS_LOG,
    ASSESSOR_ROLES,
    ASSESSOR_TOKENS,
    ERASURES,
    LOG_HEAD,
    PACKS,
    SUBJECT_KEYS,
)
from assessor_kit.tables.column import Column, Kind, Table
from assessor_kit.tables.letters import OUTBOX, OUTBOX_EVENTS
from assessor_kit.tables.moderation import FRESH_REVIEWS, SECOND_MARKING_CHOICES
from assessor_kit.tables.rounds import INFORMATION_ROUNDS, QUERIES, STAFF_NOTES, VERSION_CHANGES
from assessor_kit.tables.selection import (
    COMMITMENTS,
    DRAW_EVENTS,
    DRAWS,
    FRAMES,
    RESPONSES,
    SELECTIONS,
)

__all__ = [
    "ACCESS_LOG",
    "ACTIVITIES",
    "ALLOCATIONS",
    "ALLOCATION_CHANGES",
    "ASSESSORS",
    "ASSESSOR_ROLES",
    "ASSESSOR_TOKENS",
    "CIRCUMSTANCES",
    "COMMITMENTS",
    "DECLARATIONS",
    "DOCUMENTS",
    "DOUBLE_MARKINGS",
    "DRAWS",
    "DRAW_EVENTS",
    "ERASURES",
    "EXAMPLES",
    "FINDINGS",
    "FRAMES",
    "FRESH_REVIEWS",
    "GOALS",
    "IMPORTS",
    "INFORMATION_ROUNDS",
    "JUDGEMENT_EVENTS",
    "LOG_HEAD",
    "OUTBOX",
    "OUTBOX_EVENTS",
    "PACKS",
    "PROBLEMS",
    "QUERIES",
    "REGISTER",
    "REQUIREMENTS",
    "RESPONSES",
    "RETURNS",
    "SECOND_MARKING_CHOICES",
    "SELECTIONS",
    "SETTINGS",
    "STAFF_NOTES",
    "STATUSES",
    "SUBJECT_KEYS",
    "TABLES",
    "VERSION_CHANGES",
    "Column",
    "Kind",
    "Table",
]

_C = Column

REGISTER = Table(
    "register",
    "The scheme members, as recorded by the professional body.",
    (
        _C(
            "member_no",
            "text",
            "Membership number: 4-16 of A-Z, 0-9 and -, leading zeros kept.",
            personal=True,
        ),
        _C("joined_on", "date", "When the member joined the body.", optional=True),
        _C("left_on", "date", "When the member left the body.", optional=True),
        _C(
            "deceased",
            "yes_no",
            "Whether the member has died; no where the register does not say.",
            optional=True,
        ),
        _C("do_not_contact", "yes_no", "Whether the body must not write to this member."),
        _C("name", "text", "The member's name, never shown to an assessor.", personal=True),
        _C("email", "text", "The e-mail address that staff write to.", personal=True),
        _C(
            "postal_address",
            "text",
            "The postal address, one line below the other; empty where the register has none.",
            personal=True,
        ),
        _C("grade", "text", "Grade of membership, such as MIET."),
        _C("registration", "text", "Engineering Council registration, such as CEng, or none."),
        _C(
            "discipline", "text", "Field of work, for allocation to an assessor in a similar field."
        ),
        _C(
            "employer",
            "text",
            "Employer, used only so that nobody assesses a colleague.",
            personal=True,
        ),
        _C(
            "opted_in_on",
            "date",
            "When the member opted in to the scheme; empty if never.",
            optional=True,
        ),
    ),
    ("member_no",),
)

STATUSES = Table(
    "statuses",
    "Each member's professional status over time; each lasts until the next begins.",
    (
        _C("member_no", "text", "Membership number.", personal=True),
        _C(
            "status_from",
            "date",
            "First day of the status; 1900-01-01 where the register gives no day.",
        ),
        _C(
            "professional_status", "text", "One of the values of ProfessionalStatus.", personal=True
        ),
        _C(
            "volunteering",
            "text",
            "yes, no or empty: whether the member volunteers professionally.",
        ),
    ),
    ("member_no", "status_from"),
)

DECLARATIONS = Table(
    "declarations",
    "The annual statement of CPD done; every scheme member is asked for one.",
    (
        _C("member_no", "text", "Membership number.", personal=True),
        _C("cpd_year", "integer", "The year in which the CPD was done."),
        _C("declared_minutes", "minutes", "Minutes declared."),
        _C("declared_on", "date", "The day of the declaration.", optional=True),
    ),
    ("member_no", "cpd_year"),
)

CIRCUMSTANCES = Table(
    "circumstances",
    "Circumstances agreed with staff, case by case; only staff see them.",
    (
        _C("member_no", "text", "Membership number.", personal=True),
        _C("cpd_year", "integer", "The CPD year that the agreement covers."),
        _C(
            "kind",
            "text",
            "What the circumstance is; never shown to an assessor.",
            personal=True,
            sealed=True,
        ),
        _C("from_on", "date", "First day of the circumstance.", optional=True, sealed=True),
        _C("to_on", "date", "Last day of the circumstance.", optional=True, sealed=True),
        _C(
            "agreed_target_minutes",
            "minutes",
            "The agreed target; empty while it is still being discussed.",
            optional=True,
        ),
        _C("agreed_by", "text", "Who agreed it.", sealed=True),
        _C("agreed_on", "date", "When it was agreed.", optional=True),
    ),
    ("member_no", "cpd_year"),
)

ASSESSORS = Table(
    "assessors",
    "The volunteers who review returns.",
    (
        _C("assessor_id", "text", "Short identifier of the assessor, such as A07."),
        _C(
            "member_no",
            "text",
            "The assessor's own membership number, if they are a member.",
            personal=True,
        ),
        _C("name", "text", "The assessor's name.", personal=True),
        _C("email", "text", "The e-mail address that staff write to.", personal=True),
        _C("disciplines", "text", "Fields the assessor can judge, separated by ;."),
        _C(
            "employer",
            "text",
            "Employer, used only so that nobody assesses a colleague.",
            personal=True,
        ),
        _C("capacity", "integer", "How many markings the assessor can take on in a season."),
        _C(
            "conflicts",
            "text",
            "Membership numbers the assessor must not judge, separated by ;.",
            personal=True,
        ),
        _C(
            "dismissed_on",
            "date",
            "When the assessor stopped; empty while they assess.",
            optional=True,
        ),
        _C("dismissed_because", "text", "Why the assessor stopped; empty while they assess."),
    ),
    ("assessor_id",),
)

IMPORTS = Table(
    "imports",
    "Each imported file, identified by its content so that importing it again changes nothing.",
    (
        _C("digest", "text", "SHA-256 of the file's bytes and of any column names given with it."),
        _C(
            "kind",
            "text",
            "register, declarations, assessors, circumstances, responses, opt-ins or returns.",
        ),
        _C(
            "cpd_year",
            "integer",
            "The CPD year given with the file; 0 for a kind of file that has none.",
        ),
        _C("accepted", "integer", "How many rows were accepted."),
        _C("rejected", "integer", "How many rows were rejected."),
        _C("imported_at", "moment", "When the file was imported."),
    ),
    ("digest", "kind", "cpd_year"),
)

RETURNS = Table(
    "returns",
    "What selected members sent in; only the latest version of each counts.",
    (
        _C(
            "return_id",
            "text",
            "Opaque identifier of this version of the return: 16 hexadecimal digits.",
        ),
        _C("member_no", "text", "Membership number.", personal=True),
        _C("cpd_year", "integer", "The CPD year."),
        _C(
            "version",
            "integer",
            "1 for the first file, and one more for each file that supersedes it.",
        ),
        _C(
            "pseudonym",
            "text",
            "What assessors see instead of a name, such as R-7K2M; once the member is erased it is"
            " empty and nobody can open the return.",
        ),
        _C("declared_minutes", "minutes", "The total stated in the return itself.", optional=True),
        _C("source_digest", "text", "SHA-256 of the file that the return came from."),
        _C("received_at", "moment", "When the return was imported."),
        _C("parked", "text", "Why the return is held outside the review; empty if it is not."),
    ),
    ("return_id",),
)

ORIGINALS = Table(
    "originals",
    "What each member sent, byte for byte, identified by its content; only for staff and"
    " moderators.",
    (
        _C("digest", "text", "SHA-256 of the content."),
        _C(
            "member_no",
            "text",
            "Who sent it; a flat file is cut into its members' lines and not kept whole.",
            personal=True,
        ),
        _C("file", "text", "Name of the file that it came in.", personal=True),
        _C(
            "content",
            "bytes",
            "The file itself, or as CSV the member's lines of a flat file.",
            personal=True,
        ),
        _C("kept_at", "moment", "When it was stored."),
    ),
    ("digest",),
)

RETURN_ORIGINALS = Table(
    "return_originals",
    "The originals that each version of a return was read from.",
    (
        _C("return_id", "text", "The return."),
        _C("digest", "text", "The original."),
    ),
    ("return_id", "digest"),
)

GOALS = Table(
    "goals",
    "The plan in a return, one goal per line.",
    (
        _C("return_id", "text", "The return."),
        _C("goal_id", "text", "The member's own reference for the goal."),
        _C("goal", "text", "The goal in the member's words.", personal=True),
        _C("area", "text", "An area code from the rules, or empty."),
        _C(
            "target_date",
            "date",
            "The date by which the member means to reach the goal.",
            optional=True,
        ),
        _C("planned_minutes", "minutes", "Minutes planned.", optional=True),
    ),
    ("return_id", "goal_id"),
)

ACTIVITIES = Table(
    "activities",
    "The activities of returns, one line each.",
    (
        _C("return_id", "text", "The return."),
        _C("activity_no", "integer", "Position in the return, from 1."),
        _C(
            "source_row",
            "integer",
            "Row of the file that it came from; the rows of an added file continue the numbering.",
        ),
        _C("title", "text", "The activity in the member's words.", personal=True),
        _C(
            "activity_type",
            "text",
            "An activity type code from the rules, `other`, or empty where not stated.",
        ),
        _C(
            "area",
            "text",
            "An area code from the rules, a partly stated one such as `technical`, or empty where"
            " not stated.",
        ),
        _C(
            "planned",
            "text",
            "yes, no or unmarked; an activity linked to a goal counts as planned unless marked"
            " otherwise.",
        ),
        _C("goal_id", "text", "The goal that the activity serves, or empty."),
        _C(
            "started_on",
            "date",
            "First day; empty where the member did not give one.",
            optional=True,
        ),
        _C(
            "ended_on",
            "date",
            "Last day; empty where the activity is ongoing or the day was not given.",
            optional=True,
        ),
        _C("minutes", "minutes", "Minutes recorded."),
        _C(
            "counts",
            "yes_no",
            "Whether the activity falls wholly or partly within the CPD year, or has no date.",
        ),
        _C(
            "doubtful",
            "yes_no",
            "Whether its minutes are doubtful: implausible, undated, duplicated, or straddling the"
            " ends of the CPD year.",
        ),
        _C(
            "competences",
            "text",
            "Letters of the competences in order, such as AC; empty where not stated.",
        ),
        _C("learning", "text", "What was learnt, in the member's words.", personal=True),
        _C("reflection", "text", "The reflection, in the member's words.", personal=True),
        _C("evidence", "text", "Reference to evidence, which is never required.", personal=True),
        _C(
            "raw",
            "json",
            "The cells as they arrived, mapped from column heading to text.",
            personal=True,
        ),
    ),
    ("return_id", "activity_no"),
)

PROBLEMS = Table(
    "problems",
    "What was found in a file and needs a person's attention.",
    (
        _C("problem_no", "integer", "A running number."),
        _C("digest", "text", "The file's digest, as in imports."),
        _C("return_id", "text", "The return that it belongs to, or empty."),
        _C("kind", "text", "One of the values of ProblemKind."),
        _C("file", "text", "Name of the file; only for staff.", optional=True, personal=True),
        _C("sheet", "text", "The sheet of the workbook.", optional=True),
        _C("row", "integer", "The row, counting the header as row 1.", optional=True),
        _C("column", "text", "The column, as the file names it.", optional=True),
        _C("found", "text", "What was found.", personal=True),
        _C("expected", "text", "What was expected.", optional=True),
        _C("advice", "text", "What to do.", optional=True),
    ),
    ("problem_no",),
)

SHOWN_ROWS = Table(
    "shown_rows",
    "What an assessor reads of a return: copies of its lines with the member's identity masked.",
    (
        _C("return_id", "text", "The return."),
        _C("part", "text", "activities, goals, problems or earlier advice."),
        _C("line", "integer", "Position in the part, from 1."),
        _C(
            "cells",
            "json",
            "The line as an assessor may read it: column to value, with a word in brackets in place"
            " of anything that identifies the member.",
            personal=True,
        ),
    ),
    ("return_id", "part", "line"),
)

ALLOCATIONS = Table(
    "allocations",
    "Which assessor marks which return.",
    (
        _C("return_id", "text", "The return."),
        _C("assessor_id", "text", "The assessor."),
        _C("marking", "text", "first, second or fresh."),
        _C("allocated_on", "date", "When it was allocated."),
        _C("due_on", "date", "When the judgement is due."),
    ),
    ("return_id", "marking"),
)

ALLOCATION_CHANGES = Table(
    "allocation_changes",
    "Everything that was given to assessors or taken from them, in order and never changed.",
    (
        _C("change_no", "integer", "A running number given by the database."),
        _C("step", "text", "What was done together: 16 hexadecimal digits for each run."),
        _C("return_id", "text", "The return."),
        _C("marking", "text", "first, second or fresh."),
        _C("from_assessor", "text", "Whose it was; empty where nobody had it."),
        _C("to_assessor", "text", "Whose it became; empty where nobody could take it."),
        _C("reason", "text", "Why it was changed."),
        _C("changed_at", "moment", "When it was changed."),
    ),
    ("change_no",),
)

DOUBLE_MARKINGS = Table(
    "double_markings",
    "The returns that were chosen to be marked twice.",
    (
        _C("return_id", "text", "The return."),
        _C("chosen_on", "date", "When it was chosen."),
    ),
    ("return_id",),
)

REQUIREMENTS = Table(
    "requirements",
    "What the rules require of each return.",
    (
        _C("return_id", "text", "The return."),
        _C("target_basis", "text", "One of the values of TargetBasis."),
        _C(
            "target_minutes",
            "minutes",
            "The target; empty while it is unclear or where the scheme does not count hours.",
            optional=True,
        ),
        _C(
            "planned_minutes_needed",
            "minutes",
            "The minimum of planned minutes; empty where none applies.",
            optional=True,
        ),
        _C("areas_apply", "yes_no", "Whether the suggested split by area applies to this target."),
    ),
    ("return_id",),
)

FINDINGS = Table(
    "findings",
    "What the machine observed on each criterion of each return.",
    (
        _C("return_id", "text", "The return."),
        _C("criterion", "text", "The code of a criterion in the rules."),
        _C("standing", "text", "One of the values of Standing."),
        _C("numbers", "json", "The numbers behind the finding."),
        _C("thresholds", "json", "The thresholds that were applied."),
        _C("rules_edition", "text", "The edition of the rules."),
        _C("rules_digest", "text", "SHA-256 of the rules that were applied."),
    ),
    ("return_id", "criterion"),
)

EARLIER_FINDINGS = Table(
    "earlier_findings",
    "Findings that a later scoring replaced, as they were under their edition of the rules.",
    (
        *FINDINGS.columns,
        _C("replaced_at", "moment", "When a later scoring replaced the finding."),
    ),
    ("return_id", "criterion", "replaced_at"),
)

# What the engines read as Parquet files (`engines.parquet`): these hold neither members' own words
# nor membership numbers.

ACTIVITIES_TO_SCORE = Table(
    "activities_to_score",
    "The activities in the form that every engine scores.",
    (
        _C(
            "return_id",
            "text",
            "The return; rows are sorted by it, so that each return is in one place and files can"
            " be read in parts.",
        ),
        _C("activity_type", "text", "As in activities."),
        _C("area", "text", "As in activities."),
        _C("planned", "text", "As in activities."),
        _C("minutes", "minutes", "Minutes recorded."),
        _C("counts", "yes_no", "As in activities."),
        _C("doubtful", "yes_no", "As in activities."),
        _C("competences", "text", "As in activities."),
        _C("has_reflection", "yes_no", "Whether there is a reflection."),
        _C(
            "names_goal",
            "yes_no",
            "Whether the activity names a goal, whether or not the plan has it.",
        ),
        _C(
            "newly_served",
            "yes_no",
            "Whether a goal of the plan counts as served by this activity: the first undoubted"
            " activity that names the goal, otherwise the first that does.",
        ),
        _C(
            "repeats",
            "yes_no",
            "Whether an earlier activity of the return has the same title, day and time.",
        ),
        _C(
            "day_minutes",
            "minutes",
            "Total minutes of all the return's activities on the same single day; 0 where the"
            " activity does not state a single day.",
        ),
    ),
    ("return_id",),
)

RETURNS_TO_SCORE = Table(
    "returns_to_score",
    "The returns in the form that every engine scores: what the rules require, what was declared"
    " and how many goals there are.",
    (
        *REQUIREMENTS.columns,
        _C(
            "declared_minutes",
            "minutes",
            "The total declared; empty where there is no declaration.",
            optional=True,
        ),
        _C("goals", "integer", "How many goals the plan has; 0 where no plan was sent."),
    ),
    ("return_id",),
)

JUDGEMENT_EVENTS = Table(
    "judgement_events",
    "The append-only log of what assessors recorded, and what was agreed and answered about it:"
    " nothing here is ever changed.",
    (
        _C("seq", "integer", "Position in the log, from 1 and without gaps."),
        _C(
            "event_id",
            "text",
            "Identifier made by the screen, so that repeating a save is harmless.",
        ),
        _C("return_id", "text", "The return."),
        _C(
            "assessor_id",
            "text",
            "The assessor; for an answer the one it is for, and empty for an agreed judgement.",
        ),
        _C("kind", "text", "One of the values of EventKind."),
        _C(
            "version",
            "integer",
            "1 for the first event of its kind by this assessor on this return, then counting up.",
        ),
        _C(
            "origin",
            "text",
            "The pack that the event came back from; empty if it was recorded here.",
        ),
        _C("state", "text", "draft or submitted for a judgement; empty for other kinds."),
        _C(
            "restores_version",
            "integer",
            "For an undo: the version that it brings back, 0 for the empty judgement.",
            optional=True,
        ),
        _C(
            "payload",
            "json",
            "What was chosen (levels, outcome, themes, codes), without any free text.",
        ),
        _C(
            "sealed",
            "text",
            "What was written, encrypted with the key of the return.",
            personal=True,
        ),
        _C(
            "made_at",
            "moment",
            "When the event was made, by the clock of the machine it was made on.",
        ),
        _C("recorded_at", "moment", "When the store recorded the event."),
        _C("digest", "text", "SHA-256 of all the columns above except seq."),
        _C("previous_hash", "text", "Hash of the previous event."),
        _C("hash", "text", "SHA-256 of previous_hash, seq and digest, which links the chain."),
    ),
    ("seq",),
)

DOCUMENTS = Table(
    "documents",
    "Each rendered feedback report.",
    (
        _C(
            "document_id",
            "text",
            "Opaque identifier, which is also the file's name: 32 hexadecimal digits.",
        ),
        _C("cpd_year", "integer", "The CPD year."),
        _C("kind", "text", "individual or generic."),
        _C(
            "version",
            "integer",
            "1 for the first; a released document never changes, so a change to it becomes a new"
            " version with its own document_id.",
        ),
        _C(
            "member_no",
            "text",
            "The member whom it is for; empty for generic feedback.",
            personal=True,
        ),
        _C("return_id", "text", "The return that it is about; empty for generic feedback."),
        _C(
            "input_digest",
            "text",
            "SHA-256 of everything it was made from: judgement, findings, rules, template and code"
            " version.",
        ),
        _C("file", "text", "Path relative to the workspace."),
        _C("sha256", "text", "SHA-256 of the file."),
        _C("rendered_at", "moment", "When it was rendered."),
        _C("released_at", "moment", "When it became visible to the member.", optional=True),
        _C("recalled_at", "moment", "When it was recalled.", optional=True),
        _C(
            "released_position",
            "integer",
            "Length of the judgement log at the release, so that the judgement of that moment can"
            " be rebuilt.",
            optional=True,
        ),
    ),
    ("document_id",),
)

APPROVALS = Table(
    "approvals",
    "What staff decided about the wording of each document; the latest decision on the same bytes"
    " counts.",
    (
        _C("document_id", "text", "The document."),
        _C(
            "sha256",
            "text",
            "SHA-256 of the file that was read; a changed file needs a new decision.",
        ),
        _C("decision", "text", "approved, returned or held."),
        _C("decided_by", "text", "Who made the decision."),
        _C("reason", "text", "Why, where the advice is returned to its assessor.", personal=True),
        _C("decided_at", "moment", "When it was decided."),
    ),
    ("document_id", "decided_at"),
)

EXAMPLES = Table(
    "examples",
    "Examples that members allow to be shown to everyone, with their consent.",
    (
        _C("return_id", "text", "The return that the example comes from."),
        _C("cpd_year", "integer", "The CPD year."),
        _C(
            "text",
            "text",
            "The example as staff wrote it down, without anything that identifies the member; empty"
            " once the consent is withdrawn.",
            personal=True,
        ),
        _C("consented_on", "date", "The day on which the member consented."),
        _C("recorded_by", "text", "Who recorded it."),
        _C("recorded_at", "moment", "When it was recorded."),
        _C(
            "withdrawn_on",
            "date",
            "The day on which the consent was withdrawn; empty while it is in force.",
            optional=True,
        ),
    ),
    ("return_id",),
)

SETTINGS = Table(
    "settings",
    "What the workspace records about itself.",
    (
        _C("name", "text", "Name of the setting."),
        _C("value", "text", "Its value."),
    ),
    ("name",),
)

TABLES: tuple[Table, ...] = (
    REGISTER,
    STATUSES,
    DECLARATIONS,
    CIRCUMSTANCES,
    ASSESSORS,
    DRAWS,
    COMMITMENTS,
    DRAW_EVENTS,
    FRAMES,
    SELECTIONS,
    RESPONSES,
    IMPORTS,
    RETURNS,
    ORIGINALS,
    RETURN_ORIGINALS,
    GOALS,
    ACTIVITIES,
    PROBLEMS,
    SHOWN_ROWS,
    ALLOCATIONS,
    ALLOCATION_CHANGES,
    DOUBLE_MARKINGS,
    SECOND_MARKING_CHOICES,
    FRESH_REVIEWS,
    REQUIREMENTS,
    FINDINGS,
    EARLIER_FINDINGS,
    JUDGEMENT_EVENTS,
    STAFF_NOTES,
    VERSION_CHANGES,
    INFORMATION_ROUNDS,
    QUERIES,
    DOCUMENTS,
    APPROVALS,
    EXAMPLES,
    OUTBOX,
    OUTBOX_EVENTS,
    SETTINGS,
    LOG_HEAD,
    SUBJECT_KEYS,
    ACCESS_LOG,
    PACKS,
    ERASURES,
    ASSESSOR_ROLES,
    ASSESSOR_TOKENS,
)
PARQUET_TABLES: tuple[Table, ...] = (ACTIVITIES_TO_SCORE, RETURNS_TO_SCORE)
