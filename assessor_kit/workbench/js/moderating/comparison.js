// The judgements of one return side by side, differences first. One key takes a point from either
// side, one key takes a whole side, and the words for the member can be written anew.

import { button, element, quiet } from "../dom.js";
import { draftFor, rememberDraft } from "../keeping.js";

/** @import { Agreed, ModeratedPage, Point } from "./messages.js" */

/**
 * @typedef {object} PointParts
 * @property {Point} point
 * @property {HTMLFieldSetElement} fieldset
 * @property {HTMLInputElement[]} radios
 * @property {HTMLTextAreaElement | null} words
 * @property {boolean} isOwn  whether the words are the moderator's own
 */

/** The form in which a moderator says what is agreed. */
export class Comparison {
  box = element("form", {
    class: "ak-comparison",
    "aria-label": "What is agreed",
    onsubmit: (event) => event.preventDefault(),
  });
  #page;
  #record;
  #say;
  /** @type {PointParts[]} */
  #points = [];
  #why = element("textarea", { rows: "2", "aria-label": "Why it is agreed so" });
  #current = 0;

  /**
   * @param {ModeratedPage} page
   * @param {(agreed: Agreed) => void} record
   * @param {(text: string, tone: "good" | "bad" | "busy") => void} say
   */
  constructor(page, record, say) {
    this.#page = page;
    this.#record = record;
    this.#say = say;
    this.#points = page.points.map((point, place) => this.#point(point, place));
    const purpose = this.#purpose("why");
    this.#why.value = draftFor(purpose) ?? "";
    this.#why.addEventListener("input", () => rememberDraft(purpose, this.#why.value));
    const apart = this.#points.filter(({ point }) => point.differs);
    const same = this.#points.filter(({ point }) => !point.differs);
    this.box.replaceChildren(
      element("h3", { text: "Side by side" }),
      this.#wholeSides(),
      ...apart.map(({ fieldset }) => fieldset),
      this.#alike(same, apart.length),
      element(
        "p",
        { class: "ak-writing" },
        element(
          "label",
          {},
          element("span", {}, "Why ", quiet("span", "both assessors read this")),
          this.#why,
        ),
      ),
      element(
        "p",
        { class: "ak-row" },
        button("Record what is agreed", () => this.send(), { class: "ak-primary ak-agree" }),
      ),
    );
    this.#sync();
  }

  /** The points that have still to be chosen. */
  get missing() {
    return this.#points.filter(({ point, radios }) => point.must_be_settled && !chosen(radios));
  }

  /**
   * Takes the current point from a side, and goes to the next difference.
   *
   * @param {number} side
   */
  take(side) {
    const one = this.#points[this.#current];
    if (one && side < one.radios.length) {
      this.#choose(one, side);
      this.move(1);
    }
  }

  /**
   * Takes every point from one side.
   *
   * @param {number} side
   */
  takeAll(side) {
    if (side < this.#page.sides.length) {
      this.#points.forEach((one) => this.#choose(one, side));
      this.#say(`Everything is taken from: ${this.#page.sides[side].label}.`, "busy");
    }
  }

