// One judgement on its way to the store: what was sent, what is acknowledged, and which saves make
// up one change, so that an undo takes it back whole.

import { Keeping } from "../keeping.js";
import { stableText } from "./stable_text.js";
import { UnsavedReturns } from "./unsaved_returns.js";

/** @import { Kept } from "../keeping.js" */
/** @import { Answer, Base, JudgementState, Reference } from "../messages.js" */
/** @import { SaveMessage, StoredJudgement } from "../messages.js" */
/** @import { Link } from "../saving.js" */
/** @import { Say } from "../status_line.js" */
/** @import { UnsavedReturn } from "./unsaved_returns.js" */

/**
 * The judgement of one return, while it is open and until its last save is acknowledged.
 *
 * @typedef {object} OpenJudgement
 * @property {string} return_id
 * @property {string} name  the return as the assessor knows it
 * @property {string} desk  whose desk it lies on
 * @property {number} version  the version that the store acknowledged last
 * @property {JudgementState} state  as the form shows it
 * @property {string} acknowledged  what the store holds, as a stable text
 * @property {string[]} sent  what this window has sent since, as stable texts
 * @property {number} unanswered  how many of its messages have no answer yet
 * @property {string | null} lastMessage  the name of the last of these
 * @property {boolean} blocked  whether the assessor must choose between two windows first
 * @property {boolean} isFromTab  whether this tab had kept it, from before a crash or a reload
 * @property {JudgementState[]} undone  what can be redone, the latest last
 * @property {(() => void)[]} later  what waits until all its messages are answered
 */

/**
 * What the form does when the store has answered.
 *
 * @typedef {object} Heard
 * @property {(standing: StoredJudgement, mine: JudgementState) => void} onConflict
 * @property {(reference: Reference | undefined, wasFromTab: boolean) => void} onSaved
 * @property {(before: JudgementState) => void} onUndone
 * @property {(unsaved: UnsavedReturn[]) => void} onUnsaved  what is not saved, whenever it changes
 */

const SEND_EVERY = 400; // milliseconds: how often typing is sent
const PAUSE = 10_000; // milliseconds: how long a pause ends a change
const MOST_SENT = 20; // earlier texts by which a window recognises its own work
const NO_CHANGE = { field: "", at: 0 };

/** Sends the changes of the judgements to the store until it acknowledges them, and undoes them. */
export class JudgementRecord {
  #link;
  #say;
  #keeping = new Keeping();
  #heard;
  /** @type {OpenJudgement | null} */
  #now = null;
  /** @type {Map<string, OpenJudgement>} judgements that were left before all of them was saved */
  #left = new Map();
  #unsaved;
  /** @type {ReturnType<typeof setTimeout> | null} */
  #timer = null;
  #typedField = "";
  #lastChange = NO_CHANGE;

