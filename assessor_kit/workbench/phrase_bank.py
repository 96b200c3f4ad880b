"""Which phrases are at hand for a criterion? The scheme's and the assessor's own, the most used first, their gaps filled."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache

from assessor_kit.rules.schema import Rules
from assessor_kit.vocabulary import Judgement

MOST_OWN = 6  # own sentences offered per criterion
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def phrase_bank(
    rules: Rules, written: Iterable[Judgement], *, gaps: Mapping[str, str]
) -> dict[str, list[dict[str, str]]]:
    """Criterion code -> phrases as theme, text and tone, ranked by how often this assessor has used them.

    `written`: the assessor's judgements so far; a sentence of theirs that is no phrase of the scheme is offered as their own, without a
    theme. `gaps`: what fills {activity} and {area}.
    """
    used: dict[str, Counter[str]] = {}
    for judgement in written:
        for criterion, comment in judgement.comments.items():
            used.setdefault(criterion, Counter()).update(
                part for part in SENTENCE_END.split(comment.strip()) if part
            )
    return {
        criterion.code: _of_criterion(
            criterion.code, rules, used.get(criterion.code, Counter()), gaps
        )
        for criterion in rules.judged_criteria
    }


def _of_criterion(
    code: str, rules: Rules, used: Counter[str], gaps: Mapping[str, str]
) -> list[dict[str, str]]:
    shared = [
        (phrase, _pattern(phrase.text)) for phrase in rules.phrases if phrase.criterion == code
    ]
    counts: Counter[str] = Counter()
    own: Counter[str] = Counter()
    for sentence, number in used.items():
        theirs = next((phrase for phrase, pattern in shared if pattern.fullmatch(sentence)), None)
        if theirs is not None:
            counts[theirs.text] += number
        elif not any(sentence in phrase.text for phrase, _ in shared):
            own[sentence] += number
    ranked = sorted((phrase for phrase, _ in shared), key=lambda phrase: -counts[phrase.text])
    mine = [
        {"theme": "", "text": sentence, "tone": "own"} for sentence, _ in own.most_common(MOST_OWN)
    ]
    return mine + [
        {"theme": phrase.theme, "text": _filled(phrase.text, gaps), "tone": phrase.tone}
        for phrase in ranked
    ]


@cache
def _pattern(phrase: str) -> re.Pattern[str]:
    """A phrase with whatever its gaps were filled with."""
    return re.compile(".+?".join(re.escape(part) for part in re.split(r"\{\w+\}", phrase)))


def _filled(text: str, gaps: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda gap: gaps.get(gap[1], "…"), text)
