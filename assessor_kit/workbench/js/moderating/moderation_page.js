// The moderator's page: what waits, and the return that is open with its judgements side by side.

import { button, element, quiet } from "../dom.js";
import { StatusLine } from "../status_line.js";
import { Comparison } from "./comparison.js";
import { matterAnswers } from "./matter_answers.js";
import { ModerationKeys } from "./moderation_keys.js";
import { ModerationLink } from "./moderation_link.js";
import { recordView } from "./record_view.js";
import { WaitingList } from "./waiting_list.js";

/** @import { Agreed, Answered, Listing, ModeratedPage, ModerationModel } from "./messages.js" */

/** The page, which shows what the model holds. */
export class ModerationPage {
  // A part of whatever page shows it, which has a main part of its own.
  root = element("section", {
    "aria-label": "Moderation",
    class: "ak ak-moderation mathjax_ignore tex2jax_ignore",
    tabindex: "-1",
  });
  #model;
  #link;
  #list;
  #keys;
  #status = new StatusLine();
  /** @type {Comparison | null} */
  #comparison = null;
  #openId = "";
  #banner = element("p", {
    class: "ak-banner",
    text: "Sample data: invented members, nobody real.",
    hidden: true,
  });
  #heading = element("h2", { text: "Moderation", tabindex: "-1" });
  #name = element("input", { type: "text", "aria-label": "Your name", autocomplete: "off" });
  #listed = element("div", {});
  #opened = element("div", { class: "ak-moderated", hidden: true });

  /** @param {ModerationModel} model */
  constructor(model) {
    this.#model = model;
    const { say } = this.#status;
    this.#link = new ModerationLink(model, say);
    this.#list = new WaitingList(
      (message) => this.#link.ask(message),
      (returnId) => this.#open(returnId),
    );
    this.#keys = new ModerationKeys(this.root, {
      take: (side) => this.#comparison?.take(side),
      send: () => this.#comparison?.send(),
      leaveText: () => this.#comparison?.leaveText(),
      single: {
        a: () => this.#comparison?.takeAll(0),
        b: () => this.#comparison?.takeAll(1),
        j: () => this.#comparison?.move(1),
        k: () => this.#comparison?.move(-1),
        c: () => this.#comparison?.write(),
        w: () => this.#comparison?.explain(),
        S: () => this.#comparison?.send(),
        n: () => this.#next(),
        l: () => this.#backToList(),
        "?": () => this.#keys.openHelp(),
      },
    });
    this.root.append(
      this.#banner,
      element(
        "div",
        { class: "ak-row ak-moderation-top" },
        this.#heading,
        element("label", {}, "Your name ", this.#name),
        button("Keys", () => this.#keys.openHelp(), { class: "ak-quiet-button" }),
      ),
      this.#status.box,
      this.#listed,
      this.#opened,
      this.#status.polite,
      this.#status.urgent,
    );
    this.#listed.append(this.#list.box);
  }

  /** Shows what the model holds, and starts listening. */
  start() {
    this.#model.on("change:listing", this.#showListing);
    this.#model.on("change:page", this.#showPage);
    this.root.addEventListener("ak-lost-focus", this.#takeFocus);
    this.#showListing();
    this.#showPage();
  }

  /** Stops listening. */
  stop() {
    this.#model.off("change:listing", this.#showListing);
    this.#model.off("change:page", this.#showPage);
    this.#link.close();
  }

  /** @returns {Listing} */
  #listing() {
    return JSON.parse(this.#model.get("listing"));
  }

  #showListing = () => {
    const listing = this.#listing();
    const { sentence, is_sample: isSample, cpd_year: year, waiting, by } = listing;
    this.#banner.hidden = !isSample;
    if (sentence) {
      this.#status.say(sentence, "busy");
      this.#list.box.hidden = true;
      return;
    }
    this.#list.box.hidden = false;
    this.#heading.textContent = `Moderation of CPD ${year}`;
    if (!this.#name.value) {
      this.#name.value = by;
    }
    this.#list.show(listing);
    this.#status.say(waiting === 1 ? "1 waits" : `${waiting} wait`);
  };

  #showPage = () => {
    /** @type {ModeratedPage | { return_id?: undefined }} */
    const page = JSON.parse(this.#model.get("page"));
    const isOpen = Boolean(page.return_id);
    this.#listed.hidden = isOpen;
    this.#opened.hidden = !isOpen;
    this.#comparison = null;
    if (page.return_id === undefined) {
      this.#openId = "";
      this.#opened.replaceChildren();
      return;
    }
    this.#openId = page.return_id;
    this.#draw(page);
  };

  /** @param {ModeratedPage} page */
  #draw(page) {
    const { say } = this.#status;
    const { pseudonym, discipline, cpd_year: year } = page.heading;
    const matters = matterAnswers(
      pseudonym,
      page.matters,
      this.#listing().answers ?? [],
      (answered, done) => this.#answer(page, answered, done),
      say,
    );
    if (page.sides.length) {
      this.#comparison = new Comparison(page, (agreed) => this.#agree(page, agreed), say);
    }
    const shown = [
      element(
        "div",
        { class: "ak-row" },
        button("Back to the list", () => this.#backToList(), { class: "ak-back" }),
        button("Next that waits", () => this.#next()),
      ),
      element("h3", { class: "ak-return-name", text: `Return ${pseudonym}`, tabindex: "-1" }),
      quiet("p", [discipline, `CPD of ${year}`].filter(Boolean).join(" · ")),
      page.held ? element("p", { class: "ak-next-step", text: heldText(page.held) }) : null,
      agreedNote(page),
      element(
        "div",
        { class: "ak-moderation-both" },
        element("div", {}, matters, this.#comparison ? this.#comparison.box : waitsNote(page)),
        recordView(page),
      ),
    ];
    this.#opened.replaceChildren(...shown.filter((one) => one !== null));
    this.#takeFocus();
  }

  #takeFocus = () => {
    if (this.#openId) {
      if (this.#comparison) {
        this.#comparison.focus();
      } else {
        this.#focusName();
      }
    } else {
      this.#list.focus();
    }
  };

  #focusName() {
    const name = this.#opened.querySelector(".ak-return-name");
    if (name instanceof HTMLElement) {
      name.focus();
    }
  }

  /** @param {string} returnId */
  #open(returnId) {
    this.#status.say("Opening…", "busy");
    this.#link.ask({ kind: "open", return_id: returnId }, (answer) => {
      if (answer.kind === "told") {
        this.#status.say("Open. Nothing is recorded until you say so.");
      }
    });
  }

  #next() {
    if (!this.#list.openNext(this.#listing().rows, this.#openId)) {
      this.#status.say("Nothing else waits.");
    }
  }

  #backToList() {
    this.#link.ask({ kind: "close" }, () => this.#list.focus());
  }

  /** Returns the moderator's name, or an empty text after asking for it. */
  #by() {
    const by = this.#name.value.trim();
    if (!by) {
      this.#status.say("Write your name first: what you record is kept under it.", "bad");
      this.#name.focus();
    }
    return by;
  }

  /**
   * @param {ModeratedPage} page
   * @param {Agreed} agreed
   */
  #agree(page, agreed) {
    const by = this.#by();
    if (!by) {
      return;
    }
    const comparison = this.#comparison;
    this.#status.say("Recording…", "busy");
    this.#link.ask(
      { kind: "agree", return_id: page.return_id, by, settles: page.settles, ...agreed },
      (answer) => {
        if (answer.kind === "told") {
          comparison?.forget();
          this.#status.say(answer.text);
        }
      },
    );
  }

  /**
   * @param {ModeratedPage} page
   * @param {Answered} answered
   * @param {() => void} done
   */
  #answer(page, answered, done) {
    const by = this.#by();
    if (!by) {
      return;
    }
    this.#status.say("Recording…", "busy");
    this.#link.ask({ kind: "answer", return_id: page.return_id, by, ...answered }, (answer) => {
      if (answer.kind === "told") {
        done();
        this.#status.say(answer.text);
      }
    });
  }
}

/** @param {string} held */
function heldText(held) {
  return `The member's feedback is held: ${held}.`;
}

/** @param {ModeratedPage} page */
function agreedNote({ agreed, is_settled: isSettled }) {
  if (!agreed) {
    return null;
  }
  const still = isSettled ? "" : " A marking has come since, so that it has to be settled again.";
  return element(
    "section",
    { class: "ak-earlier", "aria-label": "What was agreed" },
    element("h4", { text: `Agreed by ${agreed.by} on ${agreed.when}` }),
    element("p", {}, "Outcome: ", element("strong", { text: agreed.outcome })),
    element("p", { class: "ak-words", text: `Why: ${agreed.why}` }),
    still ? element("p", { text: still.trim() }) : null,
  );
}

/** @param {ModeratedPage} page */
function waitsNote({ waits_for: markings }) {
  return quiet(
    "p",
    `The judgements are shown side by side once every marking is submitted; missing: ${markings.join(", ") || "first"}.`,
  );
}
