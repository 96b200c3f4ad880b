"""How would invented assessors judge the invented returns? From the findings, with a person's variation."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence

import pandas as pd
from records import AREAS, Record

from assessor_kit.rules import Rules

LEVELS = ("strong", "sound", "could_develop", "not_enough")
FROM_STANDING = {
    "met": "strong",
    "as suggested": "strong",
    "below guideline": "could_develop",
    "different mix": "could_develop",
    "unclear": "not_enough",
    "not applicable": "sound",
}
# Advice that is not given to a member who has the guideline's hours in an area: theme -> that area,
# and the theme that takes its place.
ASKS_FOR = {
    "add_soft_skills": ("personal_soft", "widen_areas"),
    "personal_technical_too": ("personal_technical", "widen_areas"),
    "more_soft": ("personal_soft", "ask_for_feedback"),
    "more_technical": ("personal_technical", "split_mixed"),
}
ENOUGH_HOURS = 10


def judge(
    record: Record,
    findings: pd.DataFrame,
    rules: Rules,
    *,
    differs: Collection[str],
    chance: random.Random,
) -> dict[str, str]:
    """One row of a judgement file. `differs`: the criteria on which a second marker sees it otherwise."""
    row: dict[str, str] = {}
    standing = dict(zip(findings["criterion"], findings["standing"], strict=True))
    title = max(record.activities, key=lambda line: len(line["reflection"]))["title"]
    themes, advice, liked = [], [], []
    for criterion in rules.judged_criteria:
        level = _level(record, criterion.code, standing.get(criterion.code, "not applicable"))
        if criterion.code in differs:
            level = LEVELS[min(LEVELS.index(level) + 1, 2)] if level != "could_develop" else "sound"
        row[f"level_{criterion.code}"] = level
        tone = "liked" if level in {"strong", "sound"} else "advice"
        phrase = chance.choice(
            [
                phrase
                for phrase in rules.phrases
                if phrase.criterion == criterion.code and phrase.tone == tone
            ]
        )
        area, instead = ASKS_FOR.get(phrase.theme, ("", ""))
        if area and _hours(record)[area] >= ENOUGH_HOURS:
            phrase = next(one for one in rules.phrases if one.theme == instead)
        text = phrase.text.format(activity=f"“{title}”", area=_least_used(record))
        row[f"comment_{criterion.code}"] = text if level != "sound" else ""
        if level != "sound":
            themes.append(phrase.theme)
            (liked if tone == "liked" else advice).append(text)
    weak = sum(
        row[f"level_{criterion.code}"] in {"could_develop", "not_enough"}
        for criterion in rules.judged_criteria
    )
    row["outcome"] = "no_action" if weak < 2 else "advice" if weak < 6 else "more_please"
    row["liked"] = (
        " ".join(liked[:2]) or f"Thank you for a clear record; “{title}” was good to read."
    )
    row["advice"] = " ".join(advice[:3]) or f"Keep going as you are, and build on “{title}”."
    row["themes"] = ";".join(themes)
    return row


def differing(markings: Sequence[str], rules: Rules, chance: random.Random) -> dict[str, set[str]]:
    """Marking -> criteria on which it differs: about a quarter in all, most of them on reflection, as published studies find."""
    found: dict[str, set[str]] = {name: set() for name in markings}
    for criterion in rules.judged_criteria:
        share = 0.45 if criterion.code == "reflection" else 0.22
        for name in chance.sample(list(markings), round(len(markings) * share)):
            found[name].add(criterion.code)
    return found


def _hours(record: Record) -> dict[str, float]:
    """Area -> hours of the activities that give a plain number."""
    plain = [line for line in record.activities if line["hours"].replace(".", "").isdigit()]
    return {
        area: sum(float(line["hours"]) for line in plain if line["area"] == area) for area in AREAS
    }


def _least_used(record: Record) -> str:
    """The area with the least time, as people say it."""
    spent = _hours(record)
    return min(spent, key=lambda area: spent[area]).replace("_", " ")


def _level(record: Record, code: str, standing: str) -> str:
    if code != "reflection":
        return FROM_STANDING[standing]
    told = [line["reflection"] for line in record.activities if line["reflection"]]
    if not told:
        return "not_enough"
    return (
        "strong"
        if record.exemplary or sum(map(len, told)) / len(told) > 90
        else "sound"
        if len(told) * 2 > len(record.activities)
        else "could_develop"
    )
