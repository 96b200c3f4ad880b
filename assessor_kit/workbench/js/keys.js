// The keys of the screen. Single keys can be switched off: for people who dictate, one spoken word
// would press a dozen of them.

import { element } from "./dom.js";
import { rememberSingleKeys, singleKeysAreOn } from "./keeping.js";
import { openPanel } from "./panels.js";

/**
 * What the keys do. All but those in `anywhere`, and undo, need an open return.
 *
 * @typedef {object} KeySteps
 * @property {() => boolean} isOpen  returns whether a return is open
 * @property {() => void} save
 * @property {() => void} undo
 * @property {() => void} redo
 * @property {() => void} leaveComment
 * @property {(place: number) => boolean} chooseLevel  returns whether there is such a level
 * @property {(step: 1 | -1) => void} moveInActivities
 * @property {Record<string, () => void>} anywhere
 * @property {Record<string, () => void>} ofReturn
 */

const HELP = [
  ["1 to 9", "choose a level or, at Outcome, an outcome"],
  ["0", "set the points that have no level yet to sound"],
  ["j, k", "next and previous point; after the last one, Outcome and the texts"],
  ["c", "comment; Esc leaves it"],
  ["Enter", "save (Ctrl+Enter in a comment)"],
  ["Shift+S", "submit"],
  ["u, Shift+U", "undo, as often as you like; and redo"],
  ["f", "show the activities behind the point"],
  ["a", "go through the activities; ↑ ↓ move, e changes how one is read"],
  ["/", "find words in the return; Enter goes on, Esc leaves"],
  ["n", "next return still to do"],
  ["r", "my returns"],
  ["p", "preview the feedback"],
  ["t, Shift+T", "next and previous step of the guided tour"],
  ["?", "show these keys"],
];
const WITHOUT_TYPING = new Set(["radio", "checkbox"]);
const PRESSED_BY_ENTER = new Set(["BUTTON", "SUMMARY", "A"]);

/** Listens to the keys of the screen, and explains them. */
export class Keys {
  #steps;
  #singleKeysAreOn = singleKeysAreOn();

  /**
   * @param {HTMLElement} root
   * @param {KeySteps} steps
   */
  constructor(root, steps) {
    this.#steps = steps;
    root.addEventListener("keydown", (event) => this.#pressed(event));
  }

  /**
   * Opens the list of keys, where single keys are switched on and off.
   *
   * @param {HTMLElement} root
   */
  openHelp(root) {
    const single = element("input", {
      type: "checkbox",
      checked: this.#singleKeysAreOn,
      onchange: () => {
        this.#singleKeysAreOn = single.checked;
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
      root,
      "Keys",
      element("dl", { class: "ak-keys" }, ...keys),
      element("p", {}, element("label", { class: "ak-check-label" }, single, text)),
    );
  }

  /**
   * Under JupyterLab, Lumino listens in the bubbling phase: what stops here never reaches the
   * notebook's own keys.
   *
   * @param {KeyboardEvent} event
   */
  #pressed(event) {
    event.stopPropagation();
    const target = event.target;
    if (event.defaultPrevented || event.isComposing || !(target instanceof Element)) {
      return;
    }
    if (this.#answers(event, target)) {
      event.preventDefault();
    }
  }

  /**
   * Does what a key stands for; returns whether it stands for anything.
   *
   * @param {KeyboardEvent} event
   * @param {Element} target
   * @returns {boolean}
   */
  #answers(event, target) {
    const isTyping = takesText(target);
    if (this.#answersAlways(event, target, isTyping)) {
      return true;
    }
    if (isTyping || event.ctrlKey || event.altKey || event.metaKey) {
      return false;
    }
    const isArrow = event.key === "ArrowDown" || event.key === "ArrowUp";
    if (isArrow && target.closest(".ak-activity")) {
      this.#steps.moveInActivities(event.key === "ArrowDown" ? 1 : -1);
      return true;
    }
    return this.#singleKeysAreOn && this.#answersSingle(event.key);
  }

  /**
   * Answers the keys that also work in a text field, or together with Ctrl.
   *
   * @param {KeyboardEvent} event
   * @param {Element} target
   * @param {boolean} isTyping
   * @returns {boolean}
   */
  #answersAlways(event, target, isTyping) {
    const { save, undo, redo, leaveComment } = this.#steps;
    const isOpen = this.#steps.isOpen();
    const hasControl = event.ctrlKey || event.metaKey;
    if (event.key === "Escape" && isTyping && isOpen) {
      leaveComment();
      return true;
    }
    if (event.key === "Enter" && event.shiftKey && !isTyping) {
      return true; // in a notebook it would run the cell
    }
    const isEnterToSave = event.ctrlKey || (!isTyping && !PRESSED_BY_ENTER.has(target.tagName));
    if (event.key === "Enter" && isOpen && isEnterToSave) {
      save();
      return true;
    }
    if (event.key.toLowerCase() === "z" && hasControl && !isTyping) {
      (event.shiftKey ? redo : undo)();
      return true;
    }
    if (event.key.toLowerCase() === "y" && hasControl && !isTyping) {
      redo();
      return true;
    }
    if (event.key === "s" && hasControl && isOpen) {
      save();
      return true;
    }
    return false;
  }

  /**
   * @param {string} key
   * @returns {boolean}
   */
  #answersSingle(key) {
    const { anywhere, ofReturn, chooseLevel } = this.#steps;
    const isOpen = this.#steps.isOpen();
    if (isOpen && /^[1-9]$/.test(key)) {
      return chooseLevel(Number(key) - 1);
    }
    const step = anywhere[key] ?? (isOpen ? ofReturn[key] : undefined);
    step?.();
    return step !== undefined;
  }
}

/** @param {Element} target */
function takesText(target) {
  if (target instanceof HTMLInputElement) {
    return !WITHOUT_TYPING.has(target.type);
  }
  return ["TEXTAREA", "SELECT"].includes(target.tagName);
}
