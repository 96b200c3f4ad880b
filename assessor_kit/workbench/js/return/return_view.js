// One return: what it is, its charts, its plan and its activities.

import { button, choiceBox, drawnChart, element, tableOf } from "../dom.js";
import {
  codeOf,
  filterBy,
  filterChoices,
  filtered,
  filterOfCode,
  NO_FILTER,
} from "./activity_filter.js";
import { ordered, ORDERS } from "./activity_order.js";
import { activityRow } from "./activity_row.js";
import { FindInReturn } from "./find_in_return.js";
import { openReading } from "./reading_panel.js";
import { cellNotes, returnHeading, returnPlan } from "./return_parts.js";
import { ToAndFro } from "./to_and_fro.js";

/** @import { Column, Filter } from "./activity_filter.js" */
/** @import { Activity, Answer, Chart, DonePage, MemberWords } from "../messages.js" */
/** @import { ReturnPage, Setup } from "../messages.js" */
/** @import { Link } from "../saving.js" */

const BAR = '[aria-roledescription="bar"]';
const HEADINGS = ["Activity", "When", "Time", "Kind and area", "Planned"];

/**
 * What the view needs from the screen.
 *
 * @typedef {object} Surroundings
 * @property {Link} link
 * @property {HTMLElement} root
 * @property {() => Setup} setup
 * @property {(answer: Answer) => void} tell  shows what the program says
 * @property {() => void} carryOver  begins with the judgement of the version before
 * @property {(note: { words: string, answers: string }, answered: (refusal: string) => void) => void} writeNote
 * @property {(criterion: string) => void} onBehind  called with the criterion whose activities are shown; empty: none
 */

/** The return that is open. Its bars, goals and the list above the activities filter them. */
export class ReturnView {
  box = element("article", { class: "ak-return", "aria-label": "Return" });
  #screen;
  /** @type {ReturnPage | null} */
  #page = null;
  /** @type {Filter} */
  #filter = NO_FILTER;
  #order = "";
  #editedNo = "";
  /** @type {ToAndFro | null} */
  #toAndFro = null;
  #find = new FindInReturn(this.box, () => this.#showEverything());
  #body = element("tbody");
  #count = element("span");
  #select = element("select");
  #showAll = element("button");

  /** @param {Surroundings} screen */
  constructor(screen) {
    this.#screen = screen;
  }

  /**
   * Shows a return. If it is the one already shown, the filter and the focus stay.
   *
   * @param {ReturnPage | DonePage} next
   */
  show(next) {
    if (next.done) {
      this.#page = null;
      return;
    }
    const isSame = this.#page?.return_id === next.return_id;
    this.#page = next;
    if (!isSame) {
      this.#filter = NO_FILTER;
      this.#order = "";
      this.#editedNo = "";
      this.#find.clear();
      this.box.scrollTop = 0;
    }
    const hadFocus = isSame && this.box.contains(document.activeElement);
    const findHadFocus = this.#find.box.contains(document.activeElement);
    const toAndFro = new ToAndFro(next, {
      criteria: this.#screen.setup().criteria,
      carryOver: this.#screen.carryOver,
      write: this.#screen.writeNote,
    });
    this.#toAndFro = toAndFro;
    this.box.replaceChildren(
      this.#find.box,
      returnHeading(next, () => this.#showAsWritten()),
      ...toAndFro.boxes,
      this.#charts(next.charts),
      returnPlan(next.plan, next.activities, (goalId) => this.#choose("goal_id", goalId)),
      this.#activities(next),
      ...cellNotes(next),
      toAndFro.notes,
    );
    this.#find.refresh();
    if (findHadFocus) {
      this.#find.focus();
    } else if (hadFocus) {
      this.refocus();
    }
  }

  /**
   * Shows how a text that staff returned reads now.
   *
   * @param {MemberWords} now
   */
  showNow(now) {
    this.#toAndFro?.showNow(now);
  }

  /** Moves the focus to the field that finds words in the return. */
  find() {
    this.#find.focus();
  }

  #showEverything() {
    if (this.#filter.by) {
      this.#set(NO_FILTER);
    }
  }

  /**
   * Shows the activities behind a finding, or all again if they are shown already.
   *
   * @param {string} criterion
   * @param {string} label
   */
  showBehind(criterion, label) {
    this.#toggle({ by: "behind", value: criterion, label: `Behind “${label}”` });
    this.#showList();
  }

  #showList() {
    this.#body.closest("section")?.scrollIntoView({ block: "start" });
  }

  /** Puts the focus back after a redraw: on the activity edited last or, failing that, the heading. */
  refocus() {
    const row = this.#rows.find((one) => one.dataset.no === this.#editedNo);
    if (row) {
      focusRow(row);
    } else {
      this.focusHeading();
    }
  }

  /** Moves the focus to the return's heading. */
  focusHeading() {
    this.box.querySelector("h2")?.focus({ preventScroll: true });
  }

  /**
   * Moves the focus between the activities.
   *
   * @param {1 | -1} step
   */
  focusActivity(step) {
    const rows = this.#rows;
    const here = document.activeElement?.closest("tr");
    const place = rows.findIndex((row) => row === here);
    const target = rows[Math.max(0, Math.min(rows.length - 1, place + step))];
    if (target) {
      focusRow(target);
    }
  }

