// The warning that stands as long as something is not saved. It names the returns, says why, and
// offers to try again and to look at the words.

import { button, element } from "./dom.js";
import { openPanel } from "./panels.js";

/** @import { UnsavedReturn } from "./judgement/unsaved_returns.js" */
/** @import { JudgementState, Setup } from "./messages.js" */

/**
 * What the warning can do.
 *
 * @typedef {object} WarningSteps
 * @property {() => void} tryNow
 * @property {(returnId: string) => void} open
 * @property {(returnId: string) => void} discard
 * @property {(returnId: string) => JudgementState | undefined} words
 * @property {() => Setup} setup
 */

/** Names the returns that are not saved. */
export class UnsavedWarning {
  #steps;
  #root;
  #text = element("p", { class: "ak-unsaved-text", role: "alert" });

  /**
   * @param {HTMLElement} root
   * @param {WarningSteps} steps
   */
  constructor(root, steps) {
    this.#root = root;
    this.#steps = steps;
    this.box = element(
      "section",
      { class: "ak-unsaved", "aria-label": "Not saved", hidden: true },
      this.#text,
      button("Try now", () => this.#steps.tryNow(), { class: "ak-try-now" }),
      button("Show these words", () => this.#openWords()),
    );
    /** @type {UnsavedReturn[]} */
    this.returns = [];
  }

  /** @param {UnsavedReturn[]} returns */
  show(returns) {
    this.returns = returns;
    this.box.hidden = returns.length === 0;
    const text = returns.length ? warningText(returns) : "";
    // The same text once more would be announced once more.
    if (this.#text.textContent !== text) {
      this.#text.textContent = text;
    }
  }

  #openWords() {
    const panel = openPanel(
      this.#root,
      "What is not saved",
      ...this.returns.map((one) => this.#wordsOf(one, () => panel.close())),
    );
    panel.classList.add("ak-wide");
  }

  /**
   * @param {UnsavedReturn} one
   * @param {() => void} close
   */
  #wordsOf(one, close) {
    const text = asText(this.#steps.setup(), this.#steps.words(one.return_id));
    const words = element("textarea", {
      class: "ak-unsaved-words",
      readonly: true,
      rows: "6",
      "aria-label": `Words on ${one.name}`,
      value: text,
    });
    const copied = element("span", { role: "status" });
    const copy = () => {
      words.select();
      // The clipboard is only there over HTTPS or on this machine; the old way works everywhere.
      copied.textContent = document.execCommand("copy") ? "Copied" : "Press Ctrl+C to copy.";
    };
    const open = () => {
      close();
      this.#steps.open(one.return_id);
    };
    const discard = (/** @type {Event} */ event) => {
      const pressed = /** @type {HTMLButtonElement} */ (event.currentTarget);
      if (pressed.dataset.sure) {
        close();
        this.#steps.discard(one.return_id);
        return;
      }
      pressed.dataset.sure = "yes";
      pressed.textContent = "Discard them for good";
    };
    return element(
      "section",
      { "aria-label": one.name },
      element("h3", { text: one.name }),
      element("p", { text: one.reason }),
      words,
      element(
        "p",
        { class: "ak-row" },
        button("Copy these words", copy),
        button("Open this return", open),
        button("Discard these words", discard, { class: "ak-quiet-button" }),
        copied,
      ),
    );
  }
}

/**
 * Asks whether to stay with what is not saved or to go on.
 *
 * @param {HTMLElement} root
 * @param {UnsavedReturn[]} returns
 * @param {{ tryNow: () => void, goOn: () => void }} steps
 */
export function askBeforeLeaving(root, returns, { tryNow, goOn }) {
  const after = (/** @type {() => void} */ step) => () => {
    panel.close();
    step();
  };
  const panel = openPanel(
    root,
    "Not saved yet",
    element("p", { text: warningText(returns) }),
    element(
      "p",
      { class: "ak-row" },
      button("Stay and try again", after(tryNow), { class: "ak-primary" }),
      button("Go on and keep trying", after(goOn)),
    ),
  );
}

/** @param {UnsavedReturn[]} returns */
function warningText(returns) {
  const names = returns.map((one) => one.name).join(", ");
  const reasons = [...new Set(returns.map((one) => one.reason))].join(" ");
  return `Not saved: ${names}. ${reasons} Your words are kept in this tab and sent again by themselves.`;
}

/**
 * @param {Setup} setup
 * @param {JudgementState | undefined} state
 */
function asText(setup, state) {
  if (!state) {
    return "";
  }
  const points = (setup.criteria ?? []).flatMap(({ code, label }) => [
    state.levels[code] ? `${label}: ${labelOf(setup.levels, state.levels[code])}` : "",
    state.comments[code] ?? "",
    state.disagreements[code] ?? "",
  ]);
  const rest = [
    state.outcome ? `Outcome: ${labelOf(setup.outcomes, state.outcome)}` : "",
    state.liked ? `What I liked: ${state.liked}` : "",
    state.advice ? `Advice to the member: ${state.advice}` : "",
    state.private_note ? `Private note: ${state.private_note}` : "",
  ];
  return [...points, ...rest].filter(Boolean).join("\n");
}

/**
 * @param {{ code: string, label: string }[]} choices
 * @param {string} code
 */
function labelOf(choices, code) {
  return choices.find((one) => one.code === code)?.label ?? code;
}
