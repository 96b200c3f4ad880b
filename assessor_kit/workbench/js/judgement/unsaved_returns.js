// The returns with words that the store has refused or not answered for, and when they are sent
// again. Pauses grow, so that a full disk is not asked twenty times a minute.

const PAUSES = [2, 5, 10, 20, 40, 60]; // seconds from one attempt to the next

/**
 * One return that is not saved.
 *
 * @typedef {object} UnsavedReturn
 * @property {string} return_id
 * @property {string} name  as the assessor knows it
 * @property {string} reason  a sentence
 */

/** Knows which returns are not saved and why, and asks for the next attempt when it is due. */
export class UnsavedReturns {
  /** @type {Map<string, UnsavedReturn>} */
  #returns = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #attempts = 0;
  #sendAgain;
  #changed;

  /**
   * @param {object} steps
   * @param {() => void} steps.sendAgain  sends everything once more
   * @param {() => void} steps.changed  shows what `all` returns
   */
  constructor({ sendAgain, changed }) {
    this.#sendAgain = sendAgain;
    this.#changed = changed;
  }

  /** All of them, in the order in which they failed. */
  get all() {
    return [...this.#returns.values()];
  }

  /** @param {string} returnId */
  has(returnId) {
    return this.#returns.has(returnId);
  }

  /**
   * Notes that a return could not be saved, and plans the next attempt.
   *
   * @param {UnsavedReturn} unsaved
   */
  note(unsaved) {
    this.#returns.set(unsaved.return_id, unsaved);
    this.#plan();
    this.#changed();
  }

  /**
   * Notes that nothing of a return is left to be saved.
   *
   * @param {string} returnId
   */
  settle(returnId) {
    if (!this.#returns.delete(returnId)) {
      return;
    }
    // What hindered one hinders the others no longer.
    this.#attempts = 0;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#returns.size) {
      this.#plan();
    }
    this.#changed();
  }

  /** Sends everything once more, now. */
  tryNow() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#attempts = 0;
    this.#sendAgain();
    this.#plan();
  }

  /** Plans nothing more. */
  close() {
    clearTimeout(this.#timer);
  }

  #plan() {
    if (this.#timer !== undefined || !this.#returns.size) {
      return;
    }
    const pause = PAUSES[Math.min(this.#attempts, PAUSES.length - 1)];
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#attempts += 1;
      this.#sendAgain();
      this.#plan();
    }, pause * 1000);
  }
}
