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
    |-- StaffOnly            an assessor asked for what only staff may see or do
    |-- NotVisibleYet        the other marking, before both are submitted
    |-- MarkingClosed        both markings are submitted, so neither may change any more
    |-- Conflict             two saves met; both are kept and shown
    |-- NotInstalled         a library that only large bodies need is not there
    |-- UnsafePlace          the database lies where it cannot be kept safe
    |-- OtherRevision        the database was made by another version of the kit
    |-- KeyMissing           a key file is needed and is not there
    |-- PackRefused          a pack or what came back from it is not what it claims to be
    |-- RestoreRefused       a backup cannot be put back
    |-- RenderingFailed      a feedback report did not come out right
    `-- SendingRefused       nothing may be sent as things stand

Bad rows are data (`vocabulary.Problem`), not errors: only what stops a whole step raises.
Each message says where, what was found, what was expected and what to do.
"""

from __future__ import annotations


class AssessorKitError(Exception):
    """What a person can meet and mend. `advice` is the sentence that says what to do."""

    def __init__(
        self, found: str, *, advice: str = "", where: str = "", expected: str = ""
    ) -> None:
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


class StaffOnly(AssessorKitError):
    """An assessor asked for what only staff may see or do."""


class NotVisibleYet(AssessorKitError):
    """The other marking of a return, before both are submitted."""


class MarkingClosed(AssessorKitError):
    """Both markings are submitted and may have been compared: neither changes any more."""


class UnsafePlace(AssessorKitError):
    """The database lies where it cannot be kept safe."""


class OtherRevision(AssessorKitError):
    """The database was made by another version of the kit."""


class KeyMissing(AssessorKitError):
    """A key file is needed and is not there."""


class PackRefused(AssessorKitError):
    """A pack, or what came back from it, is not what it claims to be."""


class RestoreRefused(AssessorKitError):
    """A backup cannot be put back."""


class Conflict(AssessorKitError):
    """Two saves of one judgement met. `mine` was refused; `theirs` stands."""

    def __init__(
        self, found: str, *, mine: dict[str, object], theirs: dict[str, object], advice: str = ""
    ) -> None:
        super().__init__(found, advice=advice)
        self.mine = mine
        self.theirs = theirs


class NotInstalled(AssessorKitError):
    """A library of one of the extras is not installed."""


class RenderingFailed(AssessorKitError):
    """A feedback report did not come out right."""


class SendingRefused(AssessorKitError):
    """Nothing may be sent as things stand."""
