// The keys of the moderator's page. Single keys can be switched off, as on the assessor's screen.

import { element } from "../dom.js";
import { rememberSingleKeys, singleKeysAreOn } from "../keeping.js";
import { openPanel } from "../panels.js";

/**
 * What the keys do.
 *
 * @typedef {object} ModerationSteps
 * @property {(side: number) => void} take
 * @property {() => void} send
 * @property {() => void} leaveText
 * @property {Record<string, () => void>} single
 */

const HELP = [
  ["1, 2", "take the point from the first or the second column, and go on"],
  ["a, b", "take everything from the first or the second column"],
  ["j, k", "next and previous point"],
  ["c", "write the words that the member reads; Esc leaves them"],
  ["w", "write why it is agreed so; Esc leaves it"],
  ["Shift+S", "record what is agreed (Ctrl+Enter in a text)"],
  ["n", "open the next return that waits"],
  ["l", "back to the list"],
  ["?", "show these keys"],
];

/** Listens to the keys of the page, and explains them. */
export class ModerationKeys {
  #steps;
  #root;
  #areOn = singleKeysAreOn();

  /**
   * @param {HTMLElement} root
   * @param {ModerationSteps} steps
   */
  constructor(root, steps) {
    this.#root = root;
    this.#steps = steps;
    root.addEventListener("keydown", (event) => this.#pressed(event));
  }

  /** Opens the list of keys. */
  openHelp() {
    const single = element("input", {
      type: "checkbox",
      checked: this.#areOn,
      onchange: () => {
        this.#areOn = single.checked;
        rememberSingleKeys(single.checked);
      },
    });
    const text = element("span", {
      text: "Single keys are on. This browser remembers your choice.",
    });
    const keys = HELP.flatMap(([key, meaning]) => [
      element("dt", { text: key }),
      element("dd", { text: meaning }),
    ]);
    openPanel(
      this.#root,
      "Keys",
      element("dl", { class: "ak-keys" }, ...keys),
      element("p", {}, element("label", { class: "ak-check-label" }, single, text)),
    );
  }

  /**
   * What stops here never reaches the notebook's own keys, which delete cells.
   *
   * @param {KeyboardEvent} event
   */
  #pressed(event) {
    event.stopPropagation();
    const { target } = event;
    if (event.defaultPrevented || event.isComposing || !(target instanceof Element)) {
      return;
    }
    if (this.#answers(event, takesText(target))) {
      event.preventDefault();
    }
  }

  /**
   * @param {KeyboardEvent} event
   * @param {boolean} isTyping
   */
  #answers(event, isTyping) {
    const { take, send, leaveText, single } = this.#steps;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      send();
      return true;
    }
    if (event.key === "Enter" && event.shiftKey && !isTyping) {
      return true; // in a notebook it would run the cell
    }
    if (event.key === "Escape" && isTyping) {
      leaveText();
      return true;
    }
    if (isTyping || event.ctrlKey || event.altKey || event.metaKey || !this.#areOn) {
      return false;
    }
    if (event.key === "1" || event.key === "2") {
      take(Number(event.key) - 1);
      return true;
    }
    const step = single[event.key];
    step?.();
    return step !== undefined;
  }
}

/** @param {Element} target */
function takesText(target) {
  if (target instanceof HTMLInputElement) {
    return target.type !== "radio" && target.type !== "checkbox";
  }
  return ["TEXTAREA", "SELECT"].includes(target.tagName);
}
