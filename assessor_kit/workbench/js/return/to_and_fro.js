// What goes to and fro with staff about a return: a text that they returned, what is new in a newer
// version, and notes.

import { button, element, quiet, tableOf } from "../dom.js";
import { keepDraft, labelled } from "../panels.js";

/** @import { Criterion, MemberWords, ReturnPage, StaffNote } from "../messages.js" */

/**
 * What the sections can do.
 *
 * @typedef {object} ToAndFroSteps
 * @property {Criterion[]} criteria
 * @property {() => void} carryOver  begins with the judgement of the version before
 * @property {(note: { words: string, answers: string }, answered: (refusal: string) => void) => void} write
 */

/** The sections about one return. */
export class ToAndFro {
  /** @type {HTMLElement[]} */
  boxes = [];
  #page;
  #steps;
  #now = element("tbody");

  /**
   * @param {ReturnPage} page
   * @param {ToAndFroSteps} steps
   */
  constructor(page, steps) {
    this.#page = page;
    this.#steps = steps;
    this.boxes = [this.#returned(), this.#newer()].filter((box) => box !== null);
    this.notes = this.#notes();
    this.showNow(page.judgement);
  }

  /**
   * Shows beside the text that staff returned how it reads now.
   *
   * @param {MemberWords} now
   */
  showNow(now) {
    const { returned } = this.#page;
    if (!returned) {
      return;
    }
    const rows = parts(this.#steps.criteria)
      .map(({ label, of }) => ({ label, was: of(returned.was), is: of(now) }))
      .filter(({ was, is }) => was || is);
    this.#now.replaceChildren(
      ...rows.map(({ label, was, is }) =>
        element(
          "tr",
          { class: was === is ? null : "ak-differs" },
          element("th", { scope: "row", text: label }),
          element("td", { class: "ak-words", text: was || "nothing" }),
          element("td", { class: "ak-words", text: is || "nothing" }),
        ),
      ),
    );
  }

  #returned() {
    const { returned } = this.#page;
    if (!returned) {
      return null;
    }
    const title = "Staff returned this text to you";
    return element(
      "section",
      { class: "ak-called", "aria-label": title },
      element("h3", { text: title }),
      element("p", { class: "ak-words", text: returned.reason }),
      quiet(
        "p",
        `On ${returned.when}. Mend it beside, and submit it again: it then goes to staff.`,
      ),
      tableOf(["Part", "As staff read it", "As it is now"], this.#now, {
        class: "ak-before-after",
      }),
    );
  }

  #newer() {
    const { before } = this.#page;
    if (!before) {
      return null;
    }
    const title = "A newer version";
    const start = before.can_start_from
      ? element("p", {}, button("Begin with my earlier judgement", this.#steps.carryOver))
      : null;
    return element(
      "section",
      { class: "ak-called", "aria-label": title },
      element("h3", { text: title }),
      element("p", { text: before.sentence }),
      start,
    );
  }

  #notes() {
    const { staff_notes: notes, heading } = this.#page;
    const title = "Notes with staff";
    const waiting = notes.filter((note) => note.waits);
    const items = notes.map((note) => noteItem(note));
    const answers = waiting.map((note) => this.#answerBox(note));
    const list = items.length ? element("ul", { class: "ak-staff-notes" }, ...items) : null;
    const own = this.#writing({
      label: "A note to staff about this return",
      send: "Send the note",
      answers: "",
      draft: `your note to staff on return ${heading.pseudonym}`,
    });
    const writing = element("details", {}, element("summary", { text: "Write to staff" }), own);
    return element(
      "section",
      { class: waiting.length ? "ak-called" : null, "aria-label": title },
      element("h3", { text: title }),
      list,
      ...answers,
      writing,
    );
  }

  /** @param {StaffNote} note */
  #answerBox(note) {
    return this.#writing({
      label: "Your answer (empty: you have read it)",
      send: "Answer staff",
      answers: note.note_id,
      draft: `your answer to staff on return ${this.#page.heading.pseudonym}`,
    });
  }

  /** @param {{ label: string, send: string, answers: string, draft: string }} texts */
  #writing({ label, send, answers, draft }) {
    const words = element("textarea", { rows: "2" });
    const forget = keepDraft(words, draft);
    const refusal = element("p", { class: "ak-wrong", role: "alert" });
    const sending = button(send, () => {
      if (!answers && !words.value.trim()) {
        words.focus();
        return;
      }
      sending.disabled = true;
      this.#steps.write({ words: words.value, answers }, (reason) => {
        sending.disabled = false;
        refusal.textContent = reason;
        if (!reason) {
          forget();
        }
      });
    });
    return element(
      "div",
      { class: "ak-note-writing" },
      labelled(label, words),
      refusal,
      element("p", {}, sending),
    );
  }
}

/** @param {StaffNote} note */
function noteItem(note) {
  const who = note.from_staff ? "Staff" : "You";
  const how = note.in_confidence ? ", in confidence" : "";
  return element(
    "li",
    {},
    quiet("span", `${who}${how}, ${note.when}: `),
    element("span", { class: "ak-words", text: note.words || "read, without an answer" }),
  );
}

/**
 * @param {Criterion[]} criteria
 * @returns {{ label: string, of: (words: MemberWords) => string }[]}
 */
function parts(criteria) {
  return [
    { label: "What I liked", of: (words) => words.liked ?? "" },
    { label: "Advice", of: (words) => words.advice ?? "" },
    ...criteria.map(({ code, label }) => ({
      label,
      /** @param {MemberWords} words */
      of: (words) => words.comments?.[code] ?? "",
    })),
  ];
}