  /**
   * @param {object} parts
   * @param {Link} parts.link
   * @param {Say} parts.say
   * @param {Heard} parts.heard
   */
  constructor({ link, say, heard }) {
    this.#link = link;
    this.#say = say;
    this.#heard = heard;
    this.#unsaved = new UnsavedReturns({
      sendAgain: () => this.#sendAgain(),
      changed: () => heard.onUnsaved(this.#unsaved.all),
    });
  }

  /** The judgement as the form shows it. The form changes it in place and then calls `change`. */
  get state() {
    return this.#open.state;
  }

  /** The return whose judgement is open; empty if there is none. */
  get returnId() {
    return this.#now ? this.#now.return_id : "";
  }

  /** Whether something of the open judgement is not in the store yet. */
  get isUnsaved() {
    return this.#now !== null && this.#isPending(this.#now);
  }

  /** Whether something of any judgement is not in the store yet. */
  get hasUnsaved() {
    return this.isUnsaved || [...this.#left.values()].some((one) => this.#isPending(one));
  }

  get #open() {
    if (this.#now === null) {
      throw new Error("No judgement is open.");
    }
    return this.#now;
  }

  /**
   * Opens a return's judgement. What is not saved of it yet goes on being saved; what this tab
   * still kept of it is sent again, or is shown beside what the store holds by now.
   *
   * @param {{ return_id: string, name: string, desk: string }} place
   * @param {StoredJudgement} standing  what the store holds
   */
  open({ return_id: returnId, name, desk }, standing) {
    this.#leave();
    this.#lastChange = NO_CHANGE;
    const left = this.#left.get(returnId);
    if (left) {
      this.#left.delete(returnId);
      this.#now = left;
      left.blocked = false;
      if (left.unanswered === 0) {
        this.#send(left);
      }
      return;
    }
    const content = contentOf(standing);
    const text = stableText(content);
    this.#now = judgementOf({ return_id: returnId, name, desk }, content, standing.version);
    const kept = this.#keeping.find(desk, returnId);
    if (!kept || stableText(kept.state) === text) {
      this.#keeping.forget(desk, returnId);
      return;
    }
    Object.assign(this.#now, takenFromTab(kept));
    this.#send(this.#now);
  }

  /**
   * Sends again what this tab kept of other returns than the open one, from before a crash or a
   * reload.
   *
   * @param {string} desk
   */
  sendKept(desk) {
    for (const returnId of this.#keeping.returnsOf(desk)) {
      const kept = this.#keeping.find(desk, returnId);
      if (kept && returnId !== this.returnId && !this.#left.has(returnId)) {
        const place = { return_id: returnId, name: kept.name ?? "another return", desk };
        const one = judgementOf(place, kept.state, kept.version);
        Object.assign(one, takenFromTab(kept), { acknowledged: kept.sent[0] ?? "" });
        this.#left.set(returnId, one);
        this.#send(one);
      }
    }
  }

  /**
   * Returns the judgement of a return that is not saved, as it is here.
   *
   * @param {string} returnId
   */
  unsavedState(returnId) {
    return this.#unsavedOf(returnId)?.state;
  }

  /**
   * Gives up what is here of a return that is not saved.
   *
   * @param {string} returnId
   */
  discard(returnId) {
    const one = this.#unsavedOf(returnId);
    if (one) {
      this.#keeping.forget(one.desk, returnId);
      this.#left.delete(returnId);
      if (one === this.#now) {
        this.#now = null;
      }
      this.#unsaved.settle(returnId);
    }
  }

  /** Sends everything that is not saved, now. */
  tryNow() {
    this.#unsaved.tryNow();
  }

  /** Closes the judgement that is open. What is not saved of it goes on being saved. */
  clear() {
    this.#leave();
    this.#now = null;
  }

  /** Sends nothing by itself any more. */
  close() {
    this.#unsaved.close();
  }

  /**
   * Tells whether the store still holds what it last acknowledged to this window.
   *
   * @param {StoredJudgement} standing  what the store holds
   */
  isCurrent(standing) {
    const now = this.#open;
    return standing.version === now.version && stableText(contentOf(standing)) === now.acknowledged;
  }

  /**
   * Saves a change of one field. Typing is sent every so often, everything else at once, so that no
   * save holds two changes.
   *
   * @param {string} field
   * @param {boolean} isTyping
   */
  change(field, isTyping) {
    const one = this.#open;
    one.undone = [];
    if (this.#unsaved.has(one.return_id)) {
      // Sent with the next attempt: to be refused at every key would be announced at every key.
      this.#lastChange = NO_CHANGE;
      this.#keep(one);
      return;
    }
    if (this.#timer !== null && this.#typedField !== field) {
      this.flush();
    }
    if (!isTyping) {
      this.#send(one, { field });
      return;
    }
    this.#typedField = field;
    this.#keep(one);
    this.#say("Not saved yet", "busy");
    if (this.#timer === null) {
      this.#timer = setTimeout(() => this.flush(), SEND_EVERY);
    }
  }

  /** Sends what is typed and not sent yet. */
  flush() {
    if (this.#timer !== null) {
      clearTimeout(this.#timer);
      this.#timer = null;
      this.#send(this.#open, { field: this.#typedField, isTyping: true });
    }
  }

  /** Ends the change that is being typed: what is typed next can be undone on its own. */
  leave() {
    this.flush();
    this.#lastChange = NO_CHANGE;
  }

  /** Saves because the assessor asks for it. */
  save() {
    this.flush();
    const now = this.#open;
    if (this.#unsaved.has(now.return_id)) {
      this.tryNow();
    } else if (now.unanswered === 0 && isChanged(now)) {
      this.#send(now);
    } else if (!this.#isPending(now)) {
      this.#say("Saved. Nothing has changed since.");
    }
  }

  /** Undoes the last change. */
  undo() {
    const one = this.#open;
    if (this.#unsaved.has(one.return_id)) {
      this.#say("Nothing can be undone until this return is saved.", "bad");
      return;
    }
    this.leave();
    if (one.later.length) {
      one.later.push(() => this.undo()); // what was pressed first is done first
      return;
    }
    one.unanswered += 1;
    one.lastMessage = this.#link.ask(
      { kind: "undo", return_id: one.return_id, ...baseOf(one) },
      (answer) => {
        this.#undoAnswered(answer, one);
        this.#goOn(one);
      },
      (reason) => this.#failed(one, reason),
    );
  }

  /**
   * Takes back the last undo, once the program has answered for everything before.
   *
   * @param {(before: JudgementState | undefined) => void} redone  called with what stood before, or
   *   with nothing where nothing was undone
   */
  redo(redone) {
    this.leave();
    const one = this.#open;
    if (one.unanswered > 0) {
      one.later.push(() => this.redo(redone));
      return;
    }
    const again = one.undone.at(-1);
    if (!again) {
      redone(undefined);
      return;
    }
    const before = one.state;
    one.undone = one.undone.slice(0, -1);
    one.state = again;
    this.#send(one);
    redone(before);
  }

  /**
   * Continues after a conflict. If the assessor prefers what the store holds, this window's
   * judgement is saved and then undone, so that the log keeps both.
   *
   * @param {StoredJudgement} standing  what the store holds
   * @param {boolean} keepMine  whether this window's judgement is chosen
   */
  settle(standing, keepMine) {
    this.#open.blocked = false;
    this.#lastChange = NO_CHANGE;
    if (!keepMine && standing.submitted) {
      this.#take(standing);
      this.#heard.onSaved(undefined, false);
      return;
    }
    this.#send(this.#open, { base: { base: standing.version } });
    if (!keepMine) {
      this.undo();
    }
  }

  /** @param {OpenJudgement} one */
  #isPending(one) {
    const isTyping = one === this.#now && this.#timer !== null;
    return isTyping || one.unanswered > 0 || isChanged(one);
  }

  /** @param {string} returnId */
  #unsavedOf(returnId) {
    return this.#now?.return_id === returnId ? this.#now : this.#left.get(returnId);
  }

  // Nothing that is typed may wait for its turn any longer, and nothing unsaved may be forgotten.
  #leave() {
    this.flush();
    const one = this.#now;
    if (one && this.#isPending(one)) {
      this.#left.set(one.return_id, one);
    }
  }

  /** @param {OpenJudgement} one */
  #keep(one) {
    this.#keeping.keep(one.desk, one.return_id, {
      name: one.name,
      version: one.version,
      state: one.state,
      sent: [one.acknowledged, ...one.sent],
    });
  }

  #sendAgain() {
    this.#link.askAgain();
    const all = this.#now ? [this.#now, ...this.#left.values()] : [...this.#left.values()];
    for (const one of all) {
      if (one.unanswered === 0 && isChanged(one) && this.#unsaved.has(one.return_id)) {
        this.#send(one);
      }
    }
  }

  /**
   * @param {OpenJudgement} one
   * @param {{ field?: string, isTyping?: boolean, base?: Base }} [change]  `base`: what the save
   *   builds on, if not on what this window did before
   */
  #send(one, { field = "", isTyping = false, base } = {}) {
    const text = stableText(one.state);
    this.#keep(one);
    if (one.blocked) {
      return;
    }
    const continues = this.#continues(field, isTyping);
    this.#lastChange = isTyping ? { field, at: Date.now() } : NO_CHANGE;
    one.sent = [...one.sent.slice(-MOST_SENT), text];
    one.unanswered += 1;
    if (one === this.#now && !this.#unsaved.has(one.return_id)) {
      this.#say("Saving…", "busy");
    }
    /** @type {SaveMessage} */
    const message = {
      kind: "save",
      return_id: one.return_id,
      state: one.state,
      continues,
      ...(base ?? baseOf(one)),
    };
    one.lastMessage = this.#link.ask(
      message,
      (answer) => {
        this.#saveAnswered(answer, one, text);
        this.#goOn(one);
      },
      (reason) => this.#failed(one, reason),
    );
  }

  // What waited for the last answer.
  /** @param {OpenJudgement} one */
  #goOn(one) {
    if (one.unanswered > 0 || !one.later.length) {
      return;
    }
    const [step, ...later] = one.later;
    one.later = later;
    if (one === this.#now) {
      step();
    }
  }

  /**
   * @param {OpenJudgement} one
   * @param {string} reason
   */
  #failed(one, reason) {
    this.#unsaved.note({ return_id: one.return_id, name: one.name, reason });
  }

  /**
   * Tells whether a save belongs to the change before it.
   *
   * @param {string} field
   * @param {boolean} isTyping
   */
  #continues(field, isTyping) {
    const last = this.#lastChange;
    const isSameText = isTyping && last.field === field && Date.now() - last.at < PAUSE;
    return field === "submitted" || isSameText;
  }

  /**
   * @param {Answer} answer
   * @param {OpenJudgement} one
   * @param {string} text  what was sent
   */
  #saveAnswered(answer, one, text) {
    noteAnswer(one);
    if (answer.kind === "saved") {
      one.acknowledged = text;
      one.version = answer.version ?? one.version;
      this.#saved(answer, one);
    } else if (answer.kind === "conflict" && answer.state) {
      this.#clash(one, answer.state);
    } else {
      one.version = answer.version ?? one.version;
      if (one === this.#now) {
        this.#say(answer.text, "bad");
      }
      this.#failed(one, withoutTheCry(answer.text ?? ""));
    }
  }

  /**
   * @param {Answer} answer
   * @param {OpenJudgement} one
   */
  #saved(answer, one) {
    const wasUnsaved = this.#unsaved.has(one.return_id);
    if (this.#isPending(one)) {
      // What was typed while the store refused it is sent as soon as it accepts something.
      if (wasUnsaved && one.unanswered === 0) {
        this.#send(one);
      }
      return;
    }
    this.#keeping.forget(one.desk, one.return_id);
    this.#unsaved.settle(one.return_id);
    one.sent = [];
    if (one !== this.#now) {
      this.#left.delete(one.return_id);
      if (one.isFromTab || wasUnsaved) {
        this.#say(`Saved: what this tab still held of ${one.name}`);
      }
      return;
    }
    this.#heard.onSaved(answer.reference, one.isFromTab);
    one.isFromTab = false;
  }

  /**
   * @param {Answer} answer
   * @param {OpenJudgement} one
   */
  #undoAnswered(answer, one) {
    noteAnswer(one);
    if (answer.kind === "conflict" && answer.state) {
      this.#clash(one, answer.state);
      return;
    }
    if (!this.#isPending(one)) {
      this.#unsaved.settle(one.return_id);
    }
    if (answer.kind !== "undone" || !answer.state) {
      this.#say(answer.text, answer.kind === "refused" ? "bad" : "good");
      return;
    }
    if (one !== this.#now || isChanged(one)) {
      one.version = answer.state.version; // what was typed meanwhile is on its way
      if (this.#unsaved.has(one.return_id) && one.unanswered === 0) {
        this.#send(one);
      }
      return;
    }
    const before = one.state;
    const undone = [...one.undone, before];
    this.#take(answer.state);
    one.undone = undone;
    this.#heard.onUndone(before);
  }

  /**
   * Handles a judgement in the store that this window did not build on: it is shown beside what is
   * here, unless this window wrote it.
   *
   * @param {OpenJudgement} one
   * @param {StoredJudgement} standing  what the store holds
   */
  #clash(one, standing) {
    const text = stableText(contentOf(standing));
    if (one.blocked) {
      return;
    }
    if (text === one.acknowledged || one.sent.includes(text)) {
      one.version = standing.version;
      one.acknowledged = text;
      if (one.unanswered === 0 && isChanged(one)) {
        this.#send(one);
      } else if (!this.#isPending(one)) {
        this.#saved({ kind: "saved" }, one);
      }
      return;
    }
    if (one !== this.#now) {
      one.blocked = true;
      this.#failed(one, "It was changed in another window: open it to compare both.");
      return;
    }
    one.blocked = true;
    this.#unsaved.settle(one.return_id); // the panel that opens asks instead
    this.#heard.onConflict(standing, one.state);
  }

  /** @param {StoredJudgement} standing */
  #take(standing) {
    const now = this.#open;
    now.state = structuredClone(contentOf(standing));
    now.version = standing.version;
    now.acknowledged = stableText(now.state);
    now.undone = [];
    this.#keeping.forget(now.desk, now.return_id);
    this.#unsaved.settle(now.return_id);
  }
}

