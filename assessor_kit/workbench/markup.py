"""The only place where text becomes HTML on the screen. Everything a member or assessor wrote is escaped here."""

from __future__ import annotations

import json
from html import escape

import ipywidgets
import pandas as pd

from assessor_kit.scorers import finding_sentence
from assessor_kit.store import OpenedReturn
from assessor_kit.vocabulary import TargetBasis, hours_text

LONG_TEXT = 160
PLANNED = {"yes": "planned", "no": "not planned", "unmarked": "not stated"}


def safe_html(content: str) -> ipywidgets.HTML:
    """A widget for HTML made in this module; nothing else on the screen makes one."""
    return ipywidgets.HTML(f'<div class="ak">{content}</div>')


def sample_banner(*, is_sample: bool) -> str:
    """What every screen of a sample workspace wears."""
    return '<p class="ak-banner">Sample data: invented members, nobody real.</p>' if is_sample else ""


def heading(opened: OpenedReturn, *, is_sample: bool) -> str:
    """Pseudonym, field, year and the target that applies; never a name, never the reason for a target."""
    second = " · second marking" if opened.marking == "second" else ""
    due = f" · due {opened.due_on:%d %B %Y}" if opened.due_on else ""
    return (f"{sample_banner(is_sample=is_sample)}<h2>Return {escape(opened.pseudonym)}</h2>"
            f"<p>{escape(opened.discipline)} · CPD of {opened.cpd_year}{second}{due}</p>"
            f"<p><strong>{_target(opened)}</strong></p>")


def _target(opened: OpenedReturn) -> str:
    needed = opened.requirement
    if not opened.rules.guideline.counts_hours:
        return "This scheme sets no number of hours."
    if needed.target_basis is TargetBasis.UNCLEAR:
        return "The target is still being agreed."
    if needed.target_minutes is None:
        return "No hours are asked for."
    return f"The target that applies is {hours_text(needed.target_minutes)}."


def activity_table(opened: OpenedReturn) -> str:
    """Activities as a readable table; long reflections fold; what to check stands in its row."""
    flagged = opened.problems[opened.problems["kind"] == "please check"]
    checks = {int(str(row)): "; ".join(texts) for row, texts in flagged.dropna(subset=["row"]).groupby("row")["found"]}
    rows = "".join(_activity(line, checks.get(int(str(line["source_row"])), ""), opened) for line in opened.activities.to_dict("records"))
    return ("<h3>Activities</h3><table><thead><tr><th scope='col'>Activity</th><th scope='col'>When</th><th scope='col'>Time</th>"
            f"<th scope='col'>Kind and area</th><th scope='col'>Planned</th></tr></thead><tbody>{rows}</tbody></table>{_problems(opened.problems)}")


def _activity(line: dict[object, object], check: str, opened: OpenedReturn) -> str:
    kind = opened.rules.label(str(line["activity_type"])) if line["activity_type"] else "kind not stated"
    area = opened.rules.label(str(line["area"])) if line["area"] else "area not stated"
    goal = f"<br>goal {escape(str(line['goal_id']))}" if line["goal_id"] else ""
    competences = f"<br>competences {escape(', '.join(str(line['competences'])))}" if line["competences"] else ""
    texts = "".join(_text(str(line[name])) for name in ("learning", "reflection") if line[name])
    checked = f'<p class="ak-check">Please check: {escape(check)}</p>' if check else ""
    when = "no date" if line["started_on"] is None else f"{line['started_on']:%d %b %Y}"
    minutes = hours_text(int(str(line["minutes"]))) + ("" if line["counts"] else "<br>not counted")
    return (f"<tr><th scope='row'>{escape(str(line['title']))}{texts}{checked}</th><td>{when}</td><td>{minutes}</td>"
            f"<td>{escape(kind)}<br>{escape(area)}{competences}</td><td>{PLANNED[str(line['planned'])]}{goal}</td></tr>")


def _text(text: str) -> str:
    if len(text) <= LONG_TEXT:
        return f'<p class="ak-text">{escape(text)}</p>'
    return f'<details><summary>{escape(text[:80])}…</summary><p class="ak-text">{escape(text)}</p></details>'


def _problems(problems: pd.DataFrame) -> str:
    """Lines that could not be read, in the open; notes on how lines were read, folded."""
    unread = "".join(f"<li>line {_row(row)}: {escape(str(found))}</li>" for row, found in _of_kind(problems, "rejected"))
    notes = "".join(f"<li>line {_row(row)}: {escape(str(found))}</li>" for row, found in _of_kind(problems, "note"))
    folded = f"<details><summary>How some lines were read</summary><ul>{notes}</ul></details>" if notes else ""
    return (f"<h4>Could not be read</h4><ul>{unread}</ul>" if unread else "") + folded


def _of_kind(problems: pd.DataFrame, kind: str) -> list[tuple[object, object]]:
    chosen = problems[problems["kind"] == kind]
    return list(zip(chosen["row"], chosen["found"], strict=True))


def _row(row: object) -> str:
    return "?" if pd.isna(row) else str(int(str(row)))  # type: ignore[call-overload]


def goal_list(opened: OpenedReturn) -> str:
    """The plan, with how many activities serve each goal."""
    if opened.goals.empty:
        return "<h3>Plan</h3><p>No plan was sent; a plan is welcome and not required.</p>"
    served = opened.activities["goal_id"].value_counts()
    items = "".join(f"<li><strong>{escape(str(goal['goal_id']))}</strong> {escape(str(goal['goal']))} ({int(served.get(goal['goal_id'], 0))} activities)</li>"
                    for goal in opened.goals.to_dict("records"))
    return f"<h3>Plan</h3><ul>{items}</ul>"


def finding_rows(opened: OpenedReturn) -> dict[str, dict[str, str]]:
    """Criterion -> standing and sentence, as the judgement form shows them."""
    rows = [{str(name): value for name, value in finding.items()} for finding in opened.findings.to_dict("records")]
    return {str(row["criterion"]): {"standing": str(row["standing"]), "sentence": finding_sentence(row, opened.rules)} for row in rows}


def record_note(opened: OpenedReturn) -> str:
    """Findings on the record itself, which nobody judges."""
    judged = {criterion.code for criterion in opened.rules.judged_criteria}
    rows = [row["sentence"] for code, row in finding_rows(opened).items() if code not in judged]
    return "".join(f"<p>{escape(sentence)}</p>" for sentence in rows)


def as_json(value: object) -> str:
    """A value for the screen's own script, which puts it into the page as text only."""
    return json.dumps(value, ensure_ascii=False)
