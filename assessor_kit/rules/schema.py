"""What an edition of a scheme's rules holds, as frozen records.

`source` says where the scheme says so, `reading` what we take it to mean, `advisory` that it can never count against a member.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Cited:
    """A statement of the rules with its source and, where the source leaves room, our reading."""

    source: str
    reading: str = ""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One word of a closed list that the scheme chooses: an activity type, area, competence, level or outcome."""

    code: str
    label: str
    description: str = ""
    synonyms: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()  # a partly stated area names the areas it may mean


@dataclass(frozen=True, kw_only=True)
class Frame(Cited):
    """Who can be drawn: opted-in or all members, of which grades, on which day."""

    opted_in_only: bool
    grades: tuple[str, ...]
    frame_month_day: str  # "12-31": the day of the CPD year on which membership is looked at
    stratify_by: str = ""  # a register column, or empty


@dataclass(frozen=True, kw_only=True)
class TargetRow(Cited):
    """One row of the table edition -> who -> target."""

    basis: str  # a word of TargetBasis
    statuses: tuple[str, ...]
    volunteering: str = ""  # "yes" narrows the row to volunteers; empty takes all
    hours: float | None = None  # None with basis "unclear" or in a scheme without hours


@dataclass(frozen=True, kw_only=True)
class Guideline(Cited):
    """The hours of the guideline. An hours-free scheme has `counts_hours` false and the rest empty."""

    counts_hours: bool
    hours: float | None = None
    planned_hours: float | None = None
    area_hours: dict[str, float]
    hours_per_day: float = 0.0
    linked_to_goal_counts_as_planned: bool = False


@dataclass(frozen=True, kw_only=True)
class Criterion(Cited):
    """One thing that is looked at: by a scorer, by the assessor, or by both.

    `scorer` is the name of a scorer in `assessor_kit.scorers`, or empty where only a person can tell;
    `judged` says whether the assessor gives a level. `thresholds` configure the scorer.
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
    """One reusable comment. `theme` is what generic feedback counts; {activity} and {area} are filled from the return."""

    criterion: str
    theme: str
    text: str
    theme_text: str  # the theme as advice to everyone
    tone: str  # "liked" or "advice"


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """One suggested activity for an area and activity type; content from any source is equally acceptable."""

    area: str
    activity_type: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Words(Cited):
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
class Rules:
    """One complete edition of one scheme's rules for one CPD year."""

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
    words: Words
    phrases: tuple[Phrase, ...]
    suggestions: tuple[Suggestion, ...]
    marking_days: int  # days from allocation until a judgement is due
    digest: str  # SHA-256 of everything that can change a finding

    def criterion(self, code: str) -> Criterion:
        """The criterion of this code; KeyError names those that exist."""
        for criterion in self.criteria:
            if criterion.code == code:
                return criterion
        raise KeyError(f"{code}: the criteria are {', '.join(c.code for c in self.criteria)}")

    @property
    def judged_criteria(self) -> tuple[Criterion, ...]:
        """The criteria that an assessor gives a level."""
        return tuple(criterion for criterion in self.criteria if criterion.judged)

    def label(self, code: str) -> str:
        """The label of an activity type, area, level, outcome or competence code; the code itself where none has it."""
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
