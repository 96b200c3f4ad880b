"""Is a text easy to read? Long sentences are pointed out, never refused; the assessor's screen counts by the same rule before submission."""

from __future__ import annotations

import re

LONGEST = 25  # words of a sentence that reads well
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def long_sentences(*texts: str) -> list[str]:
    """The sentences of more than 25 words, in their order."""
    return [
        sentence.strip()
        for text in texts
        for sentence in SENTENCE_END.split(text)
        if len(sentence.split()) > LONGEST
    ]


def in_words(sentences: list[str]) -> str:
    """`2 sentences over 25 words`; empty where there is none."""
    return (
        f"{len(sentences)} sentence{'' if len(sentences) == 1 else 's'} over {LONGEST} words"
        if sentences
        else ""
    )