  /**
   * Moves the focus to the next point or the one before.
   *
   * @param {1 | -1} step
   */
  move(step) {
    const shown = this.#points.filter(({ fieldset }) => fieldset.offsetParent);
    const place = shown.indexOf(this.#points[this.#current]);
    const next = shown[Math.min(Math.max(place + step, 0), shown.length - 1)];
    if (next) {
      focusOn(next);
    }
  }

  /** Moves the focus to the first difference. */
  focus() {
    if (this.#points.length) {
      focusOn(this.#points[0]);
    }
  }

  /** Moves the focus to the words of the current point, if it has any. */
  write() {
    this.#points[this.#current]?.words?.focus();
  }

  /** Moves the focus to the reason. */
  explain() {
    this.#why.focus();
  }

  /** Moves the focus from a text back to its point. */
  leaveText() {
    const one = this.#points[this.#current];
    if (one) {
      focusOn(one);
    }
  }

  /** Records what is chosen, or says what is missing. */
  send() {
    const [first] = this.missing;
    if (first) {
      this.#say(`Choose a side first: ${first.point.label}.`, "bad");
      focusOn(first);
      return;
    }
    if (!this.#why.value.trim()) {
      this.#say("Say first why it is agreed so: both assessors read it.", "bad");
      this.#why.focus();
      return;
    }
    this.#record({
      taken: Object.fromEntries(
        this.#points.map(({ point, radios }) => [
          point.code,
          this.#page.sides[chosenPlace(radios)].name,
        ]),
      ),
      words: Object.fromEntries(
        this.#points
          .filter(({ words, isOwn }) => words && isOwn)
          .map(({ point, words }) => [point.code, words?.value ?? ""]),
      ),
      why: this.#why.value,
    });
  }

  /** Forgets what was typed, once it is recorded. */
  forget() {
    rememberDraft(this.#purpose("why"), "");
  }

  /** @param {string} what */
  #purpose(what) {
    return `${what} of moderating return ${this.#page.heading.pseudonym}`;
  }

  #wholeSides() {
    const buttons = this.#page.sides.map((side, place) =>
      button(`Take all of: ${side.label}`, () => this.takeAll(place), { class: "ak-take-all" }),
    );
    return element("div", { class: "ak-row" }, ...buttons);
  }

  /**
   * @param {PointParts[]} same
   * @param {number} apart
   */
  #alike(same, apart) {
    const title = apart ? `The same in both (${same.length})` : "Nothing differs";
    return element(
      "details",
      { class: "ak-alike", open: apart === 0 },
      element("summary", { text: title }),
      ...same.map(({ fieldset }) => fieldset),
    );
  }

  /**
   * @param {Point} point
   * @param {number} place
   * @returns {PointParts}
   */
  #point(point, place) {
    const { sides } = this.#page;
    const radios = sides.map((side, number) =>
      element("input", {
        type: "radio",
        name: `ak-take-${point.code}`,
        value: side.name,
        onchange: () => this.#choose(parts, number),
      }),
    );
    const words = point.has_words
      ? element("textarea", { rows: "2", "aria-label": `Words for the member: ${point.label}` })
      : null;
    words?.addEventListener("input", () => {
      parts.isOwn = true;
    });
    const mark = pointMark(point);
    const columns = sides.map((side, number) =>
      element(
        "label",
        { class: "ak-take" },
        element(
          "span",
          { class: "ak-row" },
          radios[number],
          element("kbd", { text: String(number + 1), "aria-hidden": "true" }),
          element("span", { class: "ak-side-name", text: side.label }),
        ),
        point.values[number] ? element("strong", { text: point.values[number] }) : null,
        point.words[number]
          ? element("span", { class: "ak-words", text: point.words[number] })
          : quiet("span", point.has_words ? "no words" : ""),
      ),
    );
    const fieldset = element(
      "fieldset",
      { class: "ak-point" },
      element("legend", { text: point.label }),
      element("p", {}, element("span", { class: mark.look, text: mark.text })),
      element("div", { class: "ak-takes" }, ...columns),
      words
        ? element("label", { class: "ak-own-words" }, quiet("span", "The member will read"), words)
        : null,
    );
    /** @type {PointParts} */
    const parts = { point, fieldset, radios, words, isOwn: false };
    fieldset.addEventListener("focusin", () => {
      this.#current = place;
      this.#sync();
    });
    // What need not be settled stands as it does in the first side, until somebody chooses.
    if (!point.must_be_settled && radios.length) {
      this.#choose(parts, 0);
    }
    return parts;
  }

  /**
   * @param {PointParts} parts
   * @param {number} side
   */
  #choose(parts, side) {
    parts.radios[side].checked = true;
    if (parts.words && !parts.isOwn) {
      parts.words.value = parts.point.words[side];
    }
  }

  #sync() {
    this.#points.forEach(({ fieldset }, place) => {
      fieldset.classList.toggle("ak-current", place === this.#current);
    });
  }
}

/** @param {PointParts} parts */
function focusOn({ fieldset, radios }) {
  const target = chosen(radios) ?? radios[0];
  target?.focus({ preventScroll: true });
  fieldset.scrollIntoView({ block: "nearest" });
}

/** @param {HTMLInputElement[]} radios */
function chosen(radios) {
  return radios.find((radio) => radio.checked);
}

/** @param {HTMLInputElement[]} radios */
function chosenPlace(radios) {
  return Math.max(
    0,
    radios.findIndex((radio) => radio.checked),
  );
}

/** @param {Point} point */
function pointMark(point) {
  if (point.must_be_settled) {
    return { look: "ak-waiting", text: "has to be settled" };
  }
  if (point.differs) {
    return { look: "ak-state", text: "differs" };
  }
  return { look: "ak-quiet", text: "the same" };
}
