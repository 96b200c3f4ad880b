// The whole screen: the assessor's returns, the one that is open beside its judgement, and the keys.

import { button, element } from "./dom.js";
import { JudgementForm } from "./judgement/judgement_form.js";
import { finishPage, openHandedBack } from "./finish_page.js";
import { draftPurposes } from "./keeping.js";
import { Keys } from "./keys.js";
import { PaneSwitch } from "./pane_switch.js";
import { openPanel } from "./panels.js";
import { preparePrinting } from "./printing.js";
import { ReturnView } from "./return/return_view.js";
import { ReturnsTable } from "./returns_table.js";
import { Link } from "./saving.js";
import { openHandBack, openWorry } from "./staff_panels.js";
import { StatusLine } from "./status_line.js";
import { Tour } from "./tour.js";
import { askBeforeLeaving, UnsavedWarning } from "./unsaved_warning.js";

/** @import { UnsavedReturn } from "./judgement/unsaved_returns.js" */
/** @import { KeySteps } from "./keys.js" */
/** @import { Answer, Listing, Message, Page, Setup } from "./messages.js" */
/** @import { Model } from "./model.js" */

const UNSEEN = 50; // milliseconds between two checks of whether the page is visible

/** The assessor's screen, which shows what the model holds. */
export class Screen {
  // A click on any text of it must not lose the focus to the notebook, whose keys delete cells.
  // Nothing that people write is mathematics: JupyterLab leaves it as it is.
  root = element("main", { class: "ak ak-screen mathjax_ignore tex2jax_ignore", tabindex: "-1" });
  #model;
  #link;
  #view;
  #form;
  #table;
  #tour;
  #keys;
  #warning;
  /** @type {Set<string>} desks of which this tab has sent what it kept */
  #desks = new Set();
  #status = new StatusLine();
  #setup = /** @type {Setup} */ ({});
  /** @type {HTMLDialogElement | null} */
  #list = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #waiting;

