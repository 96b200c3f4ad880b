// Messages to the program. Nothing is said to be recorded before the program has said so.

/** @import { ModerationAnswer, ModerationMessage, ModerationModel } from "./messages.js" */
/** @import { Say } from "../status_line.js" */

const PATIENCE = 3000; // milliseconds before the moderator is told that no answer has come

/** Sends messages and passes the answers on. */
export class ModerationLink {
  #model;
  #say;
  #number = 0;
  #name = `m${Date.now().toString(36)}${Math.random().toString(36).slice(2)}`;
  /** @type {Map<string, { answered: (answer: ModerationAnswer) => void, timer: number }>} */
  #waiting = new Map();

  /**
   * @param {ModerationModel} model
   * @param {Say} say
   */
  constructor(model, say) {
    this.#model = model;
    this.#say = say;
    model.on("msg:custom", this.#hear);
  }

  /**
   * Sends a message, and says so where no answer comes.
   *
   * @param {ModerationMessage} message
   * @param {(answer: ModerationAnswer) => void} [answered]
   */
  ask(message, answered = () => {}) {
    this.#number += 1;
    const name = `${this.#name}-${this.#number}`;
    const isChange = message.kind === "agree" || message.kind === "answer";
    const silent = isChange
      ? "NOT RECORDED yet: the program does not answer. What you wrote is still here."
      : "The program has not answered yet.";
    const timer = window.setTimeout(() => this.#say(silent, "bad"), PATIENCE);
    this.#waiting.set(name, { answered, timer });
    this.#model.send({ ...message, event_id: name });
  }

  /** Stops listening. */
  close() {
    this.#model.off("msg:custom", this.#hear);
    for (const { timer } of this.#waiting.values()) {
      clearTimeout(timer);
    }
  }

  /** @param {ModerationAnswer} answer */
  #hear = (answer) => {
    const one = this.#waiting.get(answer.to);
    if (!one) {
      return; // it answers another window on the same program
    }
    clearTimeout(one.timer);
    this.#waiting.delete(answer.to);
    if (answer.text) {
      this.#say(answer.text, answer.kind === "refused" ? "bad" : "good");
    }
    one.answered(answer);
  };
}
