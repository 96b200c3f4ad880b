"""What an edition of a scheme's rules contains, as frozen records.

`source` says where the scheme states something, `reading` how we interpret it, and `advisory` that
it can never count against a member.
"""

from __future__ import annotations

from dataclasses import dataclass

TONES = ("liked", "advice")
# The names of the scorers in `assessor_kit.scorers` that a criterion may ask for.
SCORER_NAMES = (
    "total_hours",
    "planned_hours",
    "area_split",
    "activity_mix",
    "soft_technical_mix",
    "competence_mix",
    "plan_link",
    "reflection",
    "record_flags",
)


@dataclass(frozen=True, kw_only=True)
class Cited:
    """A statement of the rules, with its source and our reading where the source leaves room."""

    source: str
    reading: str = ""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One word of a closed list that the scheme chooses.

    It is an activity type, an area, a competence, a level or an outcome.
    """

    code: str
    label: str
    description: str = ""
    synonyms: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()  # a partly stated area names the areas it may mean
    needs_words: bool = False  # an outcome that asks the member for something: the advice says what


@dataclass(frozen=True, kw_only=True)
class Frame(Cited):
    """Who can be drawn: opted-in or all members, of which grades, on which day."""

    opted_in_only: bool
    grades: tuple[str, ...]
    frame_month_day: str  # "12-31": the day of the CPD year on which membership is considered
    stratify_by: str = ""  # a register column, or empty
    # Words that the register may also hold; empty: nothing is said about any word.
    outside_grades: tuple[str, ...] = ()  # grades that are known and not in the frame
    fields: tuple[str, ...] = ()  # fields of work


@dataclass(frozen=True, kw_only=True)
class TargetRow(Cited):
    """One row of an edition's table of targets: to whom it applies, and their target."""

    basis: str  # a word of TargetBasis
    statuses: tuple[str, ...]
    volunteering: str = ""  # "yes" narrows the row to volunteers; empty includes everybody
    hours: float | None = None  # None with basis "unclear" or in a scheme without hours


@dataclass(frozen=True, kw_only=True)
class Guideline(Cited):
    """The hours of the guideline.

    In a scheme that counts no hours, `counts_hours` is false and the rest is empty.
    """

    counts_hours: bool
    hours: float | None = None
    planned_hours: float | None = None
    area_hours: dict[str, float]
    hours_per_day: float = 0.0
    linked_to_goal_counts_as_planned: bool = False


@dataclass(frozen=True, kw_only=True)
class Criterion(Cited):
    """Something that is examined by a scorer, by the assessor or by both.

    `scorer` is the name of a scorer in `assessor_kit.scorers`, or empty where only a person can
    judge; `thresholds` configure it. `judged` says whether the assessor chooses a level.
    """

    code: str
    label: str
    question: str  # what the assessor is asked
    member_text: str  # how feedback names the criterion
    advisory: bool
    scorer: str = ""
    judged: bool = True
    prompt: str = ""
    thresholds: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """A reusable comment.

    `theme` is what generic feedback counts; {activity} and {area} are filled in from the return.
    """

    criterion: str
    theme: str
    text: str
    theme_text: str  # the theme as advice to everyone
    tone: str  # "liked" or "advice"


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A suggested activity for an area and an activity type.

    Content from any source is equally acceptable.
    """

    area: str
    activity_type: str
    text: str


@dataclass(frozen=True, kw_only=True)
class SchemeWords(Cited):
    """The scheme's own words that reports quote, and where questions go."""

    body: str
    scheme_name: str
    contact: str
    query_days: int
    how_to_submit: str
    benefits: tuple[str, ...]
    benefits_source: str
    cycle: tuple[str, ...]
    cycle_source: str
    any_source: str
    guideline_text: str


@dataclass(frozen=True, kw_only=True)
class RequestDays(Cited):
    """When members are written to: those selected, in days from the invitation.

    `record_due`: until the record is due. `reminders`: when each reminder goes. `no_response`: from
    when on silence is called no response, which staff decide about.

    `declaration_asked` and `declaration_due` are days of the review year, such as "01-31"; empty
    where the scheme asks for no declaration. `declaration_reminders`: in days from the letter.
    """

    record_due: int
    reminders: tuple[int, ...]
    no_response: int
    declaration_asked: str = ""
    declaration_due: str = ""
    declaration_reminders: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ModerationRules(Cited):
    """Which returns are marked twice, and which differences a moderator has to settle.

    `choose` holds words of SecondMarkingReason; the random share comes on top of them. A finding
    is near its mark within `near_share` of it. An assessor is new in the first season, for the
    first `new_assessor_markings` of it. A difference in the outcome has always to be settled, one
    in a level from `settle_levels_apart` levels on.
    """

    share_percent: float
    choose: tuple[str, ...]
    near_share: float
    new_assessor_markings: int
    settle_levels_apart: int


@dataclass(frozen=True, kw_only=True)
class RoundDays(Cited):
    """When what is asked of a member, and what a member asks, is due, in days.

    `more_due`: from the letter that asks for a little more until it is due; `more_reminder` and
    `more_end`: from that day until the reminder, and until staff may end the round, which makes the
    outcome `ends_as`. `answer_query` and `answer_appeal`: from the day on which a member asks until
    staff are to answer.
    """

    more_due: int
    more_reminder: int
    more_end: int
    ends_as: str
    answer_query: int
    answer_appeal: int


@dataclass(frozen=True, kw_only=True)
class Rules:
    """One complete edition of one scheme's rules, for one CPD year."""

    scheme: str
    edition: str
    first_cpd_year: int
    last_cpd_year: int | None
    cpd_year: int
    frame: Frame
    guideline: Guideline
    targets: tuple[TargetRow, ...]
    activity_types: tuple[Choice, ...]
    areas: tuple[Choice, ...]
    partly_stated_areas: tuple[Choice, ...]
    competences: tuple[Choice, ...]
    criteria: tuple[Criterion, ...]
    levels: tuple[Choice, ...]
    outcomes: tuple[Choice, ...]
    needed_columns: tuple[str, ...]
    words: SchemeWords
    requests: RequestDays
    moderation: ModerationRules
    rounds: RoundDays
    phrases: tuple[Phrase, ...]
    suggestions: tuple[Suggestion, ...]
    marking_days: int  # days from allocation until a judgement is due
    digest: str  # SHA-256 of everything that can change a finding

    def criterion(self, code: str) -> Criterion:
        """Return the criterion with this code; KeyError names those that exist."""
        for criterion in self.criteria:
            if criterion.code == code:
                return criterion
        raise KeyError(f"{code}: the criteria are {', '.join(c.code for c in self.criteria)}")

    @property
    def judged_criteria(self) -> tuple[Criterion, ...]:
        """The criteria for which an assessor chooses a level."""
        return tuple(criterion for criterion in self.criteria if criterion.judged)

    def asks_for_more(self, outcome: str | None) -> bool:
        """Whether an outcome asks the member to send something."""
        return any(one.code == outcome and one.needs_words for one in self.outcomes)

    def label(self, code: str) -> str:
        """Return the label of an activity type, area, level, outcome or competence code.

        A code without a label is returned unchanged.
        """
        for choices in (
            self.activity_types,
            self.areas,
            self.partly_stated_areas,
            self.levels,
            self.outcomes,
            self.competences,
        ):
            for choice in choices:
                if choice.code == code:
                    return choice.label
        return code
