"""The glossary as code: closed lists of words, and the small records that steps share.

What a scheme may choose for itself (activity types, areas, levels, outcomes) comes from its rules
instead.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from enum import StrEnum


class Planned(StrEnum):
    """Whether an activity was planned: three states, because many members do not say."""

    YES = "yes"
    NO = "no"
    UNMARKED = "unmarked"


class Standing(StrEnum):
    """Where a return stands on one criterion. Advisory criteria use the second pair of words."""

    MET = "met"
    BELOW_GUIDELINE = "below guideline"
    AS_SUGGESTED = "as suggested"
    DIFFERENT_MIX = "different mix"
    UNCLEAR = "unclear"
    NOT_APPLICABLE = "not applicable"


class ProfessionalStatus(StrEnum):
    """What the register says about a member's working life."""

    ACTIVE = "active"
    RETIRED = "retired"
    PARENTAL_LEAVE = "parental_leave"
    MATERNITY_LEAVE = "maternity_leave"
    ADOPTION_LEAVE = "adoption_leave"
    UNEMPLOYED = "unemployed"
    NON_ENGINEERING = "non_engineering"
    LONG_TERM_ILLNESS = "long_term_illness"
    OTHER = "other"


class TargetBasis(StrEnum):
    """Why a target applies, in words that reveal no circumstance."""

    STANDARD = "standard"
    REDUCED = "reduced"
    AGREED = "agreed"
    NONE_REQUIRED = "none required"
    UNCLEAR = "unclear"


class ResponseState(StrEnum):
    """What became of the request to a selected member."""

    AWAITING = "awaiting"
    RECEIVED = "received"
    NO_REPLY = "no reply"
    DEFERRED = "deferred"
    HELD_ELSEWHERE = "record held elsewhere"
    LEFT = "left"
    WITHDRAWN = "withdrawn"
    CARRIED_OVER = "carried over"


class ResponseStatement(StrEnum):
    """What a selected member says of their record, before or instead of sending it."""

    READY = "record ready"
    WILL_UPDATE = "will update the record"
    EMPLOYER_HOLDS_IT = "held by the employer"
    OTHER_BODY_HOLDS_IT = "held by another body"
    NOT_ACTIVE = "not professionally active"


class RequestState(StrEnum):
    """How far the request to a selected member has come on a day."""

    TO_BE_INVITED = "to be invited"
    INVITED = "invited"
    REMINDED = "reminded"
    RESPONDED = "responded"
    LATE = "late"
    NO_RESPONSE = "no response"
    EXCUSED = "excused"
    WITHDRAWN = "withdrawn"
    DEFERRED = "deferred"
    CARRIED_OVER = "carried over"


class LetterKind(StrEnum):
    """What a message of the outbox is."""

    JOIN = "join"
    RECORDING = "recording"
    DECLARATION = "declaration"
    DECLARATION_REMINDER = "declaration-reminder"
    INVITATION = "invitation"
    REMINDER = "reminder"
    THANKS = "thanks"
    MORE = "more"
    MORE_REMINDER = "more-reminder"
    ANSWER = "answer"
    FEEDBACK = "feedback"
    GENERIC = "generic"
    NOTE = "note"
    DESK = "desk"
    TEST = "test"


class MessageState(StrEnum):
    """What became of a message of the outbox."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    AT_THE_POST = "at the post"
    POSTED = "posted"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    BOUNCED = "bounced"
    CANCELLED = "cancelled"


class OutboxEvent(StrEnum):
    """What was done about a message of the outbox."""

    QUEUED = "queued"
    POSTPONED = "postponed"
    MOVED_FIRST = "moved first"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    HELD_UP = "held up"
    SENT = "sent"
    AT_THE_POST = "at the post"
    POSTED = "posted"
    UNKNOWN = "unknown"
    BOUNCED = "bounced"
    SETTLED = "settled"
    TESTED = "tested"


class DrawEvent(StrEnum):
    """What was done or tried about a draw."""

    COMMITTED = "committed"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    DRAWN = "drawn"
    REPEATED = "repeated"
    REFUSED = "refused"
    RESERVE_CALLED = "reserve called"


class Parked(StrEnum):
    """Why a version of a return waits outside the review."""

    SUPERSEDED = "superseded"
    NOT_SELECTED = "not selected"
    NEWER = "newer than the version under review"


class Marking(StrEnum):
    """Which of the independent markings of a return an allocation is for.

    A fresh marking follows an appeal, and is blind to both of the others.
    """

    FIRST = "first"
    SECOND = "second"
    FRESH = "fresh"


class JudgementState(StrEnum):
    """How far one assessor's judgement of one return has progressed."""

    NOT_STARTED = "not started"
    DRAFT = "draft"
    SUBMITTED = "submitted"


class MarkingState(StrEnum):
    """How far one marking has come, as staff count it: every marking is in exactly one state."""

    NOT_STARTED = "not started"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    HANDED_BACK = "handed back"


class EventKind(StrEnum):
    """What an event of the judgement log is about."""

    JUDGEMENT = "judgement"
    READING = "reading"
    HAND_BACK = "hand back"
    CONFIDENCE = "in confidence"
    AGREED = "agreed judgement"
    ANSWER = "answer"
    NOTE = "note"


class SecondMarkingReason(StrEnum):
    """Why a return was chosen for a second marking."""

    RANDOM = "random share"
    ASKS = "outcome asks something"
    NEAR = "near a threshold"
    NEW_ASSESSOR = "new assessor"
    FLAGGED = "flagged"


class Raised(StrEnum):
    """What an assessor raises in a judgement, for staff to answer."""

    SECOND_LOOK = "second look"
    DISAGREEMENT = "disagreement"


