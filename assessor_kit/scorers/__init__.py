"""What does the machine observe on each criterion of a return?

Scorers turn activities into findings, never into judgements. Each criterion is one file. It says
what is added up per return (`measures`), expresses its standing and the numbers behind it in terms
of those sums and of what the rules require of the return, and puts its finding into a sentence of
plain English. `findings.SCORERS` lists the scorers; the rules of a scheme choose and configure
them. The same expressions score one return in a notebook and ten million in files (`engines`).
"""

from assessor_kit.scorers.criterion import CriterionExpressions, Scorer
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
    "CriterionExpressions",
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
