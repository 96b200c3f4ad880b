"""Who is drawn, whether the draw can be repeated, and who is written to."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from assessor_kit import journey, tables
from assessor_kit.charts import readable
from assessor_kit.errors import DrawRefused, InvalidRequest
from assessor_kit.feedback.mail.messages import QUEUED
from assessor_kit.feedback.mail.outbox import INVITATION, REMINDER
from assessor_kit.journey.answers import silent_members
from assessor_kit.sampling import frame_of
from assessor_kit.store import read_table
from assessor_kit.workbench.steps.panel import (
    Act,
    Intent,
    Saying,
    Step,
    StepPanel,
    how_many,
    show,
    text_field,
)
from assessor_kit.workbench.steps.scene import Scene, invented_members, no_draw, no_register
from assessor_kit.workbench.steps.typed import amount_typed, percent_typed

WITNESSED = "such as dice rolled before witnesses: 4 1 6 6 2"


def sample() -> StepPanel:
    """Show the year's draw, and draw the sample."""
    return show(
        Step(
            name="sample",
            heading="The sample",
            told=_drawn,
            missing=(no_register,),
            saved=True,
            act=Act(
                look=_look_at_draw,
                look_label="What would be drawn?",
                fields=_draw_fields,
                folded=_second_draw,
            ),
        )
    )


def repeated_draw() -> StepPanel:
    """Show whether the year's draws come out the same from their frozen frame and seed."""
    return show(
        Step(
            name="repeated_draw",
            heading="Does the draw come out the same when it is repeated?",
            told=_repeated,
            missing=(no_draw,),
        )
    )


def invitations() -> StepPanel:
    """Show how many are invited, and put the invitations into the outbox."""
    return _letters(INVITATION, "Invitations", "Who would be invited?")


def reminders() -> StepPanel:
    """Show how many are reminded, and put the reminders into the outbox."""
    return _letters(REMINDER, "Reminders", "Who would be reminded?")


def _drawn(scene: Scene) -> tuple[Saying, ...]:
    draws = read_table(scene.workspace, tables.DRAWS, cpd_year=scene.cpd_year)
    if draws.empty:
        return (f"Nobody is drawn for CPD of {scene.cpd_year} yet.", _before_drawing(scene))
    said: list[Saying] = []
    for one in draws.to_dict("records"):
        chosen = how_many(int(one["size"]), "member", "members")
        reserves = how_many(int(one["reserve"]), "reserve", "reserves")
        said += [
            (
                f"Draw {one['draw_id']}: {chosen} of {one['frame_size']:,}, and {reserves}."
                f" Seed: {one['seed']}. Frame digest: {one['frame_digest']}."
            ),
            *([] if one["commitment"] else [f"It is {journey.NOT_VERIFIABLE}."]),
            readable(
                journey.draw_table(scene.workspace, str(one["draw_id"])),
                f"Draw {one['draw_id']}, stratum by stratum",
            ),
        ]
    return tuple(said)


def _before_drawing(scene: Scene) -> str:
    committed = journey.standing_commitment(scene.workspace, scene.cpd_year)
    if committed is not None:
        return f"The draw {committed['draw_id']} is committed to; it waits for its seed."
    return (
        "For a draw that anybody can check, commit to it first:"
        f" `assessor-kit commit-draw --cpd-year {scene.cpd_year}`. A draw made here without a"
        " commitment is not verifiable."
    )


def _draw_fields(scene: Scene) -> dict[str, Any]:
    committed = journey.standing_commitment(scene.workspace, scene.cpd_year)
    if committed is not None:
        return {"seed": text_field("The seed", example="exactly as its source gave it")}
    fields = {
        "seed": text_field("Seed, fixed in public", example=WITNESSED),
        "size": text_field("How many members", example="such as 120, or 5 %"),
        "reserves": text_field("Reserves besides, in %", example="such as 20; empty for none"),
    }
    if not no_draw(scene):
        fields["reason"] = text_field(
            "Why a second draw", example="the reason is kept with the draw"
        )
    return fields


def _second_draw(scene: Scene) -> str:
    return "" if no_draw(scene) else "Draw a second sample, for a reason"


def _look_at_draw(scene: Scene, answers: dict[str, str]) -> Intent:
    seed = answers["seed"]
    if not seed:
        raise InvalidRequest(
            "There is no seed", expected=WITNESSED, advice="Write down what was fixed in public."
        )
    committed = journey.standing_commitment(scene.workspace, scene.cpd_year)
    if committed is not None:
        return Intent(
            says=(
                (
                    f"The draw {committed['draw_id']} would be made as it was committed to, with"
                    f" the seed “{seed}”. Nobody is drawn yet. A draw stays: check the seed."
                ),
            ),
            button="Draw with this seed",
            carry_out=lambda: _draw(scene, seed=seed),
        )
    size, rate = amount_typed(answers["size"])
    reserves = percent_typed(answers["reserves"], "Reserves besides, in %")
    reason = answers.get("reason", "")
    if not no_draw(scene) and not reason:
        raise DrawRefused(
            f"A sample for CPD of {scene.cpd_year} has already been drawn",
            advice="If you really want a second draw, say why; the reason is kept with the draw.",
        )
    rules = scene.workspace.rules(scene.cpd_year)
    frame = len(frame_of(read_table(scene.workspace, tables.REGISTER), rules=rules))
    wanted = size if size is not None else round(frame * (rate or 0) / 100)
    if not 0 < wanted <= frame:
        raise InvalidRequest(
            f"{wanted:,} cannot be drawn",
            expected=f"from 1 to {frame:,}, which is how many can be drawn",
            advice="The rules say who can be drawn; see the register and the year.",
        )
    return Intent(
        says=(
            (
                f"{how_many(wanted, 'member', 'members')} of {frame:,} who can be drawn for CPD of"
                f" {scene.cpd_year}, and reserves of {reserves:g} %, with the seed “{seed}”."
                " Nobody is drawn yet. A draw stays: check the seed."
            ),
            *_carried_over(scene),
            f"This draw would be {journey.NOT_VERIFIABLE}.",
        ),
        button=f"Draw {how_many(wanted, 'member', 'members')} with this seed",
        carry_out=lambda: _draw(
            scene,
            seed=seed,
            size=size,
            rate_percent=rate,
            reserve_percent=reserves,
            reason=reason,
        ),
    )


