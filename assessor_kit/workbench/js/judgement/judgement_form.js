// The judgement: a level and a comment on each point, an outcome, advice. The record sends what is
// typed to the store and reports what the store answers.

import { button, element, quiet } from "../dom.js";
import { differingParts, openConflict } from "./conflict.js";
import { openPanel } from "../panels.js";
import { agreedPanel, staffAnswers } from "./afterwards.js";
import { cleaned, noteRemoved } from "./cleaning.js";
import { errorLine, JudgementPoint } from "./judgement_point.js";
import { JudgementRecord } from "./judgement_record.js";
import { saidOfLongSentences } from "./long_sentences.js";
import { stableText } from "./stable_text.js";

/** @import { WrittenField } from "./judgement_point.js" */
/** @import { Criterion, DonePage, JudgementState, Reference } from "../messages.js" */
/** @import { ReturnPage, Setup, StoredJudgement } from "../messages.js" */
/** @import { Link } from "../saving.js" */
/** @import { Say } from "../status_line.js" */
/** @import { UnsavedReturn } from "./unsaved_returns.js" */

/**
 * What the form needs from the screen.
 *
 * @typedef {object} Surroundings
 * @property {Link} link
 * @property {HTMLElement} root
 * @property {() => Setup} setup
 * @property {Say} say
 * @property {(criterion: string, label: string) => void} showBehind
 * @property {(reference: Reference) => void} compare  shows the reference of a practice return
 * @property {(unsaved: UnsavedReturn[]) => void} showUnsaved  warns of what is not saved
 */

// The level that can be given to all points that have none: nothing to praise, nothing to mend.
const REST = "sound";
const ADVICE = 1; // its place among the texts

/** The form in which the open return is judged. */
export class JudgementForm {
  box = element("form", {
    class: "ak-form",
    "aria-label": "Judgement",
    onsubmit: (event) => event.preventDefault(),
  });
  /** The points with their ticks, for a place that stays in sight. */
  points = element("ol", { class: "ak-points" });
  #screen;
  #record;
  /** @type {ReturnPage | DonePage | null} */
  #page = null;
  /** @type {JudgementPoint[]} */
  #points = [];
  /** @type {HTMLInputElement[]} */
  #outcomes = [];
  /** @type {WrittenField[]} */
  #writings = [];
  #current = 0;
  // What could not be submitted. "Saved", which may still be on its way, must not hide the reason.
  #refusedState = "";
  #secondLook = element("input");
  #heading = element("h3");
  #submitButton = element("button");
  #restButton = element("button");
  #lockedNote = element("p");
  #outcomeBox = element("fieldset");
  #outcomeError = element("p");
  #adviceError = errorLine("Say here what the member should send.");
  /** @type {Map<Element, () => boolean>} takes out of a field what cannot be seen; whether there was any */
  #cleaners = new Map();
  /** @type {HTMLButtonElement[]} */
  #ticks = [];
  #showsMissing = false;