class StaffAnswer(StrEnum):
    """What staff answer to a second look or a disagreement; the reason goes with it."""

    STANDS = "it stands"
    CHANGE = "rules or finding should change"
    MODERATOR = "sent to a moderator"


class HandBackReason(StrEnum):
    """Why an assessor hands a return back."""

    RECOGNISED = "recognised"
    CONFLICT = "conflict"
    OUTSIDE_MY_FIELD = "outside my field"
    NO_TIME = "no time"


class StaffNote(StrEnum):
    """What staff write to an assessor about one return."""

    NOTE = "note"
    ANSWER = "answer"
    RETURNED = "returned text"


class VersionCause(StrEnum):
    """Why a newer version of a return was taken into the review."""

    STAFF = "staff chose it"
    ROUND = "a little more was asked for"


class RoundEvent(StrEnum):
    """What happens in a round in which a member is asked for a little more."""

    OPENED = "opened"
    REMINDED = "reminded"
    EXTENDED = "extended"
    ANSWERED = "answered"
    ENDED = "ended without an answer"


class RoundState(StrEnum):
    """How far a round in which a member is asked for a little more has come on a day."""

    OPEN = "open"
    LATE = "late"
    NOTHING_CAME = "nothing came"
    ANSWERED = "answered"
    ENDED = "ended without an answer"


class QueryEvent(StrEnum):
    """What happens to a query or an appeal."""

    RECORDED = "recorded"
    REVIEWER = "fresh reviewer named"
    ANSWERED = "answered"


class Counting(StrEnum):
    """How much of an activity's time an assessor counts."""

    WHOLE = "count"
    NONE = "do not count"
    PART = "part"


class ProblemKind(StrEnum):
    """What a problem means for the row or file that it names."""

    REJECTED = "rejected"
    PLEASE_CHECK = "please check"
    NOTE = "note"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something in a file that a person should know about.

    It says where, what was found, what was expected and what to do.
    """

    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    found: str
    expected: str | None = None
    advice: str | None = None

    def as_dict(self) -> dict[str, str | int | None]:
        """Return the problem as the command line prints it; keys that do not apply are None."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What one assessor says about one return.

    `levels`, `comments` and `disagreements` are keyed by criterion code, and `outcome` is an
    outcome code. `advice` goes to the member, `private_note` never does. `themes` are the phrase
    themes that the generic feedback counts. A disagreement says why the assessor sees a criterion
    differently from the machine's finding, and is for staff only.
    """

    levels: dict[str, str]
    comments: dict[str, str]
    outcome: str | None
    advice: str
    liked: str = ""
    private_note: str = ""
    disagreements: dict[str, str] = field(default_factory=dict)
    themes: tuple[str, ...] = ()
    second_look: bool = False
    state: JudgementState = JudgementState.DRAFT

    def as_dict(self) -> dict[str, object]:
        """Return the judgement as values that JSON can hold."""
        return {**asdict(self), "state": str(self.state), "themes": list(self.themes)}


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How an assessor reads one activity, kept beside what the member wrote.

    None leaves what the member wrote; a reading in which everything is None takes back an earlier
    one. `area` and `activity_type` are codes of the rules; `part_minutes` applies to
    `Counting.PART` only.
    """

    activity_no: int
    area: str | None = None
    planned: Planned | None = None
    activity_type: str | None = None
    counting: Counting | None = None
    part_minutes: int | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """What the rules require of one return.

    Minutes are None where nothing is required or where that is not yet clear.
    """

    return_id: str
    target_basis: TargetBasis
    target_minutes: int | None
    planned_minutes_needed: int | None
    areas_apply: bool


def hours_text(minutes: int) -> str:
    """Return minutes as people say them: `24 h 30 min`, `30 h`, `45 min`."""
    hours, rest = divmod(int(minutes), 60)
    if hours and rest:
        return f"{hours} h {rest} min"
    return f"{hours} h" if hours or not rest else f"{rest} min"


def counted_text(number: int | None, one: str, many: str) -> str:
    """Return a number with the word that agrees: `1 activity lies`, `2 activities lie`."""
    return f"{number or 0} {one if number == 1 else many}"


# Characters that cannot be seen, or that reverse text: controls other than tab and line ends,
# bidirectional marks, zero-width characters, lone surrogates. The joiner of emoji stays, and so do
# the flags of nations, which are spelt in tag characters.
UNSEEN = (
    r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    r"\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f"
)
UNSEEN_CHARACTER = re.compile(rf"\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f|([{UNSEEN}])")


# What a formula may begin with, including full-width characters.
STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def visible(text: str) -> str:
    """Return the text with control, bidirectional and zero-width characters as escapes.

    What somebody sent is always shown to people in this form.
    """
    return UNSEEN_CHARACTER.sub(lambda found: _escape(found[1]) if found[1] else found[0], text)


def unseen_in(text: str) -> tuple[str, ...]:
    """Return the control, bidirectional and zero-width characters of a text, as escapes."""
    return tuple(_escape(found[1]) for found in UNSEEN_CHARACTER.finditer(text) if found[1])


def starts_formula(text: str) -> bool:
    """Whether a spreadsheet program would take the text for a formula (OWASP ASVS 1.2.10)."""
    return text.lstrip(" ").startswith(STARTS_FORMULA)


def without_formula(text: str) -> str:
    """Return the text for a CSV cell, with an apostrophe before what would start a formula."""
    return f"'{text}" if starts_formula(text) else text


def _escape(character: str) -> str:
    number = ord(character)
    # Higher characters need eight digits.
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"  # noqa: PLR2004
