// What an assessor tells staff about a return: that somebody else should have it, or a worry.

import { button, choiceBox, element } from "./dom.js";
import { keepDraft, labelled, openPanel } from "./panels.js";

/** @import { Choice } from "./messages.js" */

/**
 * Sends words to staff, and calls back with why they did not arrive, or with an empty text.
 *
 * @template Words
 * @typedef {(words: Words, answered: (refusal: string) => void) => void} Send
 */

/**
 * Opens the panel in which a return is handed back.
 *
 * @param {HTMLElement} root
 * @param {{ name: string, reasons: Choice[] }} about  `name`: the return as the assessor knows it
 * @param {Send<{ reason: string, words: string }>} handBack
 */
export function openHandBack(root, { name, reasons }, handBack) {
  const why = choiceBox("Why", reasons, reasons[0].code, () => {});
  const words = element("textarea", {
    rows: "2",
    "aria-label": "A word to staff, if you like",
  });
  const forget = keepDraft(words, `your words on handing back ${name}`);
  const refusal = refusalLine();
  const send = button(
    "Hand it back",
    () => {
      send.disabled = true;
      handBack(
        { reason: why.value, words: words.value },
        closing(() => panel, send, refusal, forget),
      );
    },
    { class: "ak-primary" },
  );
  const panel = openPanel(
    root,
    "Hand this return back",
    element("p", { text: "Staff will give it to somebody else. What you wrote stays in the log." }),
    labelled("Why", why),
    labelled("A word to staff, if you like", words),
    refusal,
    element("p", {}, send),
  );
  why.focus();
}

/**
 * Opens the panel in which staff are told something in confidence.
 *
 * @param {HTMLElement} root
 * @param {{ name: string }} about  the return as the assessor knows it
 * @param {Send<{ words: string }>} tellStaff
 */
export function openWorry(root, { name }, tellStaff) {
  const words = element("textarea", { rows: "4", "aria-label": "What worries you" });
  const forget = keepDraft(words, `your words to staff in confidence on ${name}`);
  const refusal = refusalLine();
  const send = button(
    "Send to staff",
    () => {
      if (!words.value.trim()) {
        words.focus();
        return;
      }
      send.disabled = true;
      tellStaff(
        { words: words.value },
        closing(() => panel, send, refusal, forget),
      );
    },
    { class: "ak-primary" },
  );
  const panel = openPanel(
    root,
    "Tell staff in confidence",
    element("p", { text: "Only staff can read this; it is not part of the judgement." }),
    labelled("What worries you", words),
    refusal,
    element("p", {}, send),
  );
  words.focus();
}

function refusalLine() {
  return element("p", { class: "ak-wrong", role: "alert" });
}

/**
 * Returns what happens once the words have arrived or not: the panel closes, or says why not and
 * keeps them.
 *
 * @param {() => HTMLDialogElement} panel
 * @param {HTMLButtonElement} send
 * @param {HTMLElement} refusal
 * @param {() => void} forget
 * @returns {(reason: string) => void}
 */
function closing(panel, send, refusal, forget) {
  return (reason) => {
    refusal.textContent = reason;
    send.disabled = false;
    if (!reason) {
      forget();
      panel().close();
    }
  };
}
