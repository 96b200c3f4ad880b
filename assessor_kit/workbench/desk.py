"""One assessor's returns: the caseload as a table, and the next return made ready.

The table's rows stay here, and the screen gets a few at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
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
    titles_read,
)
from assessor_kit.store.log.answers import news_for
from assessor_kit.store.practice import reference_judgements
from assessor_kit.vocabulary import Judgement, JudgementState, visible
from assessor_kit.workbench.page import page_of
from assessor_kit.workbench.phrase_bank import phrase_bank
from assessor_kit.workbench.to_and_fro import called, to_and_fro

MENDED_BY_SUBMITTING = ("returned by staff", "newer version")
ROWS_SHOWN = 12
AHEAD = 2  # returns made ready before they are asked for
ORDERS = {
    "mine": "place",
    "due": "due_on",
    "state": "state",
    "return": "pseudonym",
    "discipline": "discipline",
}


def _to_do(rows: pd.DataFrame) -> pd.Series[bool]:
    """Whether each marking is still to do: not submitted, or returned by staff."""
    undone: pd.Series[bool] = (rows["state"] != JudgementState.SUBMITTED.value) | rows[
        "is_returned"
    ].astype(bool)
    return undone


class Desk:
    """One assessor's returns.

    Pages are kept ready by return, and made again when a reading changes them.
    """

    def __init__(self, workspace: Workspace, assessor_id: str) -> None:
        self.workspace = workspace
        self.assessor_id = assessor_id
        self.reference = reference_judgements(workspace)
        self.ready: dict[str, Future[tuple[OpenedReturn, dict[str, Any]]]] = {}
        self.maker = ThreadPoolExecutor(1, thread_name_prefix="assessor-kit-next")
        self.titles: dict[str, set[str]] = {}  # of the returns that were opened or judged
        self.asked: dict[str, Any] = {"search": "", "order": "mine", "only": "season", "start": 0}
        self.refresh()

    def refresh(self) -> None:
        """Read the caseload again."""
        self.rows = caseload(self.workspace, self.assessor_id)
        if self.reference:  # practice returns come in the order of the tour
            self.rows = self.rows.sort_values(
                "return_id",
                key=lambda names: names.map(list(self.reference).index),
                ignore_index=True,
            )
        self.rows = called(self.rows)
        self.names = set(self.rows["return_id"])
        self.news = news_for(
            self.workspace, assessor_id=self.assessor_id, return_ids=list(self.names)
        )
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
    def season(self) -> pd.DataFrame:
        """The rows of the latest CPD year, which is this season's."""
        latest: pd.DataFrame = self.rows[self.rows["cpd_year"] == self.rows["cpd_year"].max()]
        return latest

    @property
    def allocated(self) -> int:
        """How many markings the assessor has this season."""
        return len(self.season)

    @property
    def waiting(self) -> int:
        """How many of them are not submitted."""
        return int(_to_do(self.season).sum())

    @property
    def waiting_earlier(self) -> int:
        """How many markings of earlier seasons are not submitted."""
        return int(_to_do(self.rows).sum()) - self.waiting

    def example(self, return_id: str) -> str:
        """Return which practice return it is, as `2 of 3`; empty for any other return."""
        names = list(self.reference)
        return f"{names.index(return_id) + 1} of {len(names)}" if return_id in names else ""

    def note(self, return_id: str, judgement: Judgement) -> bool:
        """Keep what was saved, for the phrases of other returns.

        Returns whether the state of the marking has changed.
        """
        self.written[return_id] = judgement
        here = self.rows["return_id"] == return_id
        news = bool((self.rows.loc[here, "state"] != judgement.state.value).any())
        self.rows.loc[here, "state"] = judgement.state.value
        if judgement.state is JudgementState.SUBMITTED:
            # a text that was returned is mended, and what is new has been judged
            done = here & self.rows["call"].isin(MENDED_BY_SUBMITTING)
            self.rows.loc[here, "is_returned"] = False
            self.rows.loc[done, "call"] = ""
        return news

    def next_after(self, return_id: str) -> str | None:
        """Return the next return to do after the one given, going round.

        Returns None if none is left.
        """
        names = list(self.rows["return_id"])
        place = names.index(return_id) + 1 if return_id in names else 0
        wanted = _to_do(self.rows) | self.rows["has_note"].astype(bool)
        waiting = set(self.rows.loc[wanted, "return_id"])
        return next((name for name in [*names[place:], *names[:place]] if name in waiting), None)

    def prepare_next(self, return_id: str) -> None:
        """Make ready, in the background, the returns that will be asked for next."""
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
            del self.ready[return_id]  # so that it is tried again when next asked for
            raise

    def page(self, return_id: str) -> dict[str, Any]:
        """Return the page of a return; raises NotAllocated for one of somebody else's."""
        opened, page = self._ready(return_id)
        self._keep_titles(return_id, opened.activities["title"])
        return {
            **page,
            "phrases": phrase_bank(opened.rules, self._written_with_titles(), gaps=page["gaps"]),
            **to_and_fro(self.workspace, return_id, assessor_id=self.assessor_id),
        }

    def _keep_titles(self, return_id: str, titles: Iterable[object]) -> None:
        self.titles.setdefault(return_id, set()).update(str(title) for title in titles)

    def _written_with_titles(self) -> list[tuple[Judgement, Collection[str]]]:
        unread = [name for name in self.written if name not in self.titles and name in self.names]
        if unread:
            read = titles_read(self.workspace, unread, assessor_id=self.assessor_id)
            for name, titles in read.items():
                self._keep_titles(name, titles)
        return [(one, self.titles.get(name, ())) for name, one in self.written.items()]

    def opened(self, return_id: str) -> OpenedReturn:
        """Return the return that a page shows."""
        return self._ready(return_id)[0]

    def rules_of(self, return_id: str) -> Rules:
        """Return the rules by which a return is judged."""
        return self.opened(return_id).rules

    def forget(self, return_id: str) -> None:
        """Discard the page of a return, so that it is made again when next asked for."""
        self.ready.pop(return_id, None)

    def show_as_written(self, return_id: str) -> None:
        """Show masked texts in the page as their writer wrote them.

        The store records that they were shown.
        """
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

    # `search`, `order` and `only` are texts, `start` is a number.
    def listing(self, **asked: Any) -> dict[str, Any]:  # noqa: ANN401
        """Return one page of the table of returns.

        It holds `rows` in the order asked for, how many there are, and the progress with all
        returns.
        """
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
            "earlier": self.waiting_earlier,
            "seasons": int(self.rows["cpd_year"].nunique()),
            "practice": bool(self.reference),
            "due": f"{min(days):%d %B %Y}".lstrip("0") if days else "",
        }

    def _chosen(self, search: str, only: str) -> pd.DataFrame:
        rows = self.rows
        if search:
            text = rows["pseudonym"] + " " + rows["discipline"] + " " + rows["cpd_year"].astype(str)
            rows = rows[text.str.casefold().str.contains(search, regex=False)]
        if only == "waiting":
            return rows[_to_do(rows)]
        if only in {"season", "earlier"}:
            is_latest = rows["cpd_year"] == self.rows["cpd_year"].max()
            chosen: pd.DataFrame = rows[is_latest if only == "season" else ~is_latest]
            return chosen
        return rows if only == "all" else rows[rows["state"] == only]

    def _row(self, one: dict[Any, Any]) -> dict[str, str]:
        return {
            "return_id": str(one["return_id"]),
            "return": str(one["pseudonym"]),
            "discipline": str(one["discipline"]),
            "cpd_year": str(one["cpd_year"]),
            "marking": str(one["marking"]),
            "state": str(one["state"]),
            "news": ", ".join(self.news.get(str(one["return_id"]), [])),
            "call": str(one["call"]),
            "due": f"{one['due_on']:%d %b %Y}".lstrip("0") if one["due_on"] else "",
        }
