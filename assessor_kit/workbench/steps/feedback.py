"""Feedback: rendered, read and approved, released, and put into the outbox."""

from __future__ import annotations

import os
from typing import Any

from assessor_kit import tables
from assessor_kit.feedback import open_report, release_feedback, render_feedback
from assessor_kit.feedback.mail.messages import QUEUED
from assessor_kit.feedback.mail.outbox import FEEDBACK
from assessor_kit.feedback.mail.preparing import prepare_feedback
from assessor_kit.feedback.release import APPROVED, waiting_documents
from assessor_kit.store import read_table, reviewed_returns
from assessor_kit.workbench.approvals import Approvals
from assessor_kit.workbench.markup import safe_html
from assessor_kit.workbench.steps.panel import (
    Act,
    Intent,
    Saying,
    Step,
    StepPanel,
    how_many,
    show,
    show_all_again,
)
from assessor_kit.workbench.steps.scene import (
    Scene,
    invented_members,
    no_documents,
    no_judgement,
    no_returns,
)

MOST_JOBS = 4
MOST_NAMED = 20


def reports() -> StepPanel:
    """Show how many reports there are, and render those that are missing or out of date."""
    return show(
        Step(
            name="reports",
            heading="Reports",
            told=_rendered,
            missing=(no_returns, no_judgement),
            act=Act(look=_look_at_rendering, look_label="What would be rendered?"),
        )
    )


def first_report() -> StepPanel:
    """Show how a report reads, on the first judged return of the year."""
    return show(
        Step(
            name="first_report",
            heading="How one of them reads",
            told=lambda _scene: (),
            missing=(no_returns, no_judgement),
            beside=_report,
        )
    )


def approvals() -> StepPanel:
    """Show what staff have still to read and decide on, one document at a time."""
    return show(
        Step(
            name="approvals",
            heading="Read and approve",
            told=_to_decide,
            missing=(no_returns, no_judgement, no_documents),
            beside=Pile().shown,
        )
    )


def releases() -> StepPanel:
    """Show what is released, and release what was approved."""
    return show(
        Step(
            name="release",
            heading="Release",
            told=_released,
            missing=(no_returns, no_judgement, no_documents),
            act=Act(
                look=_look_at_release,
                look_label="What would be released?",
                needless=invented_members,
            ),
        )
    )


def feedback_messages() -> StepPanel:
    """Show what is in the outbox, and put released reports into it."""
    return show(
        Step(
            name="feedback_messages",
            heading="Feedback for the post",
            told=_in_outbox,
            missing=(no_returns, no_judgement, no_documents),
            act=Act(
                look=_look_at_messages,
                look_label="What would be put into the outbox?",
                needless=invented_members,
            ),
        )
    )


def _rendered(scene: Scene) -> tuple[Saying, ...]:
    documents = read_table(scene.workspace, tables.DOCUMENTS, cpd_year=scene.cpd_year)
    judged = reviewed_returns(scene.workspace, scene.cpd_year)
    made = set(documents["return_id"]) & set(judged)
    return (
        (
            f"{len(made):,} of {how_many(len(judged), 'judged return has', 'judged returns have')}"
            " a report."
        ),
    )


def _look_at_rendering(scene: Scene, _answers: dict[str, str]) -> Intent:
    judged = how_many(
        len(reviewed_returns(scene.workspace, scene.cpd_year)), "judged return", "judged returns"
    )
    return Intent(
        says=(
            (
                f"A report for each of {judged}, and one for everybody: those that are missing or"
                " out of date would be rendered, the others stay as they are. This takes a few"
                " minutes for a hundred. Nobody gets anything by it."
            ),
        ),
        button="Render what is missing or out of date",
        carry_out=lambda: _render(scene),
    )


def _render(scene: Scene) -> tuple[Saying, ...]:
    done = render_feedback(
        scene.workspace, cpd_year=scene.cpd_year, jobs=min(MOST_JOBS, os.cpu_count() or 1)
    )
    failed = [f"{one['document']}: {one['error']}" for one in done.failed[:MOST_NAMED]]
    return (
        (
            f"{how_many(done.rendered, 'document', 'documents')} rendered, {done.unchanged:,} stay"
            f" as they are, {len(done.failed):,} failed. They are in {done.folder}."
        ),
        *failed,
    )