  /** Opens the panel for the activity that has the focus; if none has, moves the focus to one. */
  editFocused() {
    /** @type {HTMLElement | null | undefined} */
    const row = document.activeElement?.closest(".ak-activity");
    const activity = this.#page?.activities.find((one) => String(one.no) === row?.dataset.no);
    if (activity) {
      this.#edit(activity);
    } else {
      this.focusActivity(1);
    }
  }

  get #rows() {
    return [...this.#body.rows];
  }

  get #open() {
    if (this.#page === null) {
      throw new Error("No return is open.");
    }
    return this.#page;
  }

  #showAsWritten() {
    const { link, tell } = this.#screen;
    link.ask({ kind: "unmask", return_id: this.#open.return_id }, tell);
  }

  /** @param {Activity} activity */
  #edit(activity) {
    const { link, root, setup, tell } = this.#screen;
    this.#editedNo = String(activity.no);
    const { return_id: returnId, heading } = this.#open;
    const name = `return ${heading.pseudonym}`;
    openReading({ link, root, setup: setup(), returnId, name, activity, tell });
  }

  /** @param {Chart[]} charts */
  #charts(charts) {
    return element(
      "section",
      { class: "ak-charts", "aria-label": "Hours by category" },
      ...charts.map((chart) => this.#chart(chart)),
    );
  }

  /** @param {Chart} chart */
  #chart({ by, html }) {
    const drawn = drawnChart(html);
    if (by === "") {
      return drawn;
    }
    for (const bar of /** @type {NodeListOf<SVGElement>} */ (drawn.querySelectorAll(BAR))) {
      const value = bar.getAttribute("aria-label") ?? "";
      bar.classList.add("ak-bar");
      bar.dataset.by = by;
      bar.dataset.value = value;
      // What is read out is the word, not the code.
      bar.setAttribute("aria-label", filterBy(by, value, this.#open, this.#screen.setup()).label);
      bar.addEventListener("click", () => this.#choose(by, value));
    }
    return drawn;
  }

  /** @param {ReturnPage} page */
  #activities(page) {
    const choices = filterChoices(page, this.#screen.setup());
    this.#body = element("tbody");
    this.#count = element("span", { role: "status" });
    this.#select = choiceBox(
      "Show activities",
      [{ code: "", label: "All activities" }, ...choices],
      "",
      (code) => this.#set(filterOfCode(code, this.#open, this.#screen.setup())),
    );
    const order = choiceBox("Order of the activities", ORDERS, this.#order, (code) => {
      this.#order = code;
      this.#showRows();
    });
    this.#showAll = button("Show all", () => this.#showAllAgain(), { class: "ak-link" });
    const heading = element("h3", { text: "Activities" });
    const section = element(
      "section",
      { "aria-label": "Activities" },
      element("div", { class: "ak-row" }, heading, this.#select, order, this.#count, this.#showAll),
      tableOf(HEADINGS, this.#body, { class: "ak-activities" }),
    );
    this.#showRows();
    return section;
  }

  #showAllAgain() {
    this.#set(NO_FILTER);
    this.#select.focus();
  }

  /**
   * @param {Column} by
   * @param {string} value
   */
  #choose(by, value) {
    this.#toggle(filterBy(by, value, this.#open, this.#screen.setup()));
    if (this.#filter.by) {
      this.#showList();
    }
  }

  /**
   * Sets a filter; the same filter again takes it off.
   *
   * @param {Filter} next
   */
  #toggle(next) {
    this.#set(isSameFilter(next, this.#filter) ? NO_FILTER : next);
  }

  /** @param {Filter} filter */
  #set(filter) {
    this.#filter = filter;
    this.#showRows();
  }

  #showRows() {
    const { by, value, label } = this.#filter;
    const all = this.#open.activities;
    const chosen = ordered(filtered(this.#filter, this.#open), this.#order);
    this.#body.replaceChildren(
      ...chosen.map((activity) =>
        activityRow(activity, (one) => this.#edit(one), {
          isNew: this.#open.before?.new_lines.includes(activity.no) ?? false,
        }),
      ),
    );
    this.#count.textContent = by
      ? `${label}: ${chosen.length} of ${all.length}`
      : `${all.length} in all`;
    this.#showAll.hidden = !by;
    this.#showSelected();
    this.#showPressed();
    this.#find.refresh();
    this.#screen.onBehind(by === "behind" ? value : "");
  }

  // A filter that the list does not offer gets an option for as long as it is set.
  #showSelected() {
    const { by, label } = this.#filter;
    const code = by ? codeOf(this.#filter) : "";
    this.#select.querySelectorAll(".ak-passing").forEach((option) => option.remove());
    if (![...this.#select.options].some((option) => option.value === code)) {
      this.#select.append(element("option", { class: "ak-passing", value: code, text: label }));
    }
    this.#select.value = code;
  }

  #showPressed() {
    const { by, value } = this.#filter;
    /** @param {HTMLElement | SVGElement} one */
    const isOn = (one) => one.dataset.by === by && one.dataset.value === value;
    /** @type {NodeListOf<SVGElement>} */
    const bars = this.box.querySelectorAll(".ak-bar");
    bars.forEach((bar) => bar.classList.toggle("ak-chosen", isOn(bar)));
    /** @type {NodeListOf<HTMLElement>} */
    const goals = this.box.querySelectorAll(".ak-filter");
    goals.forEach((goal) => goal.setAttribute("aria-pressed", String(isOn(goal))));
  }
}

/**
 * @param {Filter} one
 * @param {Filter} other
 */
function isSameFilter(one, other) {
  return one.by === other.by && one.value === other.value;
}

/** @param {HTMLElement} row */
function focusRow(row) {
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}
