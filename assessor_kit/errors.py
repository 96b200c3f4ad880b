"""Every error a person can meet, and what each one says.

    AssessorKitError
    |-- UnusableFile         a file that cannot be read at all; nothing of it was taken
    |-- WrongYear            a file of another CPD year than the one asked for
    |-- RulesError           the rules of a scheme are incomplete or contradict each other
    |-- NoSuchWorkspace      the folder holds no workspace yet
    |-- SampleWorkspace      a step that must not happen on invented data
    |-- DrawRefused          a sample cannot be drawn, or was drawn already
    |-- NotFound             a member, return, draw or document that is not there
    |-- NotAllocated         an assessor asked for a return that is not theirs
    |-- Conflict             two saves met; both are kept and shown
    |-- NotInstalled         a library that only large bodies need is not there
    `-- RenderingFailed      a feedback report did not come out right

Bad rows are data (`vocabulary.Problem`), not errors: only what stops a whole step raises.
Each message says where, what was found, what was expected and what to do.
"""

from __future__ import annotations


class AssessorKitError(Exception):
    """What a person can meet and mend. `advice` is the sentence that says what to do."""

    def __init__(self, found: str, *, advice: str = "", where: str = "", expected: str = "") -> None:
        self.where = where
        self.found = found
        self.expected = expected
        self.advice = advice
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """The whole message as one line of plain English."""
        parts = [f"{self.where}: {self.found}" if self.where else self.found]
        if self.expected:
            parts.append(f"Expected: {self.expected}")
        if self.advice:
            parts.append(self.advice)
        return " ".join(part if part.endswith((".", "?", "!")) else part + "." for part in parts)


class UnusableFile(AssessorKitError):
    """A file that cannot be read at all."""


class WrongYear(UnusableFile):
    """Most dates of the file lie in another CPD year."""


class RulesError(AssessorKitError):
    """The rules of a scheme are incomplete or contradict each other."""


class NoSuchWorkspace(AssessorKitError):
    """The folder holds no workspace."""


class SampleWorkspace(AssessorKitError):
    """Real data, release and e-mail have no place in a workspace of invented members."""


class DrawRefused(AssessorKitError):
    """A sample cannot be drawn, or was drawn already."""


class NotFound(AssessorKitError):
    """Something was asked for by a name that nothing has."""


class NotAllocated(AssessorKitError):
    """The return is not in this assessor's caseload."""


class Conflict(AssessorKitError):
    """Two saves of one judgement met. `mine` was refused; `theirs` stands."""

    def __init__(self, found: str, *, mine: dict[str, object], theirs: dict[str, object], advice: str = "") -> None:
        super().__init__(found, advice=advice)
        self.mine = mine
        self.theirs = theirs


class NotInstalled(AssessorKitError):
    """A library of one of the extras is not installed."""


class RenderingFailed(AssessorKitError):
    """A feedback report did not come out right."""
