// One point of the judgement: the question, what the machine found, a level and a comment.

import { button, element, quiet } from "../dom.js";
import { labelled } from "../panels.js";
import { openPhrases } from "./phrase_panel.js";

/** @import { Choice, Criterion, Finding, JudgementState, Phrase } from "../messages.js" */

/**
 * A field that the assessor writes in, and how to read its text from the judgement.
 *
 * @typedef {object} WrittenField
 * @property {HTMLInputElement | HTMLTextAreaElement} field
 * @property {() => string} read
 */

/**
 * What a point needs from the form that it is in.
 *
 * @typedef {object} PointForm
 * @property {() => JudgementState} state
 * @property {() => boolean} isLocked  returns whether the judgement is submitted; if so, tells the assessor
 * @property {() => void} onFocus  makes the point the current one
 * @property {(level: string) => void} choose
 * @property {(field: string) => void} changed  saves a change of one field
 * @property {(criterion: string, label: string) => void} showBehind
 * @property {<Field extends HTMLInputElement | HTMLTextAreaElement>(name: string, field: Field,
 *   read: () => string, write: (text: string) => void) => { field: Field, read: () => string }
 *   } written  saves what is typed into a field
 */

/** The part of the form that judges one point. */
export class JudgementPoint {
  #criterion;
  #form;
  #radios;
  #comment;
  #why;
  #error = errorLine("Choose a level.");

  /**
   * @param {Criterion} criterion
   * @param {Choice[]} levels
   * @param {{ finding: Finding | undefined, phrases: Phrase[], answered: HTMLElement | null }} about
   *   `answered`: what staff answered to a disagreement
   * @param {PointForm} form
   */
  constructor(criterion, levels, { finding, phrases, answered }, form) {
    this.#criterion = criterion;
    this.#form = form;
    this.#radios = levels.map((level) => this.#radio(level));
    this.#why = this.#written("why", "disagreements", this.#whyField());
    this.#comment = this.#written("comment", "comments", this.#commentField());
    const { label, question, prompt } = criterion;
    const hint = element("span", {
      class: "ak-quiet",
      "aria-hidden": "true",
      text: "Comment to the member",
    });
    this.fieldset = element(
      "fieldset",
      { class: "ak-point" },
      element("legend", { text: label }),
      element("p", { class: "ak-question" }, question, prompt ? quiet("span", ` ${prompt}`) : null),
      finding ? this.#finding(finding) : null,
      answered,
      this.#levels(levels),
      this.#error,
      element("div", { class: "ak-comment" }, hint, this.#phraseButton(phrases)),
      this.#comment.field,
    );
  }

  /**
   * Shows which level is chosen, whether the point is the current one, and whether it is locked.
   *
   * @param {boolean} isCurrent
   */
  sync(isCurrent) {
    const { levels, submitted } = this.#form.state();
    for (const radio of this.#radios) {
      radio.checked = levels[this.#criterion.code] === radio.value;
      radio.disabled = submitted;
    }
    this.#comment.field.readOnly = submitted;
    this.#why.field.readOnly = submitted;
    this.fieldset.classList.toggle("ak-current", isCurrent);
    if (isCurrent) {
      this.fieldset.setAttribute("aria-current", "true");
    } else {
      this.fieldset.removeAttribute("aria-current");
    }
  }

  /**
   * Says beside the levels that one is still to be chosen.
   *
   * @param {boolean} isAskedFor  whether the assessor has tried to submit
   */
  showMissing(isAskedFor) {
    const isMissing = !this.#form.state().levels[this.#criterion.code];
    this.#error.hidden = !isAskedFor || !isMissing;
  }

  /** Puts the judgement's texts into the fields. */
  fill() {
    this.#comment.field.value = this.#comment.read();
    this.#why.field.value = this.#why.read();
  }

  /** Moves the focus to the chosen level or, once the judgement is locked, to the comment. */
  focus() {
    const radio = this.#radios.find((one) => one.checked) ?? this.#radios[0];
    const target = radio.disabled ? this.#comment.field : radio;
    target.focus({ preventScroll: true });
    // In a low window a point does not fit: its beginning is what matters.
    const isTall = this.fieldset.offsetHeight > window.innerHeight / 2;
    this.fieldset.scrollIntoView({ block: isTall ? "start" : "nearest" });
  }

  /** Moves the focus to the first level. */
  focusFirstLevel() {
    this.#radios[0].focus();
  }

  /**
   * Moves the focus to one of the levels without scrolling.
   *
   * @param {number} place
   */
  focusLevel(place) {
    this.#radios[place].focus({ preventScroll: true });
  }

  /** Moves the focus to the comment. */
  focusComment() {
    this.#comment.field.focus();
  }

  /**
   * @template {HTMLInputElement | HTMLTextAreaElement} Field
   * @param {string} name
   * @param {"comments" | "disagreements"} list
   * @param {Field} field
   */
  #written(name, list, field) {
    const { code } = this.#criterion;
    const read = () => this.#form.state()[list][code] || "";
    /** @param {string} text */
    const write = (text) => {
      this.#form.state()[list][code] = text;
    };
    return this.#form.written(`${name} ${code}`, field, read, write);
  }

  #whyField() {
    return element("input", {
      type: "text",
      "aria-label": `Why I disagree on ${this.#criterion.label}`,
      onfocus: () => this.#form.onFocus(),
    });
  }

