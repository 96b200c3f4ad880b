"""What each kind of letter is for, whom it goes to, and which names its template may use."""

from __future__ import annotations

from dataclasses import dataclass

from assessor_kit.vocabulary import LetterKind

# Names that every template may use.
SHARED = (
    "name",
    "cpd_year",
    "review_year",
    "body",
    "scheme_name",
    "contact",
    "signature",
    "address",
)
TO_MEMBERS = ("member_no", "how_to_submit", "any_source", "guideline")


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One kind of letter.

    `after` is the kind that has to be sent first, `names` what its template may use besides
    `SHARED`. Whatever is not for a member is for an assessor.
    """

    kind: LetterKind
    label: str
    to: str
    names: tuple[str, ...] = ()
    is_for_member: bool = True
    after: LetterKind | None = None

    @property
    def all_names(self) -> tuple[str, ...]:
        """Every name that the template may use."""
        return (*SHARED, *(TO_MEMBERS if self.is_for_member else ()), *self.names)


# In the order of the scheme's year.
LETTERS = (
    Letter(
        kind=LetterKind.JOIN,
        label="invitation to join the scheme",
        to="members who have not opted in",
        names=("how_to_join", "benefits"),
    ),
    Letter(
        kind=LetterKind.RECORDING,
        label="how to record and send CPD",
        to="every scheme member",
        names=("cycle",),
    ),
    Letter(
        kind=LetterKind.DECLARATION,
        label="annual declaration due",
        to="scheme members who have not declared",
        names=("how_to_declare", "due_on"),
    ),
    Letter(
        kind=LetterKind.DECLARATION_REMINDER,
        label="reminder of the declaration",
        to="scheme members who were asked and have not declared",
        names=("how_to_declare", "due_on", "is_late", "number"),
        after=LetterKind.DECLARATION,
    ),
    Letter(
        kind=LetterKind.INVITATION,
        label="invitation to send a record",
        to="selected members who have not answered",
        names=("drawn", "check", "due_on"),
    ),
    Letter(
        kind=LetterKind.REMINDER,
        label="reminder of the record",
        to="invited members who have not answered",
        names=("due_on", "is_late", "number"),
        after=LetterKind.INVITATION,
    ),
    Letter(
        kind=LetterKind.THANKS,
        label="thanks for a record",
        to="members whose record has come",
    ),
    Letter(
        kind=LetterKind.MORE,
        label="a little more, please",
        to="a member of whom an assessor needs more",
        names=("missing", "due_on"),
    ),
    Letter(
        kind=LetterKind.MORE_REMINDER,
        label="reminder of a little more",
        to="a member who was asked for more",
        names=("missing", "due_on", "is_late", "number"),
        after=LetterKind.MORE,
    ),
    Letter(
        kind=LetterKind.ANSWER,
        label="answer to a query",
        to="a member who asked about the review",
        names=("asked_on", "what", "answer", "is_changed"),
    ),
    Letter(
        kind=LetterKind.FEEDBACK,
        label="individual feedback",
        to="members whose feedback is released",
        names=("opens", "query_days"),
    ),
    Letter(
        kind=LetterKind.GENERIC,
        label="feedback for everyone",
        to="every scheme member",
        names=("opens",),
    ),
    Letter(
        kind=LetterKind.NOTE,
        label="note to assessors",
        to="assessors",
        names=("subject", "text"),
        is_for_member=False,
    ),
    Letter(
        kind=LetterKind.DESK,
        label="change of an assessor's desk",
        to="assessors whose desk has changed",
        names=("added", "taken"),
        is_for_member=False,
    ),
)
LETTER_OF = {letter.kind: letter for letter in LETTERS}
