// What waits for a moderator: a list with a search and a choice of kind, never the whole of a long one.

import { button, choiceBox, element, quiet, tableOf } from "../dom.js";

/** @import { Listing, ListMessage, Row } from "./messages.js" */

/** The list of what waits. */
export class WaitingList {
  box = element("section", { class: "ak-moderation-list", "aria-label": "What waits" });
  #ask;
  #open;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #typing;

  /**
   * @param {(message: ListMessage) => void} ask
   * @param {(returnId: string) => void} open
   */
  constructor(ask, open) {
    this.#ask = ask;
    this.#open = open;
  }

  /** @param {Listing} listing */
  show(listing) {
    const focused = document.activeElement;
    const label = focused && this.box.contains(focused) ? focused.getAttribute("aria-label") : "";
    const { rows, found, start, shown, asked, kinds } = listing;
    const search = element("input", {
      type: "search",
      "aria-label": "Search for a return",
      placeholder: "Search",
      value: asked.search,
      oninput: () => this.#searchSoon(search.value),
    });
    const only = choiceBox("What to list", kinds, asked.only, (code) =>
      this.#ask({ kind: "list", only: code, start: 0 }),
    );
    const body = element("tbody", {}, ...rows.map((row) => this.#row(row)));
    const table = tableOf(["Return", "What", "Since"], body);
    const shownParts = [
      element("div", { class: "ak-row" }, only, search),
      rows.length ? table : element("p", { text: "Nothing waits here." }),
      this.#pages(found, start, shown),
    ];
    this.box.replaceChildren(...shownParts.filter((one) => one !== null));
    if (label) {
      const again = this.box.querySelector(`[aria-label="${CSS.escape(label)}"]`);
      if (again instanceof HTMLElement) {
        again.focus();
      }
    }
  }

  /** Moves the focus to the first return of the list, or to the choice of kind. */
  focus() {
    const target = this.box.querySelector(".ak-open") ?? this.box.querySelector("select");
    if (target instanceof HTMLElement) {
      target.focus();
    }
  }

  /**
   * Opens the return after the one that is open; returns whether there is one.
   *
   * @param {Row[]} rows
   * @param {string} returnId
   */
  openNext(rows, returnId) {
    const others = rows.filter((row) => row.return_id !== returnId);
    if (!others.length) {
      return false;
    }
    this.#open(others[0].return_id);
    return true;
  }

  /** @param {Row} row */
  #row(row) {
    const open = button(row.return, () => this.#open(row.return_id), {
      class: "ak-open",
      "aria-label": `Open ${row.return}: ${row.kind}`,
    });
    const what = element("td", {}, element("strong", { text: row.kind }), quiet("p", row.sentence));
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, open),
      what,
      element("td", { text: row.since }),
    );
  }

  /**
   * @param {number} found
   * @param {number} start
   * @param {number} shown
   */
  #pages(found, start, shown) {
    if (found <= shown) {
      return null;
    }
    const last = Math.min(start + shown, found);
    const earlier = button(
      "Earlier ones",
      () => this.#ask({ kind: "list", start: Math.max(0, start - shown) }),
      { disabled: start === 0 },
    );
    const later = button("More", () => this.#ask({ kind: "list", start: start + shown }), {
      disabled: last >= found,
    });
    return element(
      "p",
      { class: "ak-row" },
      earlier,
      later,
      quiet("span", `${start + 1} to ${last} of ${found}`),
    );
  }

  /** @param {string} search */
  #searchSoon(search) {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.#ask({ kind: "list", search, start: 0 }), 250);
  }
}
