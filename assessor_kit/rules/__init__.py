"""What do the rules of a scheme say for a CPD year?

Each edition is one complete TOML file that cites its sources; no rule is fixed in code.
"""

from assessor_kit.rules.reading import load_rules, schemes
from assessor_kit.rules.schema import Choice, Criterion, Phrase, Rules, Suggestion, TargetRow

__all__ = [
    "Choice",
    "Criterion",
    "Phrase",
    "Rules",
    "Suggestion",
    "TargetRow",
    "load_rules",
    "schemes",
]
