// Finds words in the open return: all places are marked, Enter goes from one to the next, Esc leaves.

import { button, element } from "../dom.js";

const LEFT_OUT =
  ".ak-find, .ak-raw, .ak-charts, .ak-row, .ak-heard, button, select, summary, thead";
const FOUND = "ak-found";
const FOUND_NOW = "ak-found-now";

/** The search field above a return. It marks without changing the page's elements. */
export class FindInReturn {
  #searched;
  #prepare;
  /** @type {Range[]} */
  #places = [];
  #now = -1;
  /** @type {Element | null} */
  #focusedBefore = null;
  #field = element("input", {
    type: "search",
    "aria-label": "Find in this return",
    placeholder: "Find in this return",
    oninput: () => this.#find(),
    onfocus: (event) => this.#entered(/** @type {FocusEvent} */ (event)),
  });
  #count = element("span", { role: "status", class: "ak-quiet" });
  #back = button("Previous", () => this.#step(-1), { class: "ak-link" });
  #onwards = button("Next", () => this.#step(1), { class: "ak-link" });
  box = element(
    "div",
    { class: "ak-find", role: "search", "aria-label": "Find in this return" },
    this.#field,
    this.#count,
    this.#back,
    this.#onwards,
  );

  /**
   * @param {HTMLElement} searched
   * @param {() => void} prepare  shows all of the return
   */
  constructor(searched, prepare) {
    this.#searched = searched;
    this.#prepare = prepare;
    this.#field.addEventListener("keydown", (event) => this.#pressed(event));
    this.#showCount();
  }

  /** Moves the focus to the field. */
  focus() {
    this.#field.focus();
    this.#field.select();
  }

  /** Marks anew, after what is searched has been drawn anew. */
  refresh() {
    if (this.#field.value.trim()) {
      this.#look();
      this.#mark();
    }
  }

  /** Forgets what was looked for. */
  clear() {
    this.#field.value = "";
    this.#places = [];
    this.#now = -1;
    this.#mark();
  }

  /** @param {FocusEvent} event */
  #entered(event) {
    const { relatedTarget } = event;
    if (relatedTarget instanceof Element && !this.box.contains(relatedTarget)) {
      this.#focusedBefore = relatedTarget;
    }
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.isComposing) {
      return;
    }
    if (event.key === "Enter") {
      event.preventDefault();
      event.stopPropagation();
      this.#step(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.#leave();
    }
  }

  #leave() {
    this.clear();
    const before = this.#focusedBefore;
    if (before instanceof HTMLElement && before.isConnected) {
      before.focus({ preventScroll: true });
    } else {
      this.#searched.querySelector("h2")?.focus({ preventScroll: true });
    }
  }

  #find() {
    if (this.#field.value.trim()) {
      this.#prepare();
    }
    this.#look();
    this.#now = this.#places.length ? 0 : -1;
    this.#mark();
    this.#show();
  }

  #look() {
    this.#places = placesOf(this.#searched, this.#field.value);
    this.#now = Math.min(this.#now, this.#places.length - 1);
  }

  /** @param {1 | -1} step */
  #step(step) {
    const { length } = this.#places;
    if (length) {
      this.#now = (this.#now + step + length) % length;
      this.#mark();
      this.#show();
    }
  }

  #show() {
    const place = this.#places[this.#now];
    const around = place?.startContainer.parentElement;
    if (around) {
      const fold = around.closest("details");
      if (fold) {
        fold.open = true;
      }
      around.scrollIntoView({ block: "center" });
    }
  }

  #mark() {
    this.#showCount();
    // A browser that cannot mark still counts and goes to each place.
    if (typeof Highlight === "undefined") {
      return;
    }
    const now = this.#places[this.#now];
    CSS.highlights.set(FOUND, new Highlight(...this.#places));
    CSS.highlights.set(FOUND_NOW, new Highlight(...(now ? [now] : [])));
  }

  #showCount() {
    const { length } = this.#places;
    const isLooking = Boolean(this.#field.value.trim());
    this.#back.hidden = length < 2;
    this.#onwards.hidden = length < 2;
    this.box.classList.toggle("ak-in-use", isLooking);
    if (!isLooking) {
      this.#count.textContent = "";
    } else {
      this.#count.textContent = length ? `${this.#now + 1} of ${length}` : "Not found";
    }
  }
}

/**
 * @param {HTMLElement} searched
 * @param {string} wanted
 * @returns {Range[]}
 */
function placesOf(searched, wanted) {
  const words = wanted.trim().split(/\s+/).filter(Boolean).map(escaped);
  if (!words.length) {
    return [];
  }
  const pattern = new RegExp(words.join("\\s+"), "giu");
  const walker = document.createTreeWalker(searched, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const node = /** @type {Text} */ (walker.currentNode);
    if (node.parentElement?.closest(LEFT_OUT)) {
      continue;
    }
    for (const match of node.data.matchAll(pattern)) {
      const range = new Range();
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      found.push(range);
    }
  }
  return found;
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/[\\^$.*+?()[\]{}|/]/gu, "\\$&");
}
