"""What lies on one assessor's desk: the caseload as a table whose rows stay here, and the next return made ready before it is asked for."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from assessor_kit.rules.schema import Rules
from assessor_kit.store import (
    OpenedReturn,
    Workspace,
    caseload,
    current_judgement,
    open_return,
    texts_as_written,
)
from assessor_kit.store.practice import reference_judgements
from assessor_kit.vocabulary import Judgement, JudgementState, visible
from assessor_kit.workbench.page import page_of
from assessor_kit.workbench.phrase_bank import phrase_bank

ROWS_SHOWN = 12
AHEAD = 2  # returns made ready before they are asked for
ORDERS = {
    "mine": "place",
    "due": "due_on",
    "state": "state",
    "return": "pseudonym",
    "discipline": "discipline",
}


class Desk:
    """One assessor's returns. Pages are kept ready by return; a reading makes a page anew."""

    def __init__(self, workspace: Workspace, assessor_id: str) -> None:
        self.workspace, self.assessor_id = workspace, assessor_id
        self.reference = reference_judgements(workspace)
        self.ready: dict[str, Future[tuple[OpenedReturn, dict[str, Any]]]] = {}
        self.maker = ThreadPoolExecutor(1, thread_name_prefix="assessor-kit-next")
        self.asked: dict[str, Any] = {"search": "", "order": "mine", "only": "all", "start": 0}
        self.refresh()

    def refresh(self) -> None:
        """Read the caseload anew."""
        self.rows = caseload(self.workspace, self.assessor_id)
        if self.reference:  # practice returns come in the order of their lesson
            self.rows = self.rows.sort_values(
                "return_id",
                key=lambda names: names.map(list(self.reference).index),
                ignore_index=True,
            )
        self.names = set(self.rows["return_id"])
        self.rows["place"] = range(len(self.rows))
        begun = self.rows.loc[self.rows["state"] != JudgementState.NOT_STARTED.value, "return_id"]
        standing = {
            str(name): current_judgement(self.workspace, str(name), assessor_id=self.assessor_id)[1]
            for name in begun
        }
        self.written = {
            name: judgement for name, judgement in standing.items() if judgement is not None
        }

    @property
    def allocated(self) -> int:
        """How many markings the assessor has."""
        return len(self.rows)

    @property
    def waiting(self) -> int:
        """How many of them are not submitted."""
        return int((self.rows["state"] != JudgementState.SUBMITTED.value).sum())

    def example(self, return_id: str) -> str:
        """Which practice return it is, as `2 of 3`; empty for one of the assessor's own."""
        names = list(self.reference)
        return f"{names.index(return_id) + 1} of {len(names)}" if return_id in names else ""

    def note(self, return_id: str, judgement: Judgement) -> bool:
        """Keep what was saved, for the phrases of other returns; whether the marking has come further or gone back."""
        self.written[return_id] = judgement
        here = self.rows["return_id"] == return_id
        news = bool((self.rows.loc[here, "state"] != judgement.state.value).any())
        self.rows.loc[here, "state"] = judgement.state.value
        return news

    def next_after(self, return_id: str) -> str | None:
        """The next return that is not submitted, going round after the one given; None where none is left."""
        names = list(self.rows["return_id"])
        place = names.index(return_id) + 1 if return_id in names else 0
        waiting = set(
            self.rows.loc[self.rows["state"] != JudgementState.SUBMITTED.value, "return_id"]
        )
        return next((name for name in [*names[place:], *names[:place]] if name in waiting), None)

    def prepare_next(self, return_id: str) -> None:
        """Have the returns that will be asked for next made ready in the background."""
        name: str | None = return_id
        for _ in range(AHEAD):
            name = self.next_after(name or "")
            if name and name not in self.ready:
                self.ready[name] = self.maker.submit(self._make, name)

    def _make(self, return_id: str) -> tuple[OpenedReturn, dict[str, Any]]:
        opened = open_return(self.workspace, return_id, assessor_id=self.assessor_id)
        return opened, page_of(
            opened, is_sample=self.workspace.is_sample, drawings=self.workspace.drawings
        )

    def _ready(self, return_id: str) -> tuple[OpenedReturn, dict[str, Any]]:
        if return_id not in self.ready:
            self.ready[return_id] = self.maker.submit(self._make, return_id)
        try:
            return self.ready[return_id].result()
        except Exception:
            del self.ready[return_id]  # what failed once is tried again
            raise

    def page(self, return_id: str) -> dict[str, Any]:
        """The page of a return; NotAllocated for one of somebody else's."""
        opened, page = self._ready(return_id)
        return {
            **page,
            "phrases": phrase_bank(opened.rules, list(self.written.values()), gaps=page["gaps"]),
        }

    def opened(self, return_id: str) -> OpenedReturn:
        """The return behind a page."""
        return self._ready(return_id)[0]

    def rules_of(self, return_id: str) -> Rules:
        """The rules that a return is judged by."""
        return self.opened(return_id).rules

    def forget(self, return_id: str) -> None:
        """Make the page of a return anew when it is next asked for."""
        self.ready.pop(return_id, None)

    def show_as_written(self, return_id: str) -> None:
        """Put the texts that stand masked into the page as their writer wrote them; the store writes down that they were shown."""
        opened = self.opened(return_id)
        lines = opened.activities.copy()
        for number, cells in texts_as_written(
            self.workspace, return_id, assessor_id=self.assessor_id
        ).items():
            for cell, text in cells.items():
                lines.loc[lines["activity_no"] == number, cell] = visible(text)
        shown = replace(opened, activities=lines)
        done: Future[tuple[OpenedReturn, dict[str, Any]]] = Future()
        done.set_result(
            (
                shown,
                page_of(
                    shown, is_sample=self.workspace.is_sample, drawings=self.workspace.drawings
                ),
            )
        )
        self.ready[return_id] = done

    def listing(self, **asked: Any) -> dict[str, Any]:  # noqa: ANN401  (search, order, only: text; start: a number)
        """One page of the table of returns: `rows` in the order asked for, how many there are, and the progress of the whole."""
        self.asked |= asked
        chosen = self._chosen(str(self.asked["search"]).strip().casefold(), str(self.asked["only"]))
        descending = str(self.asked["order"]).startswith("-")
        chosen = chosen.sort_values(
            [ORDERS[str(self.asked["order"]).removeprefix("-")], "place"], ascending=not descending
        )
        start = max(0, min(int(self.asked["start"]), max(0, len(chosen) - 1)))
        days = [
            day
            for day in self.rows.loc[self.rows["state"] != JudgementState.SUBMITTED.value, "due_on"]
            if isinstance(day, date)
        ]
        return {
            "rows": [
                self._row(one) for one in chosen.iloc[start : start + ROWS_SHOWN].to_dict("records")
            ],
            "found": len(chosen),
            "start": start,
            "shown": ROWS_SHOWN,
            "asked": self.asked,
            "allocated": self.allocated,
            "done": self.allocated - self.waiting,
            "practice": bool(self.reference),
            "due": f"{min(days):%d %B %Y}".lstrip("0") if days else "",
        }

    def _chosen(self, search: str, only: str) -> pd.DataFrame:
        rows = self.rows
        if search:
            text = rows["pseudonym"] + " " + rows["discipline"] + " " + rows["cpd_year"].astype(str)
            rows = rows[text.str.casefold().str.contains(search, regex=False)]
        if only == "waiting":
            return rows[rows["state"] != JudgementState.SUBMITTED.value]
        return rows if only == "all" else rows[rows["state"] == only]

    def _row(self, one: dict[Any, Any]) -> dict[str, str]:
        return {
            "return_id": str(one["return_id"]),
            "return": str(one["pseudonym"]),
            "discipline": str(one["discipline"]),
            "cpd_year": str(one["cpd_year"]),
            "marking": str(one["marking"]),
            "state": str(one["state"]),
            "due": f"{one['due_on']:%d %b %Y}".lstrip("0") if one["due_on"] else "",
        }
