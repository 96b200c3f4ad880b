// Messages to the program. Each has a name of its own. The screen says "saved" only once the store
// has answered, and says so if no answer comes or none can come.

/** @import { Answer, Message, NumberedMessage } from "./messages.js" */
/** @import { Kernel, Model } from "./model.js" */
/** @import { Say } from "./status_line.js" */

/**
 * A message that has no answer yet.
 *
 * @typedef {object} Waiting
 * @property {NumberedMessage} message
 * @property {(answer: Answer) => void} answered
 * @property {(reason: string) => void} [silent]  called when no answer comes
 * @property {ReturnType<typeof setTimeout>} timer
 * @property {boolean} isSilent  whether no answer has come for a while
 */

const PATIENCE = 2000; // milliseconds before the assessor is told that no answer has come
// The practice returns are made when they are first asked for, which takes seconds.
const PATIENCE_OF = new Map([["tour", 20_000]]);
const CHANGES = new Set(["save", "undo", "reading", "hand_back", "worry"]);
// The store knows these again by their name, so that twice is as good as once.
const REPEATABLE = new Set(["save", "undo"]);
const SILENT = "The program does not answer.";
const STOPPED = "The program has stopped.";
const ENDED = new Set(["dead", "restarting", "autorestarting", "terminating"]);

/** Sends messages to the program, passes its answers on, and notices when it ends. */
export class Link {
  #model;
  #say;
  #isAllSaved;
  /** @type {Kernel | null | undefined} */
  #kernel;
  /** @type {Map<string, Waiting>} */
  #waiting = new Map();
  #isGone = false;

  /**
   * @param {Model} model
   * @param {Say} say
   * @param {() => boolean} isAllSaved  returns whether every judgement is in the store
   */
  constructor(model, say, isAllSaved) {
    this.#model = model;
    this.#say = say;
    this.#isAllSaved = isAllSaved;
    this.#kernel = model.widget_manager?.kernel;
    model.on("msg:custom", this.#hear);
    model.on("comm_live_update", this.#liveChanged);
    this.#kernel?.statusChanged.connect(this.#statusChanged);
    this.#kernel?.connectionStatusChanged.connect(this.#connectionChanged);
  }

  /**
   * Sends a message.
   *
   * @param {Message} message
   * @param {(answer: Answer) => void} [answered]  called when the program has answered
   * @param {(reason: string) => void} [silent]  called when it has not, after a while or because
   *   it has stopped
   * @returns {string} the message's name
   */
  ask(message, answered = () => {}, silent = undefined) {
    const name = newName();
    const numbered = { event_id: name, ...message };
    const timer = this.#timerFor(name, message.kind);
    this.#waiting.set(name, { message: numbered, answered, silent, timer, isSilent: false });
    if (this.#isGone) {
      this.#sayEnded();
      return name;
    }
    try {
      this.#model.send(numbered);
    } catch {
      this.#sayEnded();
    }
    return name;
  }

  /** Sends changes again that were not answered for a while: they may be lost on their way. */
  askAgain() {
    if (this.#isGone) {
      return;
    }
    for (const [name, one] of this.#waiting) {
      if (one.isSilent && REPEATABLE.has(one.message.kind)) {
        one.isSilent = false;
        one.timer = this.#timerFor(name, one.message.kind);
        this.#model.send(one.message);
      }
    }
  }

  /** Whether the program has stopped, so that nothing can reach it any more. */
  get isGone() {
    return this.#isGone;
  }

  /** Stops listening to the program. */
  close() {
    this.#model.off("msg:custom", this.#hear);
    this.#model.off("comm_live_update", this.#liveChanged);
    this.#kernel?.statusChanged.disconnect(this.#statusChanged);
    this.#kernel?.connectionStatusChanged.disconnect(this.#connectionChanged);
  }

  /** @param {Answer} answer */
  #hear = (answer) => {
    const one = this.#waiting.get(answer.to ?? "");
    if (!one) {
      return; // it answers another window on the same program
    }
    clearTimeout(one.timer);
    this.#waiting.delete(answer.to ?? "");
    one.answered(answer);
  };

  #liveChanged = () => {
    if (!this.#model.comm_live) {
      this.#sayEnded();
    }
  };

  /** @type {(sender: unknown, status: string) => void} */
  #statusChanged = (_, status) => {
    if (ENDED.has(status) && !this.#isGone) {
      this.#sayEnded();
    }
  };

  /** @type {(sender: unknown, status: string) => void} */
  #connectionChanged = (_, status) => {
    if (this.#isGone) {
      return;
    }
    if (status === "disconnected") {
      this.#sayEnded();
    } else if (status === "connecting") {
      this.#say("NOT SAVED: the connection is interrupted. Your words are still here.", "bad");
    } else if (status === "connected" && !this.#isUnsaved()) {
      this.#say("The connection is back. Everything is saved.");
    }
  };

  /**
   * @param {string} name
   * @param {string} kind
   */
  #timerFor(name, kind) {
    const patience = PATIENCE_OF.get(kind) ?? PATIENCE;
    return setTimeout(() => this.#noticeSilence(name), patience);
  }

  /** @param {string} name */
  #noticeSilence(name) {
    const one = this.#waiting.get(name);
    if (!one || this.#isGone) {
      return;
    }
    one.isSilent = true;
    const text = CHANGES.has(one.message.kind)
      ? "NOT SAVED: the program does not answer. Your words are still here."
      : "The program has not answered yet.";
    this.#say(text, "bad");
    one.silent?.(SILENT);
  }

  #isUnsaved() {
    const isChange = (/** @type {Waiting} */ one) => CHANGES.has(one.message.kind);
    return !this.#isAllSaved() || [...this.#waiting.values()].some(isChange);
  }

  #sayEnded() {
    this.#isGone = true;
    const isApp = Boolean(document.body.dataset.voila);
    const again = isApp ? "Load the page again" : "Choose Run > Run All Cells";
    const text = this.#isUnsaved()
      ? `NOT SAVED: the program has stopped. Your words are kept in this tab. ${again}, and they will be saved.`
      : `The program has stopped. Everything that was reported as saved is safe. ${again}.`;
    this.#say(text, "bad", isApp ? "reload" : "");
    for (const one of this.#waiting.values()) {
      one.silent?.(STOPPED);
    }
  }
}

function newName() {
  // A page that did not come over HTTPS or from this machine has no randomUUID.
  if (typeof globalThis.crypto?.randomUUID === "function") {
    return crypto.randomUUID();
  }
  return `${Date.now()}-${Math.random().toString(16).slice(2)}`;
}
