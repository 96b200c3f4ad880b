"""What does the machine observe on each criterion of a return? Activities in, findings out; never a judgement.

A criterion is one module of `MEASURING`: its `MEASURES` are columns per activity that are summed once for all criteria, its
`standing(...)` is an expression over those sums and the return's requirements, its `sentence(...)` says the finding in plain English.
"""

from assessor_kit.scorers.findings import finding_sentence, score_returns
from assessor_kit.scorers.requirements import requirements_for

__all__ = ["finding_sentence", "requirements_for", "score_returns"]