  #banner = element("p", {
    class: "ak-banner",
    text: "Sample data: invented members, nobody real.",
    hidden: true,
  });
  #progress = element("p", { class: "ak-progress" });
  #bar = element("progress", { max: "1", "aria-label": "Returns submitted" });
  #startTour = quietButton("Guided tour", () => this.#enterTour());
  #tools = element(
    "div",
    { class: "ak-row ak-tools", role: "group", "aria-label": "This return" },
    quietButton("Undo", () => this.#undo()),
    quietButton("Redo", () => this.#redo()),
    quietButton("Preview", () => this.#preview()),
    quietButton("Hand back", () => this.#handBack()),
    quietButton("Tell staff in confidence", () => this.#worry()),
  );
  #more = button("More", () => this.#toggleMore(), { class: "ak-more", "aria-expanded": "false" });
  #top = element(
    "div",
    { class: "ak-top" },
    button("My returns", () => this.#openList(), { class: "ak-mine" }),
    element("div", { class: "ak-done" }, this.#progress, this.#bar),
    this.#tools,
    this.#startTour,
    quietButton("Keys", () => this.#help()),
    this.#more,
    button("Next return", () => this.#next(), { class: "ak-primary ak-next" }),
  );
  #done = element("section", { class: "ak-all-done", "aria-label": "No return is open" });
  #both;
  #switch;
  #stopPrinting = () => {};

  /** @param {Model} model */
  constructor(model) {
    const { root } = this;
    const { say } = this.#status;
    const setup = () => this.#setup;
    const tell = this.#tell;
    this.#model = model;
    this.#link = new Link(model, say, () => !this.#form.record.hasUnsaved);
    const link = this.#link;
    this.#view = new ReturnView({
      link,
      root,
      setup,
      tell,
      carryOver: () => this.#carryOver(),
      writeNote: (note, answered) => this.#writeNote(note, answered),
      onBehind: (criterion) => this.#form.markBehind(criterion),
    });
    this.#form = new JudgementForm({
      link,
      root,
      setup,
      say,
      showBehind: (criterion, label) => this.#view.showBehind(criterion, label),
      compare: (reference) => this.#tour.compare(reference),
      showUnsaved: (unsaved) => this.#showUnsaved(unsaved),
    });
    this.#form.box.addEventListener("input", () => this.#view.showNow(this.#form.state));
    this.#warning = new UnsavedWarning(root, {
      tryNow: () => this.#form.record.tryNow(),
      open: (returnId) => this.#leaveFor({ kind: "open", return_id: returnId }),
      discard: (returnId) => this.#form.discard(returnId),
      words: (returnId) => this.#form.record.unsavedState(returnId),
      setup,
    });
    this.#table = new ReturnsTable({ link, open: (returnId) => this.#openReturn(returnId) });
    this.#tour = new Tour(root, {
      leave: () => this.#leaveIfSaved({ kind: "leave_tour" }),
      next: () => this.#next(),
      again: () => this.#again(this.#form.returnId),
    });
    this.#keys = new Keys(root, this.#keySteps());
    const points = element("nav", { "aria-label": "Points of the judgement" }, this.#form.points);
    const inSight = element("div", { class: "ak-in-sight" }, this.#status.box, points);
    const side = element(
      "section",
      { class: "ak-side", "aria-label": "Judgement and saving" },
      inSight,
      this.#form.box,
    );
    keepClear(root, side, inSight, this.#tour.box);
    this.#both = element("div", { class: "ak-both" }, this.#view.box, side);
    this.#switch = new PaneSwitch({
      root,
      side,
      toReturn: () => this.#view.focusHeading(),
      toJudgement: () => this.#form.goToCurrent(),
    });
    root.append(
      this.#banner,
      this.#warning.box,
      this.#top,
      this.#tour.box,
      this.#both,
      this.#done,
      this.#switch.box,
      this.#status.polite,
      this.#status.urgent,
    );
  }

  /** Shows what is open, starts listening to the program and the page, and asks what has changed. */
  start() {
    this.root.addEventListener("ak-lost-focus", () => this.#view.refocus());
    this.#model.on("change:page", this.#pageChanged);
    this.#model.on("change:returns", this.#showReturns);
    window.addEventListener("pagehide", this.#pageLeft);
    document.addEventListener("ak-left", this.#programEnding);
    const { target, name } = leavingEvent();
    target.addEventListener(name, this.#leaving);
    this.#stopPrinting = preparePrinting(this.root);
    this.#showPage();
    if (this.#model.get("page") === "{}") {
      this.#begin();
    }
    if (this.#form.returnId) {
      this.#askWhatStands();
    }
  }

  /** Sends what is not sent yet and stops listening. */
  stop() {
    this.#form.flush();
    this.#form.record.close();
    clearTimeout(this.#waiting);
    this.#model.off("change:page", this.#pageChanged);
    this.#model.off("change:returns", this.#showReturns);
    window.removeEventListener("pagehide", this.#pageLeft);
    document.removeEventListener("ak-left", this.#programEnding);
    const { target, name } = leavingEvent();
    target.removeEventListener(name, this.#leaving);
    this.#stopPrinting();
    this.#link.close();
  }

  /** @returns {KeySteps} */
  #keySteps() {
    const form = this.#form;
    const view = this.#view;
    return {
      isOpen: () => Boolean(form.returnId),
      save: () => form.save(),
      undo: () => this.#undo(),
      redo: () => this.#redo(),
      leaveComment: () => form.goToCurrent(),
      chooseLevel: (place) => form.chooseLevel(place),
      moveInActivities: (step) => view.focusActivity(step),
      anywhere: {
        r: () => this.#openList(),
        "?": () => this.#help(),
        t: this.#tour.goOnwards,
        T: this.#tour.goBackwards,
        n: () => this.#next(),
      },
      ofReturn: {
        j: () => form.goToNext(),
        k: () => form.goToPrevious(),
        c: () => form.goToComment(),
        u: () => this.#undo(),
        U: () => this.#redo(),
        0: () => form.setTheRest(),
        S: () => form.submit(),
        f: () => form.showBehindCurrent(),
        a: () => view.focusActivity(1),
        e: () => view.editFocused(),
        p: () => this.#preview(),
        "/": () => view.find(),
        Escape: () => form.goToCurrent(),
      },
    };
  }

  /** @param {Answer} answer */
  #tell = (answer) => {
    this.#status.say(answer.text, answer.kind === "refused" ? "bad" : "good");
  };

  /** @param {UnsavedReturn[]} unsaved */
  #showUnsaved(unsaved) {
    this.#status.hasUnsaved = unsaved.length > 0;
    this.#warning.show(unsaved);
  }

  /** @param {Message} message */
  #leaveFor(message) {
    this.#form.flush();
    this.#link.ask(message, this.#tell);
  }

  /**
   * Leaves the open return, but asks first where something is not saved.
   *
   * @param {Message} message
   */
  #leaveIfSaved(message) {
    this.#form.flush();
    const { returns } = this.#warning;
    if (!returns.length) {
      this.#leaveFor(message);
      return;
    }
    askBeforeLeaving(this.root, returns, {
      tryNow: () => this.#form.record.tryNow(),
      goOn: () => this.#leaveFor(message),
    });
  }

  #next() {
    this.#leaveIfSaved({ kind: "next" });
  }

  /** @param {string} returnId */
  #openReturn(returnId) {
    this.#list?.close();
    this.#leaveIfSaved({ kind: "open", return_id: returnId });
  }

  #enterTour() {
    this.#status.say("Getting the practice returns ready…", "busy");
    this.#leaveIfSaved({ kind: "tour" });
  }

  /** @param {string} returnId  empty: all practice returns */
  #again(returnId) {
    this.#form.flush();
    this.#link.ask({ kind: "again", return_id: returnId }, (answer) => {
      this.#tell(answer);
      if (answer.state && this.#form.returnId) {
        this.#form.refresh(answer.state);
      }
    });
  }

  #undo() {
    if (this.#form.returnId) {
      this.#form.undo();
    }
  }

  #redo() {
    if (this.#form.returnId) {
      this.#form.redo();
    }
  }

  #preview() {
    const form = this.#form;
    if (!form.returnId) {
      return;
    }
    form.flush();
    this.#status.say("Making the preview…", "busy");
    this.#link.ask({ kind: "preview", return_id: form.returnId, state: form.state }, (answer) =>
      this.#showPreview(answer),
    );
  }

  /** @param {Answer} answer */
  #showPreview(answer) {
    if (answer.kind !== "preview") {
      this.#tell(answer);
      return;
    }
    if (!this.#form.isUnsaved) {
      this.#status.say("The preview is open");
    }
    const frame = element("iframe", {
      class: "ak-preview",
      sandbox: "",
      title: "Preview of the feedback",
      srcdoc: answer.html,
    });
    openPanel(this.root, "As the member will read it", frame).classList.add("ak-wide");
  }

  #openList() {
    if (this.#list) {
      return;
    }
    this.#list = openPanel(this.root, "My returns", this.#table.box);
    this.#list.classList.add("ak-wide");
    this.#list.addEventListener("close", () => {
      this.#list = null;
    });
    this.#table.focus();
  }

  #handBack() {
    const returnId = this.#form.returnId;
    const about = { name: this.#form.returnName, reasons: this.#setup.hand_back_reasons };
    openHandBack(this.root, about, ({ reason, words }, answered) => {
      this.#form.flush();
      // Once it is handed back, nothing can be saved on it any more.
      if (this.#warning.returns.some((one) => one.return_id === returnId)) {
        this.#form.record.tryNow();
        answered("What you wrote on this return is not saved yet. Hand it back once it is.");
        return;
      }
      this.#askStaff({ kind: "hand_back", return_id: returnId, reason, words }, answered);
    });
  }

  #worry() {
    const returnId = this.#form.returnId;
    openWorry(this.root, { name: this.#form.returnName }, ({ words }, answered) => {
      this.#askStaff({ kind: "worry", return_id: returnId, words }, answered);
    });
  }

  /**
   * @param {{ words: string, answers: string }} note
   * @param {(refusal: string) => void} answered
   */
  #writeNote({ words, answers }, answered) {
    this.#form.flush();
    const returnId = this.#form.returnId;
    this.#askStaff({ kind: "note", return_id: returnId, words, answers }, answered);
  }

  #carryOver() {
    const returnId = this.#form.returnId;
    this.#form.flush();
    this.#link.ask({ kind: "carry_over", return_id: returnId }, (answer) => {
      if (answer.state && this.#form.returnId === returnId) {
        this.#form.refresh(answer.state);
      }
      this.#tell(answer);
    });
  }

  /**
   * @param {Message} message
   * @param {(refusal: string) => void} answered  with an empty text if it has arrived
   */
  #askStaff(message, answered) {
    this.#link.ask(
      message,
      (answer) => {
        this.#tell(answer);
        answered(answer.kind === "told" ? "" : (answer.text ?? "That did not work."));
      },
      answered,
    );
  }

  #toggleMore() {
    const isOpen = this.#top.classList.toggle("ak-all-tools");
    this.#more.setAttribute("aria-expanded", String(isOpen));
  }

  #help() {
    this.#keys.openHelp(this.root);
  }

  // The program prepares the first return while the browser draws the frame.
  #begin() {
    this.#link.ask({ kind: "begin" }, (answer) => {
      if (answer.kind !== "told") {
        this.#status.say(answer.text, "bad");
        this.#done.replaceChildren(element("h2", { text: answer.text }));
      }
    });
  }

  // A page that was reloaded may still show the judgement as it was when the return was opened.
  #askWhatStands() {
    this.#link.ask({ kind: "standing", return_id: this.#form.returnId }, (answer) => {
      if (answer.state) {
        this.#form.refresh(answer.state);
      }
    });
  }

  #pageChanged = () => {
    this.#form.flush();
    this.#showPage();
  };

  #pageLeft = () => this.#form.flush();

  // The app's page asks whether its program may end with it: what is being saved must arrive.
  /** @param {Event} event */
  #programEnding = (event) => {
    this.#form.flush();
    if (this.#form.record.hasUnsaved) {
      event.preventDefault();
    }
  };

  /** @param {Event} event */
  #leaving = (event) => {
    this.#form.flush();
    if (this.#status.reloadChosen) {
      return;
    }
    const drafts = draftPurposes();
    if (drafts.length) {
      this.#status.say(`Not sent yet: ${drafts.join(", ")}. Open it again to send it.`, "bad");
    }
    if (drafts.length || this.#form.record.hasUnsaved) {
      event.preventDefault();
    }
  };

  #showReturns = () => {
    const listing = this.#listing();
    const { allocated, done, due, earlier, practice, own } = listing;
    this.#table.show(listing, this.#form.returnId);
    const next = due && !practice ? ` · next due ${due}` : "";
    const left = earlier ? ` · ${earlier} to do of earlier seasons` : "";
    this.#progress.textContent = `${done} of ${allocated} submitted${next}${left}`;
    this.#bar.value = allocated ? done / allocated : 0;
    this.#startTour.hidden = practice;
    this.#tour.show(practice, own);
  };

  /** @returns {Listing} */
  #listing() {
    return JSON.parse(this.#model.get("returns"));
  }

  #showPage() {
    this.#setup = JSON.parse(this.#model.get("setup"));
    /** @type {Page} */
    const page = JSON.parse(this.#model.get("page"));
    if (!page.return_id && !page.done) {
      this.#showOpening();
      return;
    }
    const isSame = !page.done && page.return_id === this.#form.returnId;
    const hadFocus = this.#hasFocus();
    const isDone = Boolean(page.done);
    this.#banner.hidden = !page.is_sample;
    this.#top.hidden = false;
    this.#both.hidden = isDone;
    this.#tools.hidden = isDone;
    this.#done.hidden = !isDone;
    this.#switch.box.hidden = isDone;
    this.#view.show(page);
    this.#form.show(page);
    this.#sendKept(page.desk);
    this.#showReturns();
    if (!isSame) {
      this.#switch.begin();
    }
    if (isDone) {
      this.#showDone(this.#listing());
    }
    if (!isSame && hadFocus && !this.root.querySelector("dialog")) {
      this.#takeFocus(isDone);
    }
  }

  /** @param {string} desk */
  #sendKept(desk) {
    if (!this.#desks.has(desk)) {
      this.#desks.add(desk);
      this.#form.record.sendKept(desk);
    }
  }

  #showOpening() {
    this.#both.hidden = true;
    this.#top.hidden = true;
    this.#switch.box.hidden = true;
    this.#done.hidden = false;
    this.#done.replaceChildren(
      element("h2", { text: "Opening your next return…", tabindex: "-1" }),
    );
  }

  /** @param {Listing} listing */
  #showDone(listing) {
    const page = finishPage(listing, {
      openReturns: () => this.#openList(),
      handedBack: () => this.#showHandedBack(),
      tour: () => this.#startTour.click(),
      again: () => this.#again(""),
    });
    this.#done.replaceChildren(...page);
    const { allocated } = listing;
    if (!this.#form.record.hasUnsaved) {
      this.#status.say(allocated ? "Everything is saved" : "Nothing to save");
    }
  }

  #showHandedBack() {
    this.#link.ask({ kind: "handed_back" }, (answer) => {
      if (answer.handed_back) {
        openHandedBack(this.root, answer.handed_back);
      } else {
        this.#tell(answer);
      }
    });
  }

  // Whether the focus is on the screen or, in the app, nowhere in particular.
  #hasFocus() {
    const { activeElement, body } = document;
    const isNowhere = activeElement === body && Boolean(body.dataset.voila);
    return this.root.contains(activeElement) || isNowhere;
  }

  /**
   * Moves the focus to what has just been opened. The app shows its page only once all of it is
   * there, and what is not visible cannot take the focus.
   *
   * @param {boolean} isDone
   */
  #takeFocus(isDone) {
    if (!this.root.offsetParent) {
      this.#waiting = setTimeout(() => this.#takeFocus(isDone), UNSEEN);
      return;
    }
    const { activeElement, body } = document;
    if (!this.root.contains(activeElement) && activeElement !== body) {
      return;
    }
    this.root.scrollIntoView({ block: "start" });
    if (isDone) {
      this.#done.querySelector("h2")?.focus();
    } else {
      this.#view.focusHeading();
    }
  }
}

/**
 * @param {string} text
 * @param {() => void} onclick
 */
function quietButton(text, onclick) {
  return button(text, onclick, { class: "ak-quiet-button" });
}

/**
 * Has what is scrolled into view end up below what stays in sight, however high that is just now.
 *
 * @param {HTMLElement} root
 * @param {HTMLElement} side
 * @param {HTMLElement} inSight
 * @param {HTMLElement} tour
 */
function keepClear(root, side, inSight, tour) {
  const seen = new ResizeObserver(() => {
    const height = `${inSight.offsetHeight}px`;
    root.style.setProperty("--ak-in-sight", height);
    root.style.setProperty("--ak-tour", `${tour.offsetHeight}px`);
    side.style.scrollPaddingTop = height;
  });
  seen.observe(inSight);
  seen.observe(tour);
}

/** Returns where the page is asked whether it may be left: the app's page passes the question on. */
function leavingEvent() {
  return document.body.dataset.voila
    ? { target: document, name: "ak-before-leaving" }
    : { target: window, name: "beforeunload" };
}
