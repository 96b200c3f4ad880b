// My returns: a few rows of the table at a time; the rest stay with the program.

import { button, choiceBox, element, quiet } from "./dom.js";

/** @import { ListedReturn, Listing, ListRequest } from "./messages.js" */
/** @import { Link } from "./saving.js" */

const COLUMNS = [
  { key: "return", label: "Return" },
  { key: "discipline", label: "Field" },
  { key: "", label: "Marking" },
  { key: "state", label: "State" },
  { key: "due", label: "Due" },
];
const SHOWN = [
  { code: "season", label: "This season" },
  { code: "waiting", label: "Still to do" },
  { code: "not started", label: "Not started" },
  { code: "draft", label: "Draft" },
  { code: "submitted", label: "Submitted" },
  { code: "earlier", label: "Earlier seasons" },
  { code: "all", label: "All seasons" },
];
const TYPING = 150; // milliseconds without a key before a search is sent
/** @type {Record<string, number>} */
const ARROWS = { ArrowDown: 1, ArrowUp: -1 };
/** @type {Record<string, number>} */
const ARROWS_AND_LETTERS = { ...ARROWS, j: 1, k: -1 };

/** The table of the assessor's returns. The program searches, sorts and pages it. */
export class ReturnsTable {
  #link;
  #open;
  /** @type {ListRequest} */
  #asked = { search: "", order: "mine", only: "season", start: 0 };
  /** @type {Listing | null} */
  #listing = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #body = element("tbody");
  #range = element("p", { class: "ak-quiet", role: "status" });
  #search = element("input", {
    type: "search",
    "aria-label": "Search my returns",
    placeholder: "Search",
    oninput: () => this.#searchLater(),
  });
  #heads = COLUMNS.map(({ key, label }) =>
    element("th", { scope: "col" }, key ? this.#sortButton(key, label) : label),
  );
  #earlier = button("Earlier rows", () => this.#turn(-1));
  #later = button("Later rows", () => this.#turn(1));
  #turning = element("p", { class: "ak-row" }, this.#earlier, this.#later);

  /**
   * @param {object} parts
   * @param {Link} parts.link
   * @param {(returnId: string) => void} parts.open  opens a return
   */
  constructor({ link, open }) {
    this.#link = link;
    this.#open = open;
    const only = choiceBox("Show", SHOWN, "season", (code) => this.#ask({ only: code, start: 0 }));
    const table = element(
      "table",
      {},
      element("caption", { text: "Choose a return to open it" }),
      element("thead", {}, element("tr", {}, ...this.#heads)),
      this.#body,
    );
    const choosing = element("div", { class: "ak-row" }, this.#search, only, this.#range);
    this.box = element("div", { class: "ak-returns" }, choosing, table, this.#turning);
    this.box.addEventListener("keydown", (event) => this.#moveByKey(event));
  }

  /**
   * Shows the rows that the program has chosen.
   *
   * @param {Listing} listing
   * @param {string} openId  the return that is open
   */
  show(listing, openId) {
    this.#listing = listing;
    this.#asked = { ...this.#asked, ...listing.asked };
    const focusedId = this.#buttons.find((one) => one === document.activeElement)?.dataset.id;
    this.#body.replaceChildren(
      ...listing.rows.map((row) => this.#row(row, row.return_id === openId)),
    );
    this.#showOrder();
    const { found, start, shown } = listing;
    this.#earlier.disabled = start === 0;
    this.#later.disabled = start + shown >= found;
    this.#turning.hidden = found <= shown;
    this.#range.textContent = found
      ? `Rows ${start + 1} to ${Math.min(found, start + shown)} of ${found}`
      : "No return matches.";
    if (focusedId) {
      this.#buttons.find((one) => one.dataset.id === focusedId)?.focus();
    }
  }

  /** Moves the focus to the return that is open, or to the first. */
  focus() {
    /** @type {HTMLButtonElement | null} */
    const open = this.#body.querySelector("[aria-current] button");
    const target = open ?? this.#buttons[0] ?? this.#search;
    target.focus();
  }

  get #buttons() {
    return [...this.#body.querySelectorAll("button")];
  }

  /** @param {Partial<ListRequest>} change */
  #ask(change) {
    this.#asked = { ...this.#asked, ...change };
    this.#link.ask({ kind: "list", ...this.#asked });
  }

  #searchLater() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask({ search: this.#search.value, start: 0 }), TYPING);
  }

  /** @param {1 | -1} step */
  #turn(step) {
    if (this.#listing) {
      const { start, shown } = this.#listing;
      this.#ask({ start: Math.max(0, start + step * shown) });
    }
  }

  /**
   * @param {string} key
   * @param {string} label
   */
  #sortButton(key, label) {
    const sort = () => {
      const order = this.#asked.order === key ? `-${key}` : key;
      this.#ask({ order, start: 0 });
    };
    return button(label, sort, { class: "ak-sort" });
  }

  #showOrder() {
    COLUMNS.forEach(({ key }, place) => {
      if (key) {
        this.#heads[place].setAttribute("aria-sort", direction(key, this.#asked.order));
      }
    });
  }

  /**
   * @param {ListedReturn} row
   * @param {boolean} isOpen
   */
  #row(row, isOpen) {
    const open = button(row.return, () => this.#open(row.return_id), {
      class: "ak-open",
      "data-id": row.return_id,
    });
    const state = element("span", {
      class: "ak-state",
      "data-state": row.state,
      text: row.state,
    });
    return element(
      "tr",
      { "aria-current": isOpen ? "true" : null },
      element("th", { scope: "row" }, open),
      element("td", { text: `${row.discipline}, CPD of ${row.cpd_year}` }),
      element("td", { text: row.marking }),
      element(
        "td",
        {},
        state,
        row.call ? element("span", { class: "ak-call", text: row.call }) : null,
        row.news ? quiet("p", row.news) : null,
      ),
      element("td", { text: row.due }),
    );
  }

  /**
   * Moves between rows with the arrow keys, or j and k; Enter opens one, as on any button.
   *
   * @param {KeyboardEvent} event
   */
  #moveByKey(event) {
    const buttons = this.#buttons;
    const place = buttons.findIndex((one) => one === document.activeElement);
    const isInRows = place >= 0;
    const steps = isInRows ? ARROWS_AND_LETTERS : ARROWS;
    const step = steps[event.key];
    if (!step || (!isInRows && document.activeElement !== this.#search)) {
      return;
    }
    event.preventDefault();
    const target = Math.max(0, Math.min(buttons.length - 1, place + step));
    buttons[target]?.focus();
  }
}

/**
 * @param {string} key
 * @param {string} order
 */
function direction(key, order) {
  if (order === key) {
    return "ascending";
  }
  return order === `-${key}` ? "descending" : "none";
}
