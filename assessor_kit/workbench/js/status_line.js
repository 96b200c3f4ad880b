// The line above the judgement that says what is saved. It is always in sight.

import { button, element } from "./dom.js";

/**
 * The tone of a text, the remedy that it offers, and the function that shows it.
 *
 * @typedef {"good" | "busy" | "bad"} Tone
 * @typedef {"" | "reload"} Remedy
 * @typedef {(text: string | undefined, tone?: Tone, remedy?: Remedy) => void} Say
 */

// Milliseconds before a screen reader announces that all is saved: while somebody types, it would
// never stop announcing.
const SETTLED = 800;

/** Shows every text at once, but announces only what is settled or wrong. */
export class StatusLine {
  /** Whether the assessor has chosen to load the page again. */
  reloadChosen = false;
  /** Whether a judgement is not saved: while that is so, nothing here is green. */
  hasUnsaved = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #calm;
  #text = element("p", { class: "ak-status" });
  #reload = button("Load the page again", () => this.#loadAgain(), {
    class: "ak-reload",
    hidden: true,
  });

  constructor() {
    this.box = element("div", { class: "ak-saying" }, this.#text, this.#reload);
    this.polite = element("div", { role: "status", class: "ak-heard" });
    this.urgent = element("div", { role: "alert", class: "ak-heard" });
  }

  /**
   * Shows a text; an empty one changes nothing.
   *
   * @type {Say}
   */
  say = (text, tone = "good", remedy = "") => {
    if (!text) {
      return;
    }
    this.#text.textContent = text;
    this.#text.dataset.tone = tone === "good" && this.hasUnsaved ? "busy" : tone;
    this.#reload.hidden = remedy !== "reload";
    clearTimeout(this.#calm);
    if (tone === "bad") {
      // The same text once more would be announced once more.
      if (this.urgent.textContent !== text) {
        this.urgent.textContent = text;
      }
      this.polite.textContent = "";
      return;
    }
    this.urgent.textContent = "";
    if (tone === "good") {
      this.#calm = setTimeout(() => {
        this.polite.textContent = text;
      }, SETTLED);
    }
  };

  #loadAgain() {
    this.reloadChosen = true;
    location.reload();
  }
}
