"""Every table and every column, one sentence each: the one source for database, files and checks.

Time is whole minutes, dates are calendar dates, `yes_no` is a truth value, `json` is text that holds JSON,
`bytes` is a file's content.
A column that may be empty says so; an empty text is the empty string, never null, unless `optional`.
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
from assessor_kit.tables.selection import DRAWS, FRAMES, RESPONSES, SELECTIONS

__all__ = [
    "ACCESS_LOG",
    "ACTIVITIES",
    "ALLOCATIONS",
    "ASSESSORS",
    "ASSESSOR_ROLES",
    "ASSESSOR_TOKENS",
    "CIRCUMSTANCES",
    "DECLARATIONS",
    "DOCUMENTS",
    "DRAWS",
    "ERASURES",
    "EXAMPLES",
    "FINDINGS",
    "FRAMES",
    "GOALS",
    "IMPORTS",
    "JUDGEMENT_EVENTS",
    "LOG_HEAD",
    "PACKS",
    "PROBLEMS",
    "REGISTER",
    "REQUIREMENTS",
    "RESPONSES",
    "RETURNS",
    "SELECTIONS",
    "SETTINGS",
    "STATUSES",
    "SUBJECT_KEYS",
    "TABLES",
    "Column",
    "Kind",
    "Table",
]

_C = Column

REGISTER = Table(
    "register",
    "The scheme members, as the professional body knows them.",
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
            "Whether the member has died; where the register does not say, no.",
            optional=True,
        ),
        _C("do_not_contact", "yes_no", "The body may not write to this member."),
        _C("name", "text", "The member's name, never shown to an assessor.", personal=True),
        _C("email", "text", "Where staff write to.", personal=True),
        _C("grade", "text", "Grade of membership, such as MIET."),
        _C("registration", "text", "Engineering Council registration, such as CEng, or none."),
        _C(
            "discipline", "text", "Field of work, for allocation to an assessor of a similar field."
        ),
        _C("employer", "text", "Employer, used only to keep colleagues apart.", personal=True),
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
    "Each member's professional status over time; a status holds until the next begins.",
    (
        _C("member_no", "text", "Membership number.", personal=True),
        _C(
            "status_from",
            "date",
            "First day of the status; 1900-01-01 where the register gives no day.",
        ),
        _C("professional_status", "text", "One of the words of ProfessionalStatus.", personal=True),
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
        _C("declared_minutes", "minutes", "Time declared."),
        _C("declared_on", "date", "Day of the declaration.", optional=True),
    ),
    ("member_no", "cpd_year"),
)

CIRCUMSTANCES = Table(
    "circumstances",
    "Circumstances agreed with staff, case by case; staff only.",
    (
        _C("member_no", "text", "Membership number.", personal=True),
        _C("cpd_year", "integer", "The CPD year that the agreement is for."),
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
            "The target that was agreed; empty while still being discussed.",
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
        _C("assessor_id", "text", "Short name of the assessor, such as A07."),
        _C(
            "member_no", "text", "The assessor's own membership number, if a member.", personal=True
        ),
        _C("name", "text", "The assessor's name.", personal=True),
        _C("email", "text", "Where staff write to.", personal=True),
        _C("disciplines", "text", "Fields the assessor can judge, separated by ;."),
        _C("employer", "text", "Employer, used only to keep colleagues apart.", personal=True),
        _C("capacity", "integer", "How many markings the assessor takes in a season."),
        _C(
            "conflicts",
            "text",
            "Membership numbers the assessor must not judge, separated by ;.",
            personal=True,
        ),
    ),
    ("assessor_id",),
)

IMPORTS = Table(
    "imports",
    "Each file taken in, known by its content so that a second import changes nothing.",
    (
        _C("digest", "text", "SHA-256 of the file's bytes, and of the column names given with it."),
        _C(
            "kind",
            "text",
            "register, declarations, assessors, circumstances, responses, opt-ins or returns.",
        ),
        _C("cpd_year", "integer", "The CPD year given with the file, 0 where none belongs to it."),
        _C("accepted", "integer", "Rows accepted."),
        _C("rejected", "integer", "Rows rejected."),
        _C("imported_at", "moment", "When."),
    ),
    ("digest", "kind", "cpd_year"),
)

RETURNS = Table(
    "returns",
    "What selected members sent in; the latest version of each counts.",
    (
        _C(
            "return_id", "text", "Opaque name of this version of the return: 16 hexadecimal digits."
        ),
        _C("member_no", "text", "Membership number.", personal=True),
        _C("cpd_year", "integer", "The CPD year."),
        _C("version", "integer", "1 for the first file, one more for each that supersedes it."),
        _C(
            "pseudonym",
            "text",
            "What assessors see instead of a name, such as R-7K2M; empty once the member is erased, and then nobody opens it.",
        ),
        _C("declared_minutes", "minutes", "Total stated in the return itself.", optional=True),
        _C("source_digest", "text", "SHA-256 of the file it came from."),
        _C("received_at", "moment", "When it was imported."),
        _C("parked", "text", "Why the return waits outside the review; empty if it does not."),
    ),
    ("return_id",),
)

ORIGINALS = Table(
    "originals",
    "What each member sent, byte for byte, known by its content; for staff and moderators only.",
    (
        _C("digest", "text", "SHA-256 of the content."),
        _C(
            "member_no",
            "text",
            "Whose it is; a flat file is cut into its members' lines and not kept.",
            personal=True,
        ),
        _C("file", "text", "Name of the file it came in.", personal=True),
        _C(
            "content",
            "bytes",
            "The file, or the member's lines of a flat file as CSV.",
            personal=True,
        ),
        _C("kept_at", "moment", "When it was kept."),
    ),
    ("digest",),
)

RETURN_ORIGINALS = Table(
    "return_originals",
    "Which originals each version of a return was read from.",
    (
        _C("return_id", "text", "The return."),
        _C("digest", "text", "The original."),
    ),
    ("return_id", "digest"),
)

GOALS = Table(
    "goals",
    "The plan of a return, one goal a line.",
    (
        _C("return_id", "text", "The return."),
        _C("goal_id", "text", "The member's own reference of the goal."),
        _C("goal", "text", "The goal in the member's words.", personal=True),
        _C("area", "text", "An area code of the rules, or empty."),
        _C("target_date", "date", "By when.", optional=True),
        _C("planned_minutes", "minutes", "Time planned.", optional=True),
    ),
    ("return_id", "goal_id"),
)

ACTIVITIES = Table(
    "activities",
    "One line of a return each.",
    (
        _C("return_id", "text", "The return."),
        _C("activity_no", "integer", "Place in the return, from 1."),
        _C(
            "source_row",
            "integer",
            "Row of the file that it came from; the rows of an added file are numbered on.",
        ),
        _C("title", "text", "The activity in the member's words.", personal=True),
        _C(
            "activity_type",
            "text",
            "An activity type code of the rules, `other`, or empty where not stated.",
        ),
        _C(
            "area",
            "text",
            "An area code of the rules, a partly stated one such as `technical`, or empty where not stated.",
        ),
        _C(
            "planned",
            "text",
            "yes, no or unmarked; an activity linked to a goal counts as planned unless marked otherwise.",
        ),
        _C("goal_id", "text", "The goal it serves, or empty."),
        _C("started_on", "date", "First day; empty where the member gave none.", optional=True),
        _C("ended_on", "date", "Last day; empty where ongoing or not given.", optional=True),
        _C("minutes", "minutes", "Time recorded."),
        _C(
            "counts",
            "yes_no",
            "Whether the activity lies in the CPD year, wholly or in part, or has no date.",
        ),
        _C(
            "doubtful",
            "yes_no",
            "Whether its minutes are doubtful: suspicious, undated, straddling or duplicated.",
        ),
        _C(
            "competences",
            "text",
            "Competence letters in order, such as AC; empty where not stated.",
        ),
        _C("learning", "text", "What was learnt, in the member's words.", personal=True),
        _C("reflection", "text", "The reflection, in the member's words.", personal=True),
        _C("evidence", "text", "Reference to evidence, never needed.", personal=True),
        _C("raw", "json", "The cells as they arrived: column heading to text.", personal=True),
    ),
    ("return_id", "activity_no"),
)

PROBLEMS = Table(
    "problems",
    "What stood in a file and needs a person's eye.",
    (
        _C("problem_no", "integer", "Running number."),
        _C("digest", "text", "The file, as in imports."),
        _C("return_id", "text", "The return it belongs to, or empty."),
        _C("kind", "text", "One of the words of ProblemKind."),
        _C("file", "text", "Name of the file, for staff only.", optional=True, personal=True),
        _C("sheet", "text", "Sheet of the workbook.", optional=True),
        _C("row", "integer", "Row, the header being row 1.", optional=True),
        _C("column", "text", "Column as the file names it.", optional=True),
        _C("found", "text", "What was found.", personal=True),
        _C("expected", "text", "What was expected.", optional=True),
        _C("advice", "text", "What to do.", optional=True),
    ),
    ("problem_no",),
)

SHOWN_ROWS = Table(
    "shown_rows",
    "What an assessor reads of a return: copies of its lines without what says who the member is.",
    (
        _C("return_id", "text", "The return."),
        _C("part", "text", "activities, goals, problems or earlier advice."),
        _C("line", "integer", "Place in the part, from 1."),
        _C(
            "cells",
            "json",
            "The line as it may be read: column to value, a word in brackets for what says who the member is.",
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
        _C("marking", "text", "first or second."),
        _C("allocated_on", "date", "When."),
        _C("due_on", "date", "Until when."),
    ),
    ("return_id", "marking"),
)

REQUIREMENTS = Table(
    "requirements",
    "What the rules ask of one return.",
    (
        _C("return_id", "text", "The return."),
        _C("target_basis", "text", "One of the words of TargetBasis."),
        _C(
            "target_minutes",
            "minutes",
            "The target; empty while unclear or where the scheme counts no hours.",
            optional=True,
        ),
        _C(
            "planned_minutes_needed",
            "minutes",
            "The planned minimum; empty where none applies.",
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
        _C("criterion", "text", "A criterion code of the rules."),
        _C("standing", "text", "One of the words of Standing."),
        _C("numbers", "json", "The numbers behind it."),
        _C("thresholds", "json", "The thresholds used."),
        _C("rules_edition", "text", "Edition of the rules."),
        _C("rules_digest", "text", "SHA-256 of the rules used."),
    ),
    ("return_id", "criterion"),
)

EARLIER_FINDINGS = Table(
    "earlier_findings",
    "Findings that a later scoring replaced, as they stood under their edition of the rules.",
    (
        *FINDINGS.columns,
        _C("replaced_at", "moment", "When others took their place."),
    ),
    ("return_id", "criterion", "replaced_at"),
)

# What the engines read as Parquet files (`engines.parquet`): no member's own words, and no number of a member.

ACTIVITIES_TO_SCORE = Table(
    "activities_to_score",
    "Activities as every engine scores them.",
    (
        _C(
            "return_id",
            "text",
            "The return; rows of one return stand together and returns in order, so that files can be read in parts.",
        ),
        _C("activity_type", "text", "As in activities."),
        _C("area", "text", "As in activities."),
        _C("planned", "text", "As in activities."),
        _C("minutes", "minutes", "Time recorded."),
        _C("counts", "yes_no", "As in activities."),
        _C("doubtful", "yes_no", "As in activities."),
        _C("competences", "text", "As in activities."),
        _C("has_reflection", "yes_no", "Whether there is a reflection."),
        _C("names_goal", "yes_no", "Whether it names a goal, of the plan or not."),
        _C(
            "newly_served",
            "yes_no",
            "Whether its goal of the plan counts as served through it: the first beyond doubt that names the goal, else the first.",
        ),
        _C(
            "repeats",
            "yes_no",
            "Whether an earlier activity of the return has the same title, day and time.",
        ),
        _C(
            "day_minutes",
            "minutes",
            "What the return's activities of its one stated day add up to; 0 where it states no single day.",
        ),
    ),
    ("return_id",),
)

RETURNS_TO_SCORE = Table(
    "returns_to_score",
    "Returns as every engine scores them: what the rules ask, what was declared, how many goals.",
    (
        *REQUIREMENTS.columns,
        _C(
            "declared_minutes",
            "minutes",
            "Total declared; empty where there is no declaration.",
            optional=True,
        ),
        _C("goals", "integer", "Goals in the plan, 0 where none was sent."),
    ),
    ("return_id",),
)

JUDGEMENT_EVENTS = Table(
    "judgement_events",
    "The append-only log of what assessors said: nothing here is ever changed.",
    (
        _C("seq", "integer", "Place in the log, from 1 and without a gap."),
        _C("event_id", "text", "Made by the screen, so that a repeated save is harmless."),
        _C("return_id", "text", "The return."),
        _C("assessor_id", "text", "The assessor."),
        _C("kind", "text", "One of the words of EventKind."),
        _C(
            "version",
            "integer",
            "1 for the first event of its kind by this assessor on this return, then one more each.",
        ),
        _C("origin", "text", "The pack that it came back in; empty for what was recorded here."),
        _C("state", "text", "draft or submitted for a judgement; empty for other kinds."),
        _C(
            "restores_version",
            "integer",
            "For an undo: the version that stands again, 0 for none.",
            optional=True,
        ),
        _C("payload", "json", "What was chosen: levels, outcome, themes, codes; no free text."),
        _C(
            "sealed",
            "text",
            "What was written, encrypted with the key of this return.",
            personal=True,
        ),
        _C("made_at", "moment", "When it was made, by the clock of the machine it was made on."),
        _C("recorded_at", "moment", "When the store took it."),
        _C("digest", "text", "SHA-256 of all the columns above but seq."),
        _C("previous_hash", "text", "Hash of the event before."),
        _C("hash", "text", "SHA-256 of previous_hash, seq and digest: the link of the chain."),
    ),
    ("seq",),
)

DOCUMENTS = Table(
    "documents",
    "Each rendered feedback report.",
    (
        _C("document_id", "text", "Opaque name: 32 hexadecimal digits, also the file's name."),
        _C("cpd_year", "integer", "The CPD year."),
        _C("kind", "text", "individual or generic."),
        _C(
            "version",
            "integer",
            "1 for the first; a document that would change a released one is a new version, with a name of its own.",
        ),
        _C("member_no", "text", "Whom it is for; empty for generic feedback.", personal=True),
        _C("return_id", "text", "The return it speaks of; empty for generic feedback."),
        _C(
            "input_digest",
            "text",
            "SHA-256 of all that went in: judgement, findings, rules, template, code version.",
        ),
        _C("file", "text", "Path below the workspace."),
        _C("sha256", "text", "SHA-256 of the file."),
        _C("rendered_at", "moment", "When it was rendered."),
        _C("released_at", "moment", "When it became visible to the member.", optional=True),
        _C("recalled_at", "moment", "When it was recalled.", optional=True),
        _C(
            "released_position",
            "integer",
            "Place in the judgement log at its release: what the record said then.",
            optional=True,
        ),
    ),
    ("document_id",),
)

APPROVALS = Table(
    "approvals",
    "What staff decided about each document's words; for the same bytes the latest decision stands.",
    (
        _C("document_id", "text", "The document."),
        _C(
            "sha256",
            "text",
            "SHA-256 of the file that was read: other words want another decision.",
        ),
        _C("decision", "text", "approved, returned or held."),
        _C("decided_by", "text", "Who decided."),
        _C("reason", "text", "Why, where advice goes back to its assessor.", personal=True),
        _C("decided_at", "moment", "When."),
    ),
    ("document_id", "decided_at"),
)

EXAMPLES = Table(
    "examples",
    "What a member allowed to be shown to everyone as an example, and the consent that allows it.",
    (
        _C("return_id", "text", "The return that the example comes from."),
        _C("cpd_year", "integer", "The CPD year."),
        _C(
            "text",
            "text",
            "The example as staff wrote it down, without a word that says who it is; empty once the consent is withdrawn.",
            personal=True,
        ),
        _C("consented_on", "date", "Day of the member's consent."),
        _C("recorded_by", "text", "Who noted it."),
        _C("recorded_at", "moment", "When it was noted."),
        _C(
            "withdrawn_on",
            "date",
            "Day on which the consent was withdrawn; empty while it stands.",
            optional=True,
        ),
    ),
    ("return_id",),
)

OUTBOX = Table(
    "outbox",
    "What is to be sent to members, and what became of it.",
    (
        _C(
            "message_id",
            "text",
            "Lasting name of the message, in its Message-ID too: 32 hexadecimal digits.",
        ),
        _C("cpd_year", "integer", "The CPD year."),
        _C("kind", "text", "feedback, invitation or reminder."),
        _C("member_no", "text", "Whom it is for.", personal=True),
        _C("document_id", "text", "The document that is attached, or empty."),
        _C("state", "text", "queued, sending, sent, unknown, refused or bounced."),
        _C("detail", "text", "Why, where it was not sent."),
        _C("changed_at", "moment", "When the state last changed."),
    ),
    ("message_id",),
)

SETTINGS = Table(
    "settings",
    "What the workspace knows of itself.",
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
    REQUIREMENTS,
    FINDINGS,
    EARLIER_FINDINGS,
    JUDGEMENT_EVENTS,
    DOCUMENTS,
    APPROVALS,
    EXAMPLES,
    OUTBOX,
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
