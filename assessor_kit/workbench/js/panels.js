// Panels: what opens over the screen. The focus moves to the panel's heading, so that a key meant
// for the page below presses nothing, and moves back when the panel closes.

import { button, element, quiet } from "./dom.js";
import { draftFor, rememberDraft } from "./keeping.js";

/** @import { Child } from "./dom.js" */

/**
 * Opens a panel over the screen and moves the focus into it.
 *
 * @param {HTMLElement} root
 * @param {string} title
 * @param {...Child} children
 * @returns {HTMLDialogElement}
 */
export function openPanel(root, title, ...children) {
  const focusedBefore = root.ownerDocument.activeElement;
  const id = `ak-panel-${Math.random().toString(36).slice(2)}`;
  const heading = element("h2", { id, text: title, tabindex: "-1", autofocus: true });
  const close = button("Close", () => panel.close(), { class: "ak-quiet-button" });
  const panel = element(
    "dialog",
    { class: "ak-panel", "aria-labelledby": id },
    element("div", { class: "ak-panel-head" }, heading, close),
    ...children,
  );
  panel.addEventListener("close", () => {
    panel.remove();
    giveFocusBack(root, focusedBefore);
  });
  panel.addEventListener("keydown", (event) => event.stopPropagation());
  root.append(panel);
  panel.showModal();
  heading.focus();
  return panel;
}

/**
 * @param {HTMLElement} root
 * @param {Element | null} focusedBefore
 */
function giveFocusBack(root, focusedBefore) {
  const stillThere = focusedBefore?.isConnected && focusedBefore !== document.body;
  if (stillThere && (focusedBefore instanceof HTMLElement || focusedBefore instanceof SVGElement)) {
    focusedBefore.focus();
  } else {
    root.dispatchEvent(new Event("ak-lost-focus"));
  }
}

/**
 * Makes a field with its label before it and, if there is one, a note after it.
 *
 * @param {string} label
 * @param {HTMLElement} field
 * @param {string} [note]
 */
export function labelled(label, field, note) {
  return element(
    "p",
    { class: "ak-field" },
    element("label", {}, element("span", { text: label }), field),
    note ? quiet("span", note) : null,
  );
}

/**
 * Keeps what is typed into a field of a panel until it is sent, so that a panel that was closed by
 * accident opens again as it was.
 *
 * @param {HTMLInputElement | HTMLTextAreaElement} field
 * @param {string} purpose  names what it is typed for, in words that the screen can show
 * @returns {() => void} forgets it
 */
export function keepDraft(field, purpose) {
  field.value = draftFor(purpose) ?? field.value;
  field.addEventListener("input", () => rememberDraft(purpose, field.value));
  return () => rememberDraft(purpose, "");
}
