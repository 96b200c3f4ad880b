// The page on paper: folded texts are open, and what stands in a field is printed whole.

import { element } from "./dom.js";

/**
 * Prepares a screen for print, and puts it back afterwards.
 *
 * @param {HTMLElement} root
 * @returns {() => void} stops doing so
 */
export function preparePrinting(root) {
  /** @type {(() => void)[]} */
  let undo = [];
  const before = () => {
    after();
    /** @type {NodeListOf<HTMLDetailsElement>} */
    const folds = root.querySelectorAll(".ak-fold:not([open]), .ak-notes:not([open])");
    for (const fold of folds) {
      fold.open = true;
      undo.push(() => {
        fold.open = false;
      });
    }
    /** @type {NodeListOf<HTMLTextAreaElement | HTMLInputElement>} */
    const fields = root.querySelectorAll(".ak-form textarea, .ak-form input[type=text]");
    for (const field of fields) {
      const copy = element("span", { class: "ak-printed ak-words", text: field.value });
      field.after(copy);
      undo.push(() => copy.remove());
    }
  };
  const after = () => {
    undo.forEach((step) => step());
    undo = [];
  };
  window.addEventListener("beforeprint", before);
  window.addEventListener("afterprint", after);
  return () => {
    window.removeEventListener("beforeprint", before);
    window.removeEventListener("afterprint", after);
  };
}