/**
 * @param {{ return_id: string, name: string, desk: string }} place
 * @param {JudgementState} content
 * @param {number} version
 * @returns {OpenJudgement}
 */
function judgementOf(place, content, version) {
  return {
    ...place,
    version,
    state: structuredClone(content),
    acknowledged: stableText(content),
    sent: [],
    unanswered: 0,
    lastMessage: null,
    blocked: false,
    isFromTab: false,
    undone: [],
    later: [],
  };
}

/** @param {Kept} kept */
function takenFromTab({ state, version, sent }) {
  return { state, version, sent, isFromTab: true };
}

/**
 * Returns a refusal as a sentence of its own, to stand behind a return's name.
 *
 * @param {string} text
 */
function withoutTheCry(text) {
  const reason = text.replace(/^NOT SAVED: /, "");
  return reason.charAt(0).toUpperCase() + reason.slice(1);
}

/**
 * @param {StoredJudgement} standing
 * @returns {JudgementState}
 */
function contentOf({ version: _, ...content }) {
  return content;
}

/** @param {OpenJudgement} one */
function isChanged(one) {
  return stableText(one.state) !== one.acknowledged;
}

/**
 * Returns what a message builds on: the version that was acknowledged, or the message before it
 * that still is not.
 *
 * @param {OpenJudgement} one
 * @returns {Base}
 */
function baseOf(one) {
  return one.lastMessage ? { base: one.version, after: one.lastMessage } : { base: one.version };
}

/** @param {OpenJudgement} one */
function noteAnswer(one) {
  one.unanswered -= 1;
  if (one.unanswered === 0) {
    one.lastMessage = null;
  }
}
