"""Where staff read each advice text, one at a time, and approve, return or hold it.

The assessor is named nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from html import escape

import ipywidgets

from assessor_kit.errors import AssessorKitError
from assessor_kit.feedback.release import (
    APPROVED,
    HELD,
    RETURNED,
    DocumentTexts,
    decide,
    document_texts,
    waiting_documents,
)
from assessor_kit.feedback.report.readability import long_sentence_note, long_sentences
from assessor_kit.store import Workspace
from assessor_kit.workbench.markup import safe_html, sample_banner
from assessor_kit.workbench.season_page import STYLE

DECISIONS = ((APPROVED, "Approve"), (RETURNED, "Return to the assessor"), (HELD, "Hold"))


def open_approvals(
    workspace: Workspace | None = None, *, cpd_year: int, decided_by: str = ""
) -> Approvals:
    """Open the approvals of one year.

    What members will be told is held in the widget only: a saved notebook contains none of it.
    """
    return Approvals(workspace or Workspace.open(), cpd_year, decided_by)


class Approvals(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
    """One document, what the assessor said in it, and the buttons to decide on it.

    After a decision, the document stays and its buttons go; the next one that waits is shown when
    it is asked for, so that no click meant for one document decides on another.
    """

    def __init__(
        self,
        workspace: Workspace,
        cpd_year: int,
        decided_by: str,
        *,
        after_decision: Callable[[], None] = lambda: None,
    ) -> None:
        self._workspace = workspace
        self._cpd_year = cpd_year
        self._after_decision = after_decision
        self.documents = waiting_documents(workspace, cpd_year=cpd_year).to_dict("records")
        self.place = next(
            (place for place, one in enumerate(self.documents) if not one["decision"]), 0
        )
        self.name = ipywidgets.Text(
            value=decided_by, description="Your name", style={"description_width": "7rem"}
        )
        self.reason = ipywidgets.Textarea(
            description="Reason",
            rows=2,
            style={"description_width": "7rem"},
            layout={"width": "100%"},
            placeholder="What the assessor should look at again",
        )
        self.buttons = {
            decision: _button(label, self._decider(decision)) for decision, label in DECISIONS
        }
        self.previous = _button("Previous", lambda: self._go(-1))
        self.next = _button("Next", lambda: self._go(1))
        # It stands above the document, where the second click of a double click cannot land.
        self.onwards = _button("Read the next document", self._read_next)
        self.is_decided = False  # whether the document that is shown was decided just now
        self._shown = ipywidgets.VBox()
        self._said = ipywidgets.VBox()
        super().__init__(
            [
                self._said,
                self.onwards,
                self._shown,
                self.name,
                self.reason,
                ipywidgets.HBox([*self.buttons.values(), self.previous, self.next]),
            ]
        )
        self._show()

    def __repr__(self) -> str:
        """Return only the counts, because a saved notebook shows this."""
        return (
            f"Approvals {self._cpd_year}: {self.waiting} of {len(self.documents)} still to decide"
        )

    @property
    def waiting(self) -> int:
        """How many documents have no decision yet."""
        return sum(not one["decision"] for one in self.documents)

    @property
    def shown(self) -> str:
        """The page that is shown, as HTML."""
        return str(self._shown.children[0].value)

    @property
    def said(self) -> str:
        """The outcome of the last button that was pressed, as HTML."""
        return str(self._said.children[0].value) if self._said.children else ""

    def _go(self, steps: int) -> None:
        if self.is_decided:
            return
        self.place = min(max(self.place + steps, 0), max(len(self.documents) - 1, 0))
        self._show()

    def _decider(self, decision: str) -> Callable[[], None]:
        return lambda: self._decide(decision)

    def _read_next(self) -> None:
        if not self.is_decided:
            return
        order = [*range(self.place + 1, len(self.documents)), *range(self.place)]
        self.place = next(
            (place for place in order if not self.documents[place]["decision"]), self.place
        )
        self.is_decided = False
        self._said.children = ()
        self._show()

    def _decide(self, decision: str) -> None:
        # The second click of a double click is answered when the first has been.
        if self.is_decided:
            return
        document = self.documents[self.place]
        if not self.name.value.strip():
            self._say("Write your name first: each decision records who made it.", tone="bad")
            return
        try:
            decide(
                self._workspace,
                [str(document["document_id"])],
                decision=decision,
                decided_by=self.name.value.strip(),
                reason=self.reason.value.strip(),
            )
        except AssessorKitError as problem:
            self._say(problem.sentence(), tone="bad")
            return
        document["decision"] = decision
        document["reason"] = self.reason.value.strip()
        self.reason.value = ""
        self.is_decided = True
        self._show()
        self._say(
            f"Document {self.place + 1}: {decision}. {self.waiting} still to decide.", tone="good"
        )
        self._after_decision()

    def _say(self, text: str, *, tone: str) -> None:
        self._said.children = (
            safe_html(f"<p class='ak-status' role='status' data-tone='{tone}'>{escape(text)}</p>"),
        )

    def _show(self) -> None:
        for button in self.buttons.values():
            button.disabled = not self.documents
        for part in (*self.buttons.values(), self.reason, self.previous, self.next):
            part.layout.display = "none" if self.is_decided else None
        self.onwards.layout.display = None if self.is_decided else "none"
        self.onwards.description = "Read the next document" if self.waiting else "Look at it again"
        self.previous.disabled = self.place == 0
        self.next.disabled = self.place >= len(self.documents) - 1
        self._said.children = ()
        self._shown.children = (
            safe_html(
                f"<style>{STYLE}</style>{sample_banner(is_sample=self._workspace.is_sample)}{self._page()}"
            ),
        )

    def _page(self) -> str:
        if not self.documents:
            return (
                "<h2>Nothing is waiting for you</h2><p>Render the year's feedback first, or look at"
                " what has been released.</p>"
            )
        document = self.documents[self.place]
        head = (
            f"<h2>Document {self.place + 1} of {len(self.documents)}</h2><p"
            f" class='ak-progress'>{self.waiting} still to"
            f" decide.</p><p>{_decision(str(document['decision']), str(document['reason']))}</p>"
        )
        if not document["return_id"]:
            place = escape(str(document["file"]))
            return (
                f"{head}<h3>Feedback for everyone</h3><p>It contains no assessor's words. Read the"
                f" page itself: <code>{place}</code>.</p>"
            )
        return (
            f"{head}{_words(document, document_texts(self._workspace, str(document['return_id'])))}"
        )


def _words(document: dict[Hashable, object], words: DocumentTexts) -> str:
    comments = [one["comment"] for one in words.points]
    rows = "".join(
        f"<tr><th scope='row'>{escape(one['label'])}</th><td>{escape(one['level'])}</td><td"
        f" class='ak-words'>{escape(one['comment'])}</td></tr>"
        for one in words.points
    )
    member_no = escape(str(document["member_no"]))
    liked = escape(words.liked) or "Nothing was written."
    advice = escape(words.advice) or "Nothing was written."
    return (
        f"<p class='ak-quiet'>Member {member_no}, version {document['version']}</p>"
        f"<p>Outcome: <strong>{escape(words.outcome)}</strong></p>"
        f"<h3>What the assessor liked</h3><p class='ak-words'>{liked}</p>"
        f"<h3>Advice</h3><p class='ak-words'>{advice}</p>"
        f"{_long(long_sentences(words.liked, words.advice, *comments))}"
        "<table><caption>Point by point</caption><thead><tr><th scope='col'>Point</th>"
        "<th scope='col'>View</th><th scope='col'>Comment</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _button(label: str, pressed: Callable[[], None]) -> ipywidgets.Button:
    button = ipywidgets.Button(description=label, layout={"width": "auto"})
    button.on_click(lambda _: pressed())
    return button


def _decision(decision: str, reason: str) -> str:
    return (
        f"So far: <strong>{escape(decision)}</strong>. {escape(reason)}"
        if decision
        else "<span class='ak-waiting'>Not decided</span>"
    )


def _long(sentences: list[str]) -> str:
    if not sentences:
        return ""
    listed = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    note = escape(long_sentence_note(sentences))
    return f"<p><span class='ak-check'>{note}</span></p><ul>{listed}</ul>"
