"""The glossary as code: the closed lists of words, and the small records that steps hand to each other.

What a scheme may choose (activity types, areas, levels, outcomes) is not here: it comes from its rules.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from enum import StrEnum


class Planned(StrEnum):
    """Whether an activity was planned. Three states, because many members do not say."""

    YES = "yes"
    NO = "no"
    UNMARKED = "unmarked"


class Standing(StrEnum):
    """Where a return stands on one criterion. Advisory criteria use the second pair."""

    MET = "met"
    BELOW_GUIDELINE = "below guideline"
    AS_SUGGESTED = "as suggested"
    DIFFERENT_MIX = "different mix"
    UNCLEAR = "unclear"
    NOT_APPLICABLE = "not applicable"


class ProfessionalStatus(StrEnum):
    """What the register says of a member's working life."""

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


class Marking(StrEnum):
    """Which of the two independent markings of a return an allocation is for."""

    FIRST = "first"
    SECOND = "second"


class JudgementState(StrEnum):
    """How far one assessor's judgement of one return has come."""

    NOT_STARTED = "not started"
    DRAFT = "draft"
    SUBMITTED = "submitted"


class EventKind(StrEnum):
    """What an event of the judgement log says."""

    JUDGEMENT = "judgement"
    READING = "reading"
    HAND_BACK = "hand back"
    CONFIDENCE = "in confidence"


class HandBackReason(StrEnum):
    """Why an assessor hands a return back."""

    RECOGNISED = "recognised"
    CONFLICT = "conflict"
    OUTSIDE_MY_FIELD = "outside my field"
    NO_TIME = "no time"


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
    """Something in a file that a person should know: where, what was found, what was expected, what to do."""

    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    found: str
    expected: str | None = None
    advice: str | None = None

    def as_dict(self) -> dict[str, str | int | None]:
        """The problem as the command line prints it; keys that do not apply are None."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What one assessor says of one return: a level and a comment per criterion, an outcome, advice.

    `levels`, `comments` and `disagreements` are keyed by criterion code, `outcome` is an outcome code, `advice` goes to the member and
    `private_note` never does; `themes` are the phrase themes that the generic feedback counts; a disagreement says why the
    assessor sees a criterion otherwise than the machine's finding, for staff alone.
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
        """The judgement as JSON can hold it."""
        return {**asdict(self), "state": str(self.state), "themes": list(self.themes)}


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How an assessor reads one activity, beside what the member wrote. None leaves what is there; a whole reading of None takes one back.

    `area` and `activity_type` are codes of the rules; `part_minutes` goes with `Counting.PART` alone.
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
    """What the rules ask of one return. Minutes are None where nothing is asked or it is not yet clear."""

    return_id: str
    target_basis: TargetBasis
    target_minutes: int | None
    planned_minutes_needed: int | None
    areas_apply: bool


def hours_text(minutes: int) -> str:
    """Minutes as people say them: `24 h 30 min`, `30 h`, `45 min`."""
    hours, rest = divmod(int(minutes), 60)
    if hours and rest:
        return f"{hours} h {rest} min"
    return f"{hours} h" if hours or not rest else f"{rest} min"


def counted_text(number: int | None, one: str, many: str) -> str:
    """A number with the word that agrees with it: `1 activity lies`, `2 activities lie`."""
    return f"{number or 0} {one if number == 1 else many}"


# What cannot be seen or turns text round: controls but for tab and line ends, bidirectional marks, zero-width characters, lone surrogates.
# The joiner of emoji stays, and so does the flag of a nation, which is spelt in tag characters.
UNSEEN = (
    r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    r"\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f"
)
UNSEEN_CHARACTER = re.compile(rf"\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f|([{UNSEEN}])")


def visible(text: str) -> str:
    """The text with control, bidirectional and zero-width characters as escapes: how a person is shown what somebody sent."""
    return UNSEEN_CHARACTER.sub(lambda found: _escape(found[1]) if found[1] else found[0], text)


def _escape(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"  # noqa: PLR2004  (the last character of four digits)
