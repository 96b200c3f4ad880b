"""What does the machine observe on each criterion of a return? Activities in, findings out; never a judgement.

A criterion is one file: what it adds up per return (`measures`), its standing and the numbers behind it as expressions over those sums and
over what the rules ask of the return, and its finding as a sentence in plain English. `findings.SCORERS` lists them; the rules of a scheme
choose and configure them. The same expressions serve one return in a notebook and ten million in files (`engines`).
"""

from assessor_kit.scorers.criterion import Scored, Scorer
from assessor_kit.scorers.findings import (
    SCORERS,
    finding_sentence,
    findings_in_rows,
    findings_per_return,
    score_returns,
    scored_criteria,
    with_words,
)
from assessor_kit.scorers.lines import activities_to_score, returns_to_score
from assessor_kit.scorers.readings import apply_readings, changed_findings
from assessor_kit.scorers.requirements import requirements_for

__all__ = [
    "SCORERS",
    "Scored",
    "Scorer",
    "activities_to_score",
    "apply_readings",
    "changed_findings",
    "finding_sentence",
    "findings_in_rows",
    "findings_per_return",
    "requirements_for",
    "returns_to_score",
    "score_returns",
    "scored_criteria",
    "with_words",
]