  #commentField() {
    return element("textarea", {
      rows: "2",
      "aria-label": `Comment on ${this.#criterion.label}`,
      onfocus: () => this.#form.onFocus(),
    });
  }

  /** @param {Choice} level */
  #radio(level) {
    return element("input", {
      type: "radio",
      name: `ak-${this.#criterion.code}`,
      value: level.code,
      onchange: () => this.#form.choose(level.code),
      onfocus: () => this.#form.onFocus(),
    });
  }

  /** @param {Choice[]} levels */
  #levels(levels) {
    const choices = levels.map(({ label }, place) => {
      const key = element("kbd", { text: String(place + 1), "aria-hidden": "true" });
      const text = element("span", { text: label });
      return element("label", { class: "ak-level" }, this.#radios[place], key, text);
    });
    return element("div", { class: "ak-levels" }, ...choices);
  }

  /** @param {Finding} finding */
  #finding(finding) {
    const { code, label } = this.#criterion;
    const reasonField = labelled("Why I disagree (staff read this)", this.#why.field);
    reasonField.hidden = !this.#why.read();
    const behind = button(
      "Show the activities behind it",
      () => this.#form.showBehind(code, label),
      {
        class: "ak-link ak-behind",
        "data-code": code,
        "aria-pressed": "false",
      },
    );
    return element(
      "div",
      { class: "ak-finding" },
      element("p", {}, element("strong", { text: finding.standing }), ` · ${finding.sentence}`),
      findingAsRead(finding),
      element("p", { class: "ak-row" }, behind, this.#disagreeButton(reasonField)),
      reasonField,
    );
  }

  /** @param {HTMLElement} reasonField  the field for the reason, which the button shows and hides */
  #disagreeButton(reasonField) {
    const toggle = () => {
      reasonField.hidden = !reasonField.hidden;
      disagree.setAttribute("aria-expanded", String(!reasonField.hidden));
      if (!reasonField.hidden) {
        this.#why.field.focus();
      }
    };
    const disagree = button("I disagree", toggle, {
      class: "ak-link",
      "aria-expanded": String(!reasonField.hidden),
    });
    return disagree;
  }

  /** @param {Phrase[]} phrases */
  #phraseButton(phrases) {
    const { label } = this.#criterion;
    const open = () => {
      if (!this.#form.isLocked()) {
        openPhrases(this.fieldset, label, phrases, (phrase) => this.#addPhrase(phrase));
      }
    };
    return button("Add a phrase…", open, {
      class: "ak-link ak-phrases",
      "aria-label": `Add a phrase for ${label}`,
      "aria-haspopup": "dialog",
    });
  }

  /** @param {Phrase} phrase */
  #addPhrase(phrase) {
    const { code } = this.#criterion;
    const { comments, themes } = this.#form.state();
    const comment = this.#comment.field;
    comment.value = [comment.value.trim(), phrase.text].filter(Boolean).join(" ");
    comments[code] = comment.value;
    if (phrase.theme && !themes.includes(phrase.theme)) {
      themes.push(phrase.theme);
    }
    this.#form.changed(`phrase ${code}`);
    comment.focus();
  }
}

/**
 * Makes the line that says, beside a field, what is still to be chosen.
 *
 * @param {string} text
 */
export function errorLine(text) {
  return element("p", { class: "ak-wrong ak-missing", text, hidden: true });
}

/** @param {Finding} finding */
function findingAsRead({ standing_as_read: standing, sentence_as_read: sentence }) {
  if (!sentence) {
    return null;
  }
  return element(
    "p",
    {},
    element("span", { class: "ak-read", text: "As you read it: " }),
    element("strong", { text: standing }),
    ` · ${sentence}`,
  );
}
