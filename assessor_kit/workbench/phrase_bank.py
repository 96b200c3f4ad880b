"""The phrases that are offered for each criterion.

The assessor's own come first, then the scheme's, with the most used first and their gaps filled.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from functools import cache

from assessor_kit.rules.schema import Rules
from assessor_kit.vocabulary import Judgement

MOST_OWN = 6  # own sentences offered per criterion
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
WORD = re.compile(r"\w+")
QUOTED = re.compile(r"[\u201c\"\u00ab\u201e].+?[\u201d\"\u00bb\u201c]")
FEWEST_WORDS = 3  # of a title, in a row, by which a sentence is about that activity


def phrase_bank(
    rules: Rules,
    written: Iterable[tuple[Judgement, Collection[str]]],
    *,
    gaps: Mapping[str, str],
) -> dict[str, list[dict[str, str]]]:
    """Return the phrases for each criterion's code, as theme, text and tone.

    They are ranked by how often this assessor has used them.

    `written`: the assessor's judgements so far, each with the titles of its return's activities. A
    sentence of theirs that is not a phrase of the scheme is offered as their own, without a theme,
    unless it quotes something or names one of those activities: that is about one return only.
    `gaps`: what fills {activity} and {area}.
    """
    used: dict[str, Counter[str]] = {}
    about_one_return: set[str] = set()
    for judgement, titles in written:
        runs = {run for title in titles for run in _runs_of(title)}
        for criterion, comment in judgement.comments.items():
            parts = [part for part in SENTENCE_END.split(comment.strip()) if part]
            used.setdefault(criterion, Counter()).update(parts)
            about_one_return |= {part for part in parts if _names_one(part, runs)}
    return {
        criterion.code: _of_criterion(
            criterion.code, rules, used.get(criterion.code, Counter()), gaps, about_one_return
        )
        for criterion in rules.judged_criteria
    }


def _of_criterion(
    code: str,
    rules: Rules,
    used: Counter[str],
    gaps: Mapping[str, str],
    about_one_return: Collection[str],
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
        elif sentence not in about_one_return and not any(
            sentence in phrase.text for phrase, _ in shared
        ):
            own[sentence] += number
    ranked = sorted((phrase for phrase, _ in shared), key=lambda phrase: -counts[phrase.text])
    mine = [
        {"theme": "", "text": sentence, "tone": "own"} for sentence, _ in own.most_common(MOST_OWN)
    ]
    return mine + [
        {"theme": phrase.theme, "text": _filled(phrase.text, gaps), "tone": phrase.tone}
        for phrase in ranked
    ]


def _names_one(sentence: str, runs: Collection[str]) -> bool:
    """Whether a sentence quotes something, or holds one of these runs of a title's words."""
    if QUOTED.search(sentence):
        return True
    said = _in_a_row(WORD.findall(sentence.casefold()))
    return any(run in said for run in runs)


def _runs_of(title: str) -> list[str]:
    """Return the words of a title, a few in a row at a time: all of them if they are few."""
    words = WORD.findall(title.casefold())
    if not words:
        return []
    length = min(len(words), FEWEST_WORDS)
    return [_in_a_row(words[start : start + length]) for start in range(len(words) - length + 1)]


def _in_a_row(words: list[str]) -> str:
    return f" {' '.join(words)} "


@cache
def _pattern(phrase: str) -> re.Pattern[str]:
    """Return a pattern for a phrase, whatever its gaps were filled with."""
    return re.compile(".+?".join(re.escape(part) for part in re.split(r"\{\w+\}", phrase)))


def _filled(text: str, gaps: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda gap: gaps.get(gap[1], "…"), text)
