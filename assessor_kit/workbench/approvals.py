"""Where staff read each advice text, one at a time, and approve it, return it or hold it. Who assessed is nowhere in it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from html import escape

import ipywidgets

from assessor_kit.errors import AssessorKitError
from assessor_kit.feedback.readability import in_words, long_sentences
from assessor_kit.feedback.release import (
    APPROVED,
    HELD,
    RETURNED,
    Words,
    decide,
    waiting_documents,
    words_of,
)
from assessor_kit.store import Workspace
from assessor_kit.workbench.markup import safe_html, sample_banner
from assessor_kit.workbench.season_page import STYLE

DECISIONS = ((APPROVED, "Approve"), (RETURNED, "Return to the assessor"), (HELD, "Hold"))


def open_approvals(
    workspace: Workspace | None = None, *, cpd_year: int, decided_by: str = ""
) -> Approvals:
    """The approvals of one year. What members are told lives in the widget only: a saved notebook holds none of it."""
    return Approvals(workspace or Workspace.open(), cpd_year, decided_by)


class Approvals(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
    """One document, what the assessor said in it, and the buttons that decide. The next one that waits follows by itself."""

    def __init__(self, workspace: Workspace, cpd_year: int, decided_by: str) -> None:
        self._workspace, self._cpd_year = workspace, cpd_year
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
        self.previous, self.next = (
            _button("Previous", lambda: self._go(-1)),
            _button("Next", lambda: self._go(1)),
        )
        self._shown = ipywidgets.VBox()
        self._said = ipywidgets.VBox()
        super().__init__(
            [
                self._shown,
                self.name,
                self.reason,
                ipywidgets.HBox([*self.buttons.values(), self.previous, self.next]),
                self._said,
            ]
        )
        self._show()

    def __repr__(self) -> str:
        """The counts alone, as a saved notebook may show them."""
        return f"Approvals {self._cpd_year}: {self.waiting} of {len(self.documents)} wait for a decision"

    @property
    def waiting(self) -> int:
        """How many have no decision yet."""
        return sum(not one["decision"] for one in self.documents)

    @property
    def shown(self) -> str:
        """The page that is shown, as HTML."""
        return str(self._shown.children[0].value)

    @property
    def said(self) -> str:
        """What the last button brought about, as HTML."""
        return str(self._said.children[0].value) if self._said.children else ""

    def _go(self, steps: int) -> None:
        self.place = min(max(self.place + steps, 0), max(len(self.documents) - 1, 0))
        self._show()

    def _decider(self, decision: str) -> Callable[[], None]:
        return lambda: self._decide(decision)

    def _decide(self, decision: str) -> None:
        document = self.documents[self.place]
        if not self.name.value.strip():
            self._say("Write your name first: a decision says whose it is.", tone="bad")
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
        document["decision"], document["reason"] = decision, self.reason.value.strip()
        self.reason.value = ""
        order = [*range(self.place + 1, len(self.documents)), *range(self.place)]
        self.place = next(
            (place for place in order if not self.documents[place]["decision"]), self.place
        )
        self._show()
        self._say(f"{decision.capitalize()}. {self.waiting} still wait.", tone="good")

    def _say(self, text: str, *, tone: str) -> None:
        self._said.children = (
            safe_html(f"<p class='ak-status' role='status' data-tone='{tone}'>{escape(text)}</p>"),
        )

    def _show(self) -> None:
        for button in self.buttons.values():
            button.disabled = not self.documents
        self.previous.disabled, self.next.disabled = (
            self.place == 0,
            self.place >= len(self.documents) - 1,
        )
        self._said.children = ()
        self._shown.children = (
            safe_html(
                f"<style>{STYLE}</style>{sample_banner(is_sample=self._workspace.is_sample)}{self._page()}"
            ),
        )

    def _page(self) -> str:
        if not self.documents:
            return "<h2>Nothing waits for you</h2><p>Render the year's feedback first, or look at what has been released.</p>"
        document = self.documents[self.place]
        head = (
            f"<h2>Document {self.place + 1} of {len(self.documents)}</h2><p class='ak-progress'>{self.waiting} wait for a decision.</p>"
            f"<p>{_decision(str(document['decision']), str(document['reason']))}</p>"
        )
        if not document["return_id"]:
            place = escape(str(document["file"]))
            return f"{head}<h3>Feedback for everyone</h3><p>It holds no assessor's words. Read the page itself: <code>{place}</code>.</p>"
        return f"{head}{_words(document, words_of(self._workspace, str(document['return_id'])))}"


def _words(document: dict[Hashable, object], words: Words) -> str:
    comments = [one["comment"] for one in words.points]
    rows = "".join(
        f"<tr><th scope='row'>{escape(one['label'])}</th><td>{escape(one['level'])}</td><td class='ak-words'>{escape(one['comment'])}</td></tr>"
        for one in words.points
    )
    return (
        f"<p class='ak-quiet'>Member {escape(str(document['member_no']))}, version {document['version']}</p>"
        f"<p>Outcome: <strong>{escape(words.outcome)}</strong></p>"
        f"<h3>What the assessor liked</h3><p class='ak-words'>{escape(words.liked) or 'Nothing was written.'}</p>"
        f"<h3>Advice</h3><p class='ak-words'>{escape(words.advice) or 'Nothing was written.'}</p>"
        f"{_long(long_sentences(words.liked, words.advice, *comments))}"
        "<table><caption>Point by point</caption><thead><tr><th scope='col'>Point</th><th scope='col'>View</th><th scope='col'>Comment</th></tr></thead>"
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
    return f"<p><span class='ak-check'>{escape(in_words(sentences))}</span></p><ul>{''.join(f'<li>{escape(sentence)}</li>' for sentence in sentences)}</ul>"
