// What this browser remembers. If it forbids storage, only the page itself holds what is typed.

/** @import { JudgementState } from "./messages.js" */

/**
 * What the store has not acknowledged of one return.
 *
 * @typedef {object} Kept
 * @property {string} [name]  the return as the assessor knows it
 * @property {number} version  the version that was acknowledged last
 * @property {JudgementState} state
 * @property {string[]} sent  what was sent since, as stable texts
 */

const DRAFT = "assessor-kit-draft";
const SINGLE_KEYS = "assessor-kit single keys";

/**
 * @template Value
 * @param {() => Value} step
 * @returns {Value | null}
 */
function tried(step) {
  try {
    return step();
  } catch {
    return null;
  }
}

/** Returns whether single keys are on, as this browser remembers. */
export function singleKeysAreOn() {
  return tried(() => localStorage.getItem(SINGLE_KEYS)) !== "off";
}

/**
 * Remembers whether single keys are on.
 *
 * @param {boolean} on
 */
export function rememberSingleKeys(on) {
  tried(() => localStorage.setItem(SINGLE_KEYS, on ? "on" : "off"));
}

/**
 * Returns what was typed for a purpose and not sent, or nothing.
 *
 * @param {string} purpose
 */
export function draftFor(purpose) {
  return tried(() => sessionStorage.getItem(`${DRAFT} ${purpose}`));
}

/**
 * Keeps what is typed for a purpose, in this tab only; an empty text is forgotten.
 *
 * @param {string} purpose
 * @param {string} text
 */
export function rememberDraft(purpose, text) {
  const key = `${DRAFT} ${purpose}`;
  tried(() => (text ? sessionStorage.setItem(key, text) : sessionStorage.removeItem(key)));
}

/** Returns the purposes for which something is typed and not sent, each as it can be named. */
export function draftPurposes() {
  const keys = tried(() => Object.keys(sessionStorage)) ?? [];
  const prefix = `${DRAFT} `;
  return keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
}

/** Keeps what the store has not acknowledged yet, in this tab only and until the tab is closed. */
export class Keeping {
  /**
   * @param {string} desk  whose desk the return lies on
   * @param {string} returnId
   * @param {Kept} kept
   */
  keep(desk, returnId, kept) {
    tried(() => sessionStorage.setItem(keptUnder(desk, returnId), JSON.stringify(kept)));
  }

  /**
   * @param {string} desk
   * @param {string} returnId
   * @returns {Kept | null}
   */
  find(desk, returnId) {
    return tried(() => JSON.parse(sessionStorage.getItem(keptUnder(desk, returnId)) ?? "null"));
  }

  /**
   * Returns the returns of a desk of which something is kept.
   *
   * @param {string} desk
   * @returns {string[]}
   */
  returnsOf(desk) {
    const prefix = keptUnder(desk, "");
    const keys = tried(() => Object.keys(sessionStorage)) ?? [];
    return keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  }

  /**
   * @param {string} desk
   * @param {string} returnId
   */
  forget(desk, returnId) {
    tried(() => sessionStorage.removeItem(keptUnder(desk, returnId)));
  }
}

/**
 * @param {string} desk
 * @param {string} returnId
 */
function keptUnder(desk, returnId) {
  return `assessor-kit ${desk} ${returnId}`;
}
