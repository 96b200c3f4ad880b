"""Explain what stopped a command: what happened, and what to do about it."""

from __future__ import annotations

from assessor_kit.errors import AssessorKitError


def sentence_of(problem: BaseException) -> str:
    """Return the sentence that explains a problem; empty if it is not a known one."""
    if isinstance(problem, AssessorKitError):
        return problem.sentence()
    if isinstance(problem, OSError):
        if type(problem).__module__ == "smtplib":
            return f"The mail server refused: {problem}. Check --login and --sender."
        return (
            f"{problem.filename or 'The workspace'}: {problem.strerror or problem}. Check the path,"
            " its permissions and the space left; then run the command again."
        )
    return ""
