"""Every error that a person can meet.

    AssessorKitError
    |-- UnusableFile         a file cannot be read at all; nothing was taken from it
    |   `-- WrongYear        a file is about another CPD year than the one asked for
    |-- RulesError           the rules of a scheme are incomplete or contradict each other
    |-- NoSuchWorkspace      the folder holds no workspace yet
    |-- SampleWorkspace      a step does not suit a workspace of invented members
    |-- DrawRefused          a sample cannot be drawn, or has been drawn already
    |-- InvalidRequest       a request is incomplete, or cannot be carried out that way
    |-- NotFound             there is no such member, return, draw or document
    |-- NotAllocated         an assessor asked for a return that is not theirs
    |-- StaffOnly            an assessor asked for what only staff may see or do
    |-- NotVisibleYet        the other marking cannot be seen until both are submitted
    |-- MarkingClosed        both markings are submitted, so neither may change any more
    |-- Conflict             two saves of one judgement collided; both are kept and shown
    |-- NotInstalled         a library that only some need is not installed
    |-- NotWritten           a file or the database cannot be written where it lies
    |   `-- ReadOnly         the database may be read, but nobody may write to it from here
    |-- DatabaseUnavailable  the database is not there, is held, or does not let you in
    |-- DatabaseDamaged      the database cannot be read, or is none of ours
    |-- UnsafePlace          the database is in a place where it cannot be kept safe
    |-- OtherRevision        the database was made by another version of the kit
    |-- KeyMissing           a key file that is needed is missing
    |-- PackRefused          a pack, or what came back from it, is not what it claims to be
    |-- RestoreRefused       a backup cannot be restored
    |-- RenderingFailed      a feedback report was not rendered properly
    `-- SendingRefused       nothing may be sent as things stand

Bad rows are data (`vocabulary.Problem`), not errors: only what stops a whole step is raised. Each
message says where, what was found, what was expected and what to do.
"""

from __future__ import annotations


class AssessorKitError(Exception):
    """An error that a person can meet and put right; `advice` says what to do."""

    def __init__(
        self, found: str, *, advice: str = "", where: str = "", expected: str = ""
    ) -> None:
        self.where = where
        self.found = found
        self.expected = expected
        self.advice = advice
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """Return the whole message as one line of plain English."""
        parts = [f"{self.where}: {self.found}" if self.where else self.found]
        if self.expected:
            parts.append(f"Expected: {self.expected}")
        if self.advice:
            parts.append(self.advice)
        return " ".join(part if part.endswith((".", "?", "!")) else part + "." for part in parts)


class UnusableFile(AssessorKitError):
    """A file that cannot be read at all."""


class WrongYear(UnusableFile):
    """Most dates in the file are in another CPD year."""


class RulesError(AssessorKitError):
    """The rules of a scheme are incomplete or contradict each other."""


class NoSuchWorkspace(AssessorKitError):
    """The folder holds no workspace."""


class SampleWorkspace(AssessorKitError):
    """Real data, releases and e-mail have no place in a workspace of invented members."""


class DrawRefused(AssessorKitError):
    """A sample cannot be drawn, or has been drawn already."""


class InvalidRequest(AssessorKitError):
    """The request is incomplete, or cannot be carried out that way."""


class NotFound(AssessorKitError):
    """Nothing has the name that was asked for."""


class NotAllocated(AssessorKitError):
    """The return is not in this assessor's caseload."""


class StaffOnly(AssessorKitError):
    """An assessor asked for something that only staff may see or do."""


class NotVisibleYet(AssessorKitError):
    """The other marking of a return cannot be seen until both are submitted."""


class MarkingClosed(AssessorKitError):
    """Both markings are submitted and may have been compared, so neither may change any more."""


class NotWritten(AssessorKitError):
    """A file or the database cannot be written where it lies."""


class ReadOnly(NotWritten):
    """The database may be read, but nobody may write to it from here."""


class DatabaseUnavailable(AssessorKitError):
    """The database is not there, is held by another program, or does not let you in."""


class DatabaseDamaged(AssessorKitError):
    """The database cannot be read, or is none of ours."""


class UnsafePlace(AssessorKitError):
    """The database is in a place where it cannot be kept safe."""


class OtherRevision(AssessorKitError):
    """The database was made by another version of the kit."""


class KeyMissing(AssessorKitError):
    """A key file that is needed is missing."""


class PackRefused(AssessorKitError):
    """A pack, or what came back from it, is not what it claims to be."""


class RestoreRefused(AssessorKitError):
    """A backup cannot be restored."""


class Conflict(AssessorKitError):
    """Two saves of one judgement collided: `mine` was refused, and `theirs` is kept."""

    def __init__(
        self, found: str, *, mine: dict[str, object], theirs: dict[str, object], advice: str = ""
    ) -> None:
        super().__init__(found, advice=advice)
        self.mine = mine
        self.theirs = theirs


class NotInstalled(AssessorKitError):
    """A library of one of the extras is not installed."""


class RenderingFailed(AssessorKitError):
    """A feedback report was not rendered properly."""


class SendingRefused(AssessorKitError):
    """Nothing may be sent as things stand."""
