"""What a judgement must hold before it is submitted, whoever submits it."""

from __future__ import annotations

from assessor_kit.errors import InvalidRequest
from assessor_kit.rules.schema import Rules
from assessor_kit.vocabulary import Judgement, unseen_in


def require_submittable(judgement: Judgement, rules: Rules) -> None:
    """Raise InvalidRequest where the advice is missing, or where words hold unseen characters."""
    outcome = next((one for one in rules.outcomes if one.code == judgement.outcome), None)
    if outcome is not None and outcome.needs_words and not judgement.advice.strip():
        raise InvalidRequest(
            f"The outcome is \u201c{outcome.label}\u201d, and the advice to the member is empty",
            expected="advice that says what the member should send",
            advice="Write it, or choose another outcome.",
        )
    for place, text in _written(judgement, rules):
        unseen = ", ".join(sorted(set(unseen_in(text))))
        if unseen:
            raise InvalidRequest(
                f"{place} holds characters that cannot be seen ({unseen})",
                expected="only characters that a reader can see",
                advice="Type the words again, or take those characters out.",
            )


def _written(judgement: Judgement, rules: Rules) -> list[tuple[str, str]]:
    labels = {one.code: one.label for one in rules.criteria}
    return [
        ("What I liked", judgement.liked),
        ("Advice to the member", judgement.advice),
        ("Private note", judgement.private_note),
        *(
            (f"Comment on {labels.get(code, code)}", text)
            for code, text in judgement.comments.items()
        ),
        *(
            (f"Why I disagree on {labels.get(code, code)}", text)
            for code, text in judgement.disagreements.items()
        ),
    ]
