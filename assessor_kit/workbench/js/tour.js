// The guided tour: a strip that explains the screen step by step, and the reference judgement that
// is shown after one's own.

import { button, element, tableOf } from "./dom.js";
import { openPanel } from "./panels.js";

/** @import { Reference, ReferenceRow } from "./messages.js" */

/**
 * What the tour has the screen do.
 *
 * @typedef {object} TourSteps
 * @property {() => void} leave  goes back to the assessor's own desk
 * @property {() => void} next  opens the next practice return
 * @property {() => void} again  opens the same return as if it had not been judged
 */

// Each step, with a selector for the part of the page that it explains; empty: none.
const STEPS = [
  {
    place: "",
    words:
      "Three invented returns to practise on. Nothing here is real, and nothing reaches staff.",
  },
  {
    place: ".ak-return header",
    words:
      "Each return opens with its field and its target. You never see who the member is, " +
      "or why a target is reduced.",
  },
  {
    place: ".ak-charts",
    words:
      "The charts show the hours by kind, by area, planned or not, and through the year. " +
      "A click on a bar shows what is in it; so does the list above the activities.",
  },
  {
    place: ".ak-activities",
    words:
      "Now read the activities. a goes through them, ↑ and ↓ move, e says how one should be read. " +
      "Long texts are folded; Enter opens them.",
  },
  {
    place: ".ak-point",
    words:
      "For each point the kit says what it found, and you judge: press 1 to 4. " +
      "j and k go to the next point and back, f shows the activities behind it, c writes a comment.",
  },
  {
    place: ".ak-status",
    words:
      "What you do is saved as you go, and this line says so. " +
      "u takes a change back, as often as you like.",
  },
  {
    place: ".ak-writing",
    words: "Say what you liked and what you advise. p shows it as the member will read it.",
  },
  {
    place: ".ak-submit",
    words:
      "Judge every point, choose an outcome and submit. " +
      "Then you see how experienced assessors judged this return, and why. n brings the next one.",
  },
];
const KEYS_OF_THE_TOUR = " t goes on, Shift+T goes back.";

/** The strip of the guided tour, hidden where the desk is the assessor's own. */
export class Tour {
  #root;
  #steps;
  #step = -1;
  #text = element("p", { role: "status", class: "ak-tour-text" });
  #back = button("Back", () => this.#goTo(this.#step - 1), { class: "ak-quiet-button" });
  #onwards = button("Next step", () => this.#goTo(this.#step + 1));
  #leave;

  /**
   * @param {HTMLElement} root
   * @param {TourSteps} steps
   */
  constructor(root, steps) {
    this.#root = root;
    this.#steps = steps;
    this.#leave = button("Leave the tour", steps.leave, { class: "ak-quiet-button" });
    const buttons = element("div", { class: "ak-row" }, this.#back, this.#onwards, this.#leave);
    this.box = element(
      "section",
      { class: "ak-tour", "aria-label": "Guided tour", hidden: true },
      this.#text,
      buttons,
    );
  }

  /**
   * Shows or hides the strip.
   *
   * @param {boolean} isPractice  whether the desk is that of the tour
   * @param {boolean} canLeave  whether there is another to go back to
   */
  show(isPractice, canLeave) {
    this.#leave.hidden = !canLeave;
    if (isPractice === !this.box.hidden) {
      return;
    }
    this.box.hidden = !isPractice;
    if (isPractice) {
      this.#goTo(0);
    } else {
      this.#step = -1;
      this.#unmark();
    }
  }

  /** Goes to the next step, where the tour is shown. */
  goOnwards = () => {
    if (!this.box.hidden) {
      this.#goTo(this.#step + 1);
    }
  };

  /** Goes to the step before, where the tour is shown. */
  goBackwards = () => {
    if (!this.box.hidden) {
      this.#goTo(this.#step - 1);
    }
  };

  /**
   * Opens the comparison of the assessor's judgement with the reference.
   *
   * @param {Reference} reference
   */
  compare(reference) {
    /** @param {() => void} step */
    const closeAnd = (step) => () => {
      panel.close();
      step();
    };
    const next = button("Next example", closeAnd(this.#steps.next), { class: "ak-primary" });
    const again = button("Judge this one again", closeAnd(this.#steps.again));
    const rows = reference.rows.map(comparedRow);
    const body = element("tbody", {}, ...rows, comparedOutcome(reference));
    const panel = openPanel(
      this.#root,
      "How experienced assessors judged this return",
      element("p", {
        text:
          `You chose the same level on ${reference.same} of ${reference.of} points. ` +
          "Where you differ, read why; there is room for judgement.",
      }),
      tableOf(["Point", "You", "They", "Why"], body, { class: "ak-compared" }),
      element("p", { class: "ak-row" }, next, again),
    );
  }

  #unmark() {
    this.#root.querySelectorAll(".ak-shown").forEach((one) => one.classList.remove("ak-shown"));
  }

  /** @param {number} step */
  #goTo(step) {
    this.#unmark();
    this.#step = Math.max(0, Math.min(STEPS.length - 1, step));
    const { place, words } = STEPS[this.#step];
    this.#text.replaceChildren(
      element("strong", { text: `Step ${this.#step + 1} of ${STEPS.length}. ` }),
      words,
      this.#step === 0 ? KEYS_OF_THE_TOUR : "",
    );
    this.#back.disabled = this.#step === 0;
    this.#onwards.disabled = this.#step === STEPS.length - 1;
    const target = place ? this.#root.querySelector(place) : null;
    target?.classList.add("ak-shown");
    target?.scrollIntoView({ block: "nearest" });
  }
}

/** @param {ReferenceRow} row */
function comparedRow({ label, mine, reference, same, why }) {
  return element(
    "tr",
    {},
    element("th", { scope: "row", text: label }),
    element("td", { text: mine }),
    element("td", { class: same ? "ak-quiet" : "ak-other", text: same ? "the same" : reference }),
    element("td", { text: why }),
  );
}

/** @param {Reference} reference */
function comparedOutcome({ mine, reference, advice }) {
  return element(
    "tr",
    {},
    element("th", { scope: "row", text: "Outcome" }),
    element("td", { text: mine }),
    element("td", { text: reference }),
    element("td", { text: `They wrote: “${advice}”` }),
  );
}