def _report(scene: Scene) -> list[Any]:
    report = open_report(cpd_year=scene.cpd_year, workspace=scene.workspace)
    chart = report.hours_by_area
    shown = [report.judgement.html, *([] if chart is None else [chart.html()])]
    return [safe_html(one) for one in shown]


def _to_decide(scene: Scene) -> tuple[Saying, ...]:
    waiting = waiting_documents(scene.workspace, cpd_year=scene.cpd_year)
    undecided = int((waiting["decision"] == "").sum())
    approved = int((waiting["decision"] == APPROVED).sum())
    return (f"{undecided:,} wait to be read; {approved:,} are approved and not yet released.",)


class Pile:
    """The documents to be read, one at a time.

    Refreshing the panel leaves them where they are; other documents are a new pile.
    """

    def __init__(self) -> None:
        self.pile: Approvals | None = None

    def shown(self, scene: Scene) -> list[Any]:
        """Return the pile, or nothing where no document waits."""
        waiting = waiting_documents(scene.workspace, cpd_year=scene.cpd_year)
        wanted = set(waiting["document_id"])
        if self.pile is None or {str(one["document_id"]) for one in self.pile.documents} != wanted:
            name = self.pile.name.value if self.pile else ""
            self.pile = Approvals(
                scene.workspace, scene.cpd_year, name, after_decision=show_all_again
            )
        return [self.pile] if wanted else []


def _released(scene: Scene) -> tuple[Saying, ...]:
    documents = read_table(scene.workspace, tables.DOCUMENTS, cpd_year=scene.cpd_year)
    number = int((documents["released_at"].notna() & documents["recalled_at"].isna()).sum())
    return (f"{how_many(number, 'document is', 'documents are')} released.",)


def _look_at_release(scene: Scene, _answers: dict[str, str]) -> Intent:
    waiting = waiting_documents(scene.workspace, cpd_year=scene.cpd_year)
    approved = int((waiting["decision"] == APPROVED).sum())
    others = len(waiting) - approved
    if not approved:
        return Intent(
            says=("Nothing is approved that is not released yet. Read and approve first.",)
        )
    number = how_many(approved, "approved document", "approved documents")
    return Intent(
        says=(
            (
                f"{number} would be released: members may have them, and they never change any"
                f" more. {how_many(others, 'other stays', 'others stay')} here. Nothing is"
                " released yet."
            ),
        ),
        button=f"Release {number}",
        carry_out=lambda: _release(scene),
    )


def _release(scene: Scene) -> tuple[Saying, ...]:
    released, held = release_feedback(scene.workspace, cpd_year=scene.cpd_year)
    return (
        f"{how_many(released, 'document', 'documents')} released, {held:,} held back.",
        "The report for everybody draws on what is released: render once more to make it.",
    )


def _in_outbox(scene: Scene) -> tuple[Saying, ...]:
    found = read_table(scene.workspace, tables.OUTBOX, cpd_year=scene.cpd_year, kind=FEEDBACK)
    waiting = int((found["state"] == QUEUED).sum())
    return (
        (
            f"{how_many(len(found), 'report has', 'reports have')} been put into the outbox;"
            f" {waiting:,} of them wait there. Whoever looks after your mail sends them with"
            " `assessor-kit outbox send`."
        ),
    )


def _not_in_outbox(scene: Scene) -> int:
    documents = read_table(
        scene.workspace, tables.DOCUMENTS, cpd_year=scene.cpd_year, kind="individual"
    )
    there = read_table(scene.workspace, tables.OUTBOX, cpd_year=scene.cpd_year, kind=FEEDBACK)
    released = documents[documents["released_at"].notna()]
    return int((~released["document_id"].isin(there["document_id"])).sum())


def _look_at_messages(scene: Scene, _answers: dict[str, str]) -> Intent:
    waiting = _not_in_outbox(scene)
    if not waiting:
        return Intent(
            says=("Every released report is in the outbox already, or none is released.",)
        )
    number = how_many(waiting, "released report", "released reports")
    return Intent(
        says=(f"{number} would be put into the outbox. Nothing is sent by it.",),
        button=f"Put {number} into the outbox",
        carry_out=lambda: _put_into_outbox(scene),
    )


def _put_into_outbox(scene: Scene) -> tuple[Saying, ...]:
    added = prepare_feedback(scene.workspace, cpd_year=scene.cpd_year)
    return (f"{how_many(added, 'report', 'reports')} put into the outbox.",)