  /** @param {Surroundings} screen */
  constructor(screen) {
    this.#screen = screen;
    this.#record = new JudgementRecord({
      link: screen.link,
      say: screen.say,
      heard: {
        onConflict: (standing, mine) => this.#showConflict(standing, mine),
        onSaved: (reference, wasFromTab) => this.#sayThatItIsSaved(reference, wasFromTab),
        onUndone: (before) => this.#showUndone(before),
        onUnsaved: (unsaved) => screen.showUnsaved(unsaved),
      },
    });
  }

  /** The judgement as the form shows it. */
  get state() {
    return this.#record.state;
  }

  /** The return that is judged; empty if there is none. */
  get returnId() {
    return this.#record.returnId;
  }

  /** The return that is judged, as the assessor knows it; empty if there is none. */
  get returnName() {
    return this.#page && !this.#page.done ? placeOf(this.#page).name : "";
  }

  /** Whether something of the open judgement is not in the store yet. */
  get isUnsaved() {
    return this.#record.isUnsaved;
  }

  /** The judgements of all returns, until the store has acknowledged them. */
  get record() {
    return this.#record;
  }

  /**
   * Shows a return's judgement. Where the same return is drawn anew, what is being written stays.
   *
   * @param {ReturnPage | DonePage} next
   */
  show(next) {
    const isSame =
      this.#page?.return_id === next.return_id && this.#record.returnId === next.return_id;
    this.#page = next;
    if (next.done) {
      this.#record.clear();
      this.box.replaceChildren();
      this.points.replaceChildren();
      return;
    }
    if (!isSame) {
      this.#current = 0;
      if (this.box.parentElement) {
        this.box.parentElement.scrollTop = 0;
      }
      this.#record.open(placeOf(next), next.judgement);
    }
    this.#draw(next);
    if (!this.isUnsaved) {
      this.#sayHowItWasOpened(next.judgement.version, isSame);
    }
  }

  /**
   * Shows what the store holds by now: a page that was reloaded may still show the judgement as it
   * was when the return was opened.
   *
   * @param {StoredJudgement} standing
   */
  refresh(standing) {
    if (this.isUnsaved || this.#record.isCurrent(standing)) {
      return;
    }
    if (!this.#page || this.#page.done) {
      return;
    }
    this.#record.open(placeOf(this.#page), standing);
    this.#fill();
    if (!this.isUnsaved) {
      this.#sayHowItWasOpened(standing.version, false);
    }
  }

  /** Sends what is typed and not sent yet. */
  flush = () => this.#record.flush();

  /** Saves because the assessor asks for it. */
  save() {
    this.#record.save();
  }

  /** Undoes the last change. */
  undo() {
    if (!this.#isLocked()) {
      this.#record.undo();
    }
  }

  /** Takes back the last undo. */
  redo() {
    if (this.#isLocked()) {
      return;
    }
    this.#record.redo((before) => {
      if (before) {
        this.#fill();
        this.#screen.say(["Redone", this.#partsOf(before)].filter(Boolean).join(": "), "busy");
      } else {
        this.#screen.say("There is nothing to redo.");
      }
    });
  }

  /**
   * Gives up what is not saved of a return. If it is the open one, what the store holds is shown.
   *
   * @param {string} returnId
   */
  discard(returnId) {
    const isOpen = returnId === this.returnId;
    this.#record.discard(returnId);
    if (!isOpen) {
      return;
    }
    this.#screen.link.ask({ kind: "standing", return_id: returnId }, (answer) => {
      if (answer.state && this.#page?.return_id === returnId && !this.#page.done) {
        this.#record.open(placeOf(this.#page), answer.state);
        this.#fill();
        this.#sayHowItWasOpened(answer.state.version, false);
      }
    });
  }

  /**
   * Chooses a level for the current point, or an outcome where the focus is there, by its place;
   * returns whether there is one.
   *
   * @param {number} place
   */
  chooseLevel(place) {
    if (this.#isAtOutcome) {
      return this.#pressOutcome(place);
    }
    const level = this.#setup.levels[place];
    if (!level) {
      return false;
    }
    this.#choose(this.#current, level.code);
    if (this.box.contains(document.activeElement) && !this.state.submitted) {
      this.#points[this.#current].focusLevel(place);
    }
    return true;
  }

  /** Goes to the next point. */
  goToNext() {
    if (this.#isAtOutcome) {
      this.#writings[0].field.focus();
    } else if (this.#current === this.#points.length - 1) {
      this.#goToOutcome();
    } else {
      this.#goTo(this.#current + 1);
    }
  }

  /** Goes to the point before. */
  goToPrevious() {
    this.#goTo(this.#isAtOutcome ? this.#current : this.#current - 1);
  }

  /** Moves the focus back to where it was, for example out of a comment to its point. */
  goToCurrent() {
    const isInTexts = this.#writings.some(({ field }) => field === document.activeElement);
    if (isInTexts) {
      this.#goToOutcome();
    } else {
      this.#goTo(this.#current);
    }
  }

  /** Moves the focus to the comment on the current point. */
  goToComment() {
    this.#points[this.#current].focusComment();
  }

  /** Shows the activities behind the current point's finding. */
  showBehindCurrent() {
    const { code, label } = this.#setup.criteria[this.#current];
    this.#screen.showBehind(code, label);
  }

  /**
   * Marks the finding whose activities are shown.
   *
   * @param {string} criterion  empty: none
   */
  markBehind(criterion) {
    /** @type {NodeListOf<HTMLElement>} */
    const buttons = this.box.querySelectorAll(".ak-behind");
    for (const one of buttons) {
      one.setAttribute("aria-pressed", String(one.dataset.code === criterion));
    }
  }

  get #setup() {
    return this.#screen.setup();
  }

  /**
   * @param {Reference | undefined} reference
   * @param {boolean} wasFromTab
   */
  #sayThatItIsSaved(reference, wasFromTab) {
    const { submitted } = this.state;
    if (!submitted && stableText(this.state) === this.#refusedState) {
      return;
    }
    if (submitted) {
      this.#screen.say("Submitted and saved.");
    } else {
      this.#screen.say(wasFromTab ? "Saved, with what this tab still held" : "Saved");
    }
    if (reference) {
      this.#screen.compare(reference);
    } else if (submitted) {
      this.#askHowItSitsAmongOthers();
    }
  }

  #askHowItSitsAmongOthers() {
    const returnId = this.returnId;
    this.#screen.link.ask({ kind: "company", return_id: returnId }, (answer) => {
      const isStillShown = this.returnId === returnId && this.state.submitted;
      if (answer.kind === "told" && answer.text && isStillShown) {
        this.#screen.say(`Submitted and saved. ${answer.text}`);
      }
    });
  }

  /**
   * @param {StoredJudgement} standing
   * @param {JudgementState} mine
   */
  #showConflict(standing, mine) {
    const { say, root } = this.#screen;
    say("NOT SAVED: this judgement was changed in another window.", "bad");
    openConflict(root, this.#setup, standing, mine, (keepMine) => {
      this.#record.settle(standing, keepMine);
      this.#fill();
    });
  }

  /** @param {JudgementState} before */
  #showUndone(before) {
    this.#fill();
    this.#screen.say(["Undone and saved", this.#partsOf(before)].filter(Boolean).join(": "));
  }

  /**
   * Returns in which parts a judgement differs from what the form shows.
   *
   * @param {JudgementState} before
   */
  #partsOf(before) {
    const parts = differingParts(this.#setup, before, this.state);
    return parts.map((part) => part.label).join(", ");
  }

  /**
   * @param {number} version
   * @param {boolean} wasOpen
   */
  #sayHowItWasOpened(version, wasOpen) {
    if (this.state.submitted) {
      this.#screen.say("Submitted and saved");
    } else if (!version) {
      this.#screen.say("Nothing to save yet");
    } else {
      this.#screen.say(wasOpen ? "Saved" : "Opened as it was last saved");
    }
  }

  #isLocked() {
    const { submitted } = this.state;
    if (submitted) {
      this.#screen.say("Submitted and locked. Choose Reopen to change it.");
    }
    return submitted;
  }

  /**
   * @param {number} place
   * @param {string} level
   */
  #choose(place, level) {
    if (this.#isLocked()) {
      this.#sync();
      return;
    }
    this.state.levels[this.#setup.criteria[place].code] = level;
    this.#sync();
    this.#record.change(`level ${place}`, false);
  }

  get #isAtOutcome() {
    return this.#outcomeBox.contains(document.activeElement);
  }

  /** @param {number} place */
  #pressOutcome(place) {
    const radio = this.#outcomes[place];
    if (!radio) {
      return false;
    }
    radio.focus({ preventScroll: true });
    radio.click(); // a choice like any other, and none where the judgement is locked
    return true;
  }

  #goToOutcome() {
    const radio = this.#outcomes.find((one) => one.checked) ?? this.#outcomes[0];
    // What is locked cannot take the focus.
    const target = radio.disabled ? this.#writings[0].field : radio;
    target.focus({ preventScroll: true });
    bringToTop(this.#outcomeBox, this.box.parentElement);
  }

  /** @param {number} place */
  #goTo(place) {
    this.#current = Math.max(0, Math.min(this.#points.length - 1, place));
    this.#sync();
    this.#points[this.#current].focus();
  }

  // Shows the state of everything but the written texts, which `#fill` shows too.
  #sync() {
    const { levels, outcome, second_look: secondLook, submitted } = this.state;
    if (submitted) {
      this.#keepFocus();
    }
    this.#points.forEach((point, place) => point.sync(place === this.#current));
    for (const radio of this.#outcomes) {
      radio.checked = outcome === radio.value;
      radio.disabled = submitted;
    }
    for (const { field } of this.#writings) {
      field.readOnly = submitted;
    }
    this.#secondLook.checked = secondLook;
    this.#secondLook.disabled = submitted;
    this.#submitButton.textContent = submitted ? "Submitted" : "Submit this judgement";
    this.#submitButton.setAttribute("aria-disabled", String(submitted));
    this.#lockedNote.hidden = !submitted;
    this.#restButton.hidden = submitted || !this.#hasRest;
    this.#points.forEach((point) => point.showMissing(this.#showsMissing));
    this.#outcomeError.hidden = !this.#showsMissing || Boolean(outcome);
    this.#showAdviceMissing();
    this.#outcomeBox.classList.toggle("ak-current", this.#isAtOutcome);
    this.#syncTicks();
    const { criteria } = this.#setup;
    const judged = criteria.filter((one) => levels[one.code]).length;
    const count = this.box.querySelector(".ak-count");
    if (count) {
      count.textContent = `${judged} of ${criteria.length} points judged`;
    }
  }

  // What is about to be locked loses the focus: the keys would work no longer.
  #keepFocus() {
    const focused = document.activeElement;
    if (focused instanceof HTMLInputElement && this.box.contains(focused)) {
      this.#heading.focus({ preventScroll: true });
    }
  }

  get #wantsAdvice() {
    const { outcome, advice } = this.state;
    const chosen = this.#setup.outcomes.find((one) => one.code === outcome);
    return Boolean(chosen?.needs_words) && !(advice || "").trim();
  }

  get #adviceField() {
    return this.#writings[ADVICE].field;
  }

  #showAdviceMissing() {
    const isMissing = this.#showsMissing && this.#wantsAdvice;
    this.#adviceError.hidden = !isMissing;
    this.#adviceField.setAttribute("aria-invalid", String(isMissing));
  }

  #syncTicks() {
    const { levels, outcome } = this.state;
    const done = [...this.#setup.criteria.map((one) => levels[one.code]), outcome];
    const current = this.#isAtOutcome ? this.#points.length : this.#current;
    this.#ticks.forEach((tick, place) => {
      tick.classList.toggle("ak-ticked", Boolean(done[place]));
      tick.classList.toggle("ak-wanted", this.#showsMissing && !done[place]);
      tick.setAttribute("aria-description", done[place] ? "done" : "still to do");
      if (place === current) {
        tick.setAttribute("aria-current", "step");
      } else {
        tick.removeAttribute("aria-current");
      }
    });
  }

  #fill() {
    this.#points.forEach((point) => point.fill());
    for (const { field, read } of this.#writings) {
      field.value = read();
    }
    this.#sync();
  }

  /** @param {ReturnPage} page */
  #draw(page) {
    const { criteria } = this.#setup;
    this.#cleaners.clear();
    this.#points = criteria.map((criterion, place) => this.#point(page, criterion, place));
    this.#writings = [];
    this.#secondLook = element("input", {
      type: "checkbox",
      onchange: () => this.#lookTwice(this.#secondLook.checked),
    });
    this.#lockedNote = element(
      "p",
      { class: "ak-locked" },
      "Submitted and locked. ",
      button("Reopen this judgement", () => this.#askToReopen(), { class: "ak-link ak-reopen" }),
    );
    this.#heading = element("h3", { text: "Judgement", tabindex: "-1" });
    this.#restButton = button("Set the rest to sound", () => this.setTheRest(), {
      class: "ak-link ak-rest",
    });
    this.#showsMissing = false;
    const secondLookLabel = element(
      "label",
      { class: "ak-check-label" },
      this.#secondLook,
      element("span", { text: "Please take a second look" }),
    );
    const { agreed, answers } = page.afterwards;
    const shown = [
      element(
        "div",
        { class: "ak-row" },
        this.#heading,
        element("span", { class: "ak-count ak-quiet" }),
      ),
      this.#lockedNote,
      agreedPanel(agreed),
      ...this.#points.map((point) => point.fieldset),
      this.#outcomeFields(),
      this.#writing("liked", "What I liked", "the member reads this", 2),
      this.#writing("advice", "Advice to the member", "the member reads this", 4),
      this.#adviceError,
      this.#writing("private_note", "Private note", "the member never sees this", 2),
      element("p", {}, secondLookLabel),
      staffAnswers(answers, "second look", ""),
      this.#buttons(),
    ];
    this.box.replaceChildren(...shown.filter((one) => one !== null));
    this.#adviceError.id = "ak-advice-error";
    this.#adviceField.setAttribute("aria-describedby", this.#adviceError.id);
    this.points.replaceChildren(...this.#pointList(), element("li", {}, this.#restButton));
    this.#fill();
  }

  /**
   * @param {ReturnPage} page
   * @param {Criterion} criterion
   * @param {number} place
   */
  #point(page, criterion, place) {
    const makeCurrent = () => {
      this.#current = place;
      this.#sync();
    };
    const finding = page.findings[criterion.code];
    const phrases = page.phrases[criterion.code] ?? [];
    const answered = staffAnswers(page.afterwards.answers, "disagreement", criterion.code);
    const about = { finding, phrases, answered };
    return new JudgementPoint(criterion, this.#setup.levels, about, {
      state: () => this.state,
      isLocked: () => this.#isLocked(),
      onFocus: makeCurrent,
      choose: (level) => {
        this.#current = place;
        this.#choose(place, level);
      },
      changed: (field) => this.#record.change(field, false),
      showBehind: this.#screen.showBehind,
      written: (name, field, read, write) => this.#written(name, field, read, write),
    });
  }

  #outcomeFields() {
    const { outcomes } = this.#setup;
    this.#outcomes = outcomes.map((one) =>
      element("input", {
        type: "radio",
        name: "ak-outcome",
        value: one.code,
        onchange: () => this.#chooseOutcome(one.code),
        onfocus: () => this.#sync(),
      }),
    );
    const choices = this.#outcomes.map((radio, place) => {
      const key = element("kbd", { text: String(place + 1), "aria-hidden": "true" });
      const text = element("span", { text: outcomes[place].label });
      return element("label", { class: "ak-level" }, radio, key, text);
    });
    this.#outcomeError = errorLine("Choose an outcome.");
    this.#outcomeBox = element(
      "fieldset",
      { class: "ak-outcome" },
      element("legend", { text: "Outcome" }),
      element("div", { class: "ak-levels" }, ...choices),
      this.#outcomeError,
    );
    return this.#outcomeBox;
  }

  // All points with ticks: what is left is seen, and one click away.
  #pointList() {
    const steps = [
      ...this.#setup.criteria.map(({ label }, place) => ({ label, go: () => this.#goTo(place) })),
      { label: "Outcome", go: () => this.#goToOutcome() },
    ];
    this.#ticks = steps.map(({ label, go }) => button(label, go, { class: "ak-tick" }));
    return this.#ticks.map((one) => element("li", {}, one));
  }

  get #hasRest() {
    return this.#setup.levels.some((one) => one.code === REST);
  }

  /** Chooses "sound" for every point that has no level yet; one undo takes all of it back. */
  setTheRest() {
    if (!this.#hasRest || this.#isLocked()) {
      return;
    }
    const { levels } = this.state;
    const rest = this.#setup.criteria.filter((one) => !levels[one.code]);
    for (const { code } of rest) {
      levels[code] = REST;
    }
    if (rest.length) {
      this.#sync();
      this.#record.change("the rest", false);
    }
    this.#goToOutcome();
  }

  #buttons() {
    this.#submitButton = button("", () => this.submit(), { class: "ak-primary ak-submit" });
    return element(
      "p",
      { class: "ak-row" },
      this.#submitButton,
      button("Save", () => this.save(), { class: "ak-save" }),
      button("Check long sentences", () => this.#checkLongSentences(), {
        class: "ak-quiet-button",
      }),
    );
  }

  /**
   * @param {"liked" | "advice" | "private_note"} name
   * @param {string} label
   * @param {string} note
   * @param {number} rows
   */
  #writing(name, label, note, rows) {
    const read = () => this.state[name] || "";
    /** @param {string} text */
    const write = (text) => {
      this.state[name] = text;
    };
    const one = this.#written(name, element("textarea", { rows }), read, write);
    this.#writings.push(one);
    const title = element("span", {}, `${label} `, quiet("span", note));
    return element("p", { class: "ak-writing" }, element("label", {}, title, one.field));
  }

  /**
   * Saves what is typed into a field: each key changes the state, and leaving the field ends the
   * change.
   *
   * @template {HTMLInputElement | HTMLTextAreaElement} Field
   * @param {string} name
   * @param {Field} field
   * @param {() => string} read
   * @param {(text: string) => void} write
   */
  #written(name, field, read, write) {
    field.addEventListener("input", () => {
      if (!this.state.submitted) {
        write(field.value);
        this.#record.change(name, true);
        this.#showAdviceMissing();
      }
    });
    const clean = () => {
      const { text, removed } = cleaned(field.value, this.#setup.unseen);
      if (!removed || this.state.submitted) {
        return false;
      }
      field.value = text;
      write(text);
      this.#record.change(name, true);
      noteRemoved(field, removed);
      return true;
    };
    this.#cleaners.set(field, clean);
    field.addEventListener("blur", () => {
      if (this.returnId) {
        clean();
        this.#record.leave();
      }
    });
    field.setAttribute("spellcheck", "true");
    return { field, read };
  }

  /** @param {string} outcome */
  #chooseOutcome(outcome) {
    this.state.outcome = outcome;
    this.#sync();
    this.#record.change("outcome", false);
  }

  /** @param {boolean} isAskedFor */
  #lookTwice(isAskedFor) {
    this.state.second_look = isAskedFor;
    this.#record.change("second look", false);
  }

  /** Submits the judgement, or says what is still to be chosen. */
  submit() {
    // A second click, or the key held down, must not do a second thing.
    if (this.#isLocked()) {
      return;
    }
    if (this.#takesOutWhatCannotBeSeen()) {
      return;
    }
    const missing = this.#missing();
    if (missing.length || this.#wantsAdvice) {
      this.#refusedState = stableText(this.state);
      this.#showsMissing = true;
      this.#sync();
      this.#screen.say(missing.length ? stillToChoose(missing) : this.#stillToWrite(), "bad");
      this.#goToMissing();
      return;
    }
    this.state.submitted = true;
    this.#sync();
    this.#record.flush();
    this.#record.change("submitted", false);
  }

  // What is taken out is seen before anything is submitted.
  #takesOutWhatCannotBeSeen() {
    const changed = [...this.#cleaners].filter(([, clean]) => clean()).map(([field]) => field);
    const [first] = changed;
    if (!(first instanceof HTMLElement)) {
      return false;
    }
    this.#record.leave();
    this.#refusedState = stableText(this.state);
    this.#screen.say(
      "Not submitted yet: characters that nobody can see were taken out. Look, then submit again.",
      "bad",
    );
    first.focus();
    return true;
  }

  #stillToWrite() {
    const chosen = this.#setup.outcomes.find((one) => one.code === this.state.outcome);
    return `Before submitting, please write in the advice what the member should send: the outcome is “${chosen?.label}”.`;
  }

  #askToReopen() {
    const reopen = () => {
      panel.close();
      this.state.submitted = false;
      this.#sync();
      this.#record.change("submitted", false);
      this.#points[0].focusFirstLevel();
    };
    const panel = openPanel(
      this.#screen.root,
      "Reopen this judgement?",
      element("p", {
        text: "It can be changed again, and has to be submitted anew. The log keeps both.",
      }),
      element(
        "p",
        { class: "ak-row" },
        button("Leave it submitted", () => panel.close(), { class: "ak-primary" }),
        button("Reopen it", reopen, { class: "ak-reopen-now" }),
      ),
    );
  }

  #missing() {
    const { levels, outcome } = this.state;
    const points = this.#setup.criteria.filter((one) => !levels[one.code]);
    return [...points.map((one) => one.label), ...(outcome ? [] : ["Outcome"])];
  }

  #goToMissing() {
    const { levels } = this.state;
    const place = this.#setup.criteria.findIndex((one) => !levels[one.code]);
    if (place >= 0) {
      this.#goTo(place);
    } else if (!this.state.outcome) {
      this.#goToOutcome();
    } else {
      this.#adviceField.focus();
    }
  }

  #checkLongSentences() {
    const { liked, advice, comments } = this.state;
    const texts = [liked, advice, ...Object.values(comments)].filter(Boolean);
    this.#screen.say(saidOfLongSentences(texts));
  }
}

/** @param {string[]} missing */
function stillToChoose(missing) {
  const most = 3;
  const rest = missing.length - most;
  const names = missing.slice(0, most).join(", ");
  return `Before submitting, please choose: ${names}${rest > 0 ? ` and ${rest} more` : ""}.`;
}

/**
 * Scrolls a pane, and nothing around it, until a part of it is at the top: what comes after that
 * part is in sight with it. On a narrow page, which scrolls as a whole, the part comes into sight.
 *
 * @param {HTMLElement} part
 * @param {HTMLElement | null} pane
 */
function bringToTop(part, pane) {
  if (!pane || pane.scrollHeight <= pane.clientHeight) {
    part.scrollIntoView({ block: "nearest" });
    return;
  }
  const above = Number.parseFloat(pane.style.scrollPaddingTop) || 0;
  const distance = part.getBoundingClientRect().top - pane.getBoundingClientRect().top;
  pane.scrollTop += distance - above;
}

/** @param {ReturnPage} page */
function placeOf({ return_id: returnId, desk, heading }) {
  return { return_id: returnId, desk, name: `return ${heading.pseudonym}` };
}