def _carried_over(scene: Scene) -> tuple[str, ...]:
    found = journey.carried_over(scene.workspace, cpd_year=scene.cpd_year)
    said = []
    if found.drawn:
        number = how_many(len(found.drawn), "member who was", "members who were")
        said.append(f"{number} deferred or carried over last year will be drawn for certain.")
    if found.left_out:
        said.append(
            f"{how_many(len(found.left_out), 'other cannot', 'others cannot')} be drawn any more:"
            f" {', '.join(sorted(set(found.left_out.values())))}."
        )
    return tuple(said)


def _draw(scene: Scene, **asked: Any) -> tuple[Saying, ...]:  # noqa: ANN401  (as `journey.draw`)
    draw_id, made = journey.draw(scene.workspace, cpd_year=scene.cpd_year, **asked)
    file = journey.draw_file_of(scene.workspace, draw_id)
    publish = (
        f"Publish the draw file {file} and, for members, the page {file.with_suffix('.html')}."
        if made.commitment
        else "Publish the seed, the frame digest and the size."
    )
    return (
        (
            f"Draw {draw_id} is made: {how_many(len(made.selected), 'member', 'members')} and"
            f" {how_many(len(made.reserves), 'reserve', 'reserves')}. {publish}"
        ),
    )


def _repeated(scene: Scene) -> tuple[Saying, ...]:
    draws = read_table(scene.workspace, tables.DRAWS, cpd_year=scene.cpd_year)
    return tuple(_verdict(scene, str(name)) for name in draws["draw_id"])


def _verdict(scene: Scene, draw_id: str) -> str:
    checked = journey.check_draw(scene.workspace, draw_id)
    if checked.verified and checked.verifiable:
        return f"Draw {draw_id}: yes, it is the draw that was committed to."
    if checked.verified:
        return (
            f"Draw {draw_id}: yes, the same members in the same order. It is"
            f" {journey.NOT_VERIFIABLE}."
        )
    return f"Draw {draw_id}: NO, it differs. Do not use it; find out what was changed."


def _letters(kind: str, heading: str, look_label: str) -> StepPanel:
    return show(
        Step(
            name=f"{kind}s",
            heading=heading,
            told=partial(_outbox, kind),
            missing=(no_draw,),
            act=Act(
                look=partial(_look_at_letters, kind),
                look_label=look_label,
                needless=_nobody_to_write_to,
            ),
        )
    )


def _outbox(kind: str, scene: Scene) -> tuple[Saying, ...]:
    found = read_table(scene.workspace, tables.OUTBOX, cpd_year=scene.cpd_year, kind=kind)
    waiting = int((found["state"] == QUEUED).sum())
    if found.empty:
        return ("None has been written yet.",)
    return (
        (
            f"{len(found):,} written, of which {waiting:,} wait in the outbox. Whoever looks after"
            " your mail sends them with `assessor-kit outbox send`."
        ),
    )


def _nobody_to_write_to(scene: Scene) -> str:
    if invented := invented_members(scene):
        return invented
    if not silent_members(scene.workspace, cpd_year=scene.cpd_year):
        return "Everybody who was selected has answered."
    return ""


def _look_at_letters(kind: str, scene: Scene, _answers: dict[str, str]) -> Intent:
    found = journey.write_letters(scene.workspace, cpd_year=scene.cpd_year, kind=kind, dry_run=True)
    left_out = _left_out(found)
    if not found.queued:
        return Intent(says=("Nobody would be written to. See why below.", *left_out))
    number = how_many(found.queued, kind, f"{kind}s")
    return Intent(
        says=(f"{number} would be put into the outbox. Nothing is written yet.", *left_out),
        button=f"Put {number} into the outbox",
        carry_out=lambda: _write(kind, scene),
    )


def _write(kind: str, scene: Scene) -> tuple[Saying, ...]:
    done = journey.write_letters(scene.workspace, cpd_year=scene.cpd_year, kind=kind)
    return (f"{how_many(done.queued, kind, f'{kind}s')} put into the outbox.", *_left_out(done))


def _left_out(done: journey.Letters) -> tuple[Saying, ...]:
    if not done.left_out:
        return ()
    return (readable(pd.DataFrame(done.left_out), "Left out, and why"),)
