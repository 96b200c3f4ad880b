"""Whether a text is easy to read, judged by the length of its sentences.

Long sentences are pointed out, never refused; the assessor's screen counts by the same rule before
submission.
"""

from __future__ import annotations

import re

LONGEST = 25  # words of a sentence that reads well
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def long_sentences(*texts: str) -> list[str]:
    """Return the sentences of more than 25 words, in their order."""
    return [
        sentence.strip()
        for text in texts
        for sentence in SENTENCE_END.split(text)
        if len(sentence.split()) > LONGEST
    ]


def long_sentence_note(sentences: list[str]) -> str:
    """Return a note such as `2 sentences over 25 words`; empty if there are none."""
    if not sentences:
        return ""
    noun = "sentence" if len(sentences) == 1 else "sentences"
    return f"{len(sentences)} {noun} over {LONGEST} words"
