// Made from the modules in js/ by "make bundle". Change them, not this file.

// assessor_kit/workbench/js/dom.js
var PROPERTIES = /* @__PURE__ */ new Set(["value", "checked", "disabled"]);
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    setAttribute(made, name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== void 0));
  return made;
}
function setAttribute(target, name, value) {
  if (value === null || value === void 0 || value === false) {
    return;
  }
  if (typeof value === "function") {
    target.addEventListener(name.slice("on".length), value);
  } else if (name === "text") {
    target.textContent = String(value);
  } else if (name === "class") {
    target.className = String(value);
  } else if (PROPERTIES.has(name)) {
    Object.assign(target, { [name]: value });
  } else {
    target.setAttribute(name, value === true ? "" : String(value));
  }
}
function button(text, onclick, attributes = {}) {
  return element("button", { type: "button", text, onclick, ...attributes });
}
function quiet(tag, text) {
  return element(tag, { class: "ak-quiet", text });
}
function tableOf(headings, body, attributes = {}) {
  const heads = headings.map((text) => element("th", { scope: "col", text }));
  return element("table", attributes, element("thead", {}, element("tr", {}, ...heads)), body);
}
function drawnChart(html) {
  const box = element("div", { class: "ak-chart" });
  box.innerHTML = html;
  return box;
}
function choiceBox(label, choices, value, changed) {
  const options = choices.map((one) => element("option", { value: one.code, text: one.label }));
  const box = element(
    "select",
    { "aria-label": label, onchange: () => changed(box.value) },
    ...options
  );
  box.value = value;
  return box;
}

// assessor_kit/workbench/js/keeping.js
var DRAFT = "assessor-kit-draft";
var SINGLE_KEYS = "assessor-kit single keys";
function tried(step) {
  try {
    return step();
  } catch {
    return null;
  }
}
function singleKeysAreOn() {
  return tried(() => localStorage.getItem(SINGLE_KEYS)) !== "off";
}
function rememberSingleKeys(on) {
  tried(() => localStorage.setItem(SINGLE_KEYS, on ? "on" : "off"));
}
function draftFor(purpose) {
  return tried(() => sessionStorage.getItem(`${DRAFT} ${purpose}`));
}
function rememberDraft(purpose, text) {
  const key = `${DRAFT} ${purpose}`;
  tried(() => text ? sessionStorage.setItem(key, text) : sessionStorage.removeItem(key));
}
function draftPurposes() {
  const keys = tried(() => Object.keys(sessionStorage)) ?? [];
  const prefix = `${DRAFT} `;
  return keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
}
var Keeping = class {
  /**
   * @param {string} desk  whose desk the return lies on
   * @param {string} returnId
   * @param {Kept} kept
   */
  keep(desk, returnId, kept) {
    tried(() => sessionStorage.setItem(keptUnder(desk, returnId), JSON.stringify(kept)));
  }
  /**
   * @param {string} desk
   * @param {string} returnId
   * @returns {Kept | null}
   */
  find(desk, returnId) {
    return tried(() => JSON.parse(sessionStorage.getItem(keptUnder(desk, returnId)) ?? "null"));
  }
  /**
   * Returns the returns of a desk of which something is kept.
   *
   * @param {string} desk
   * @returns {string[]}
   */
  returnsOf(desk) {
    const prefix = keptUnder(desk, "");
    const keys = tried(() => Object.keys(sessionStorage)) ?? [];
    return keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  }
  /**
   * @param {string} desk
   * @param {string} returnId
   */
  forget(desk, returnId) {
    tried(() => sessionStorage.removeItem(keptUnder(desk, returnId)));
  }
};
function keptUnder(desk, returnId) {
  return `assessor-kit ${desk} ${returnId}`;
}

// assessor_kit/workbench/js/panels.js
function openPanel(root, title, ...children) {
  const focusedBefore = root.ownerDocument.activeElement;
  const id = `ak-panel-${Math.random().toString(36).slice(2)}`;
  const heading2 = element("h2", { id, text: title, tabindex: "-1", autofocus: true });
  const close = button("Close", () => panel.close(), { class: "ak-quiet-button" });
  const panel = element(
    "dialog",
    { class: "ak-panel", "aria-labelledby": id },
    element("div", { class: "ak-panel-head" }, heading2, close),
    ...children
  );
  panel.addEventListener("close", () => {
    panel.remove();
    giveFocusBack(root, focusedBefore);
  });
  panel.addEventListener("keydown", (event) => event.stopPropagation());
  root.append(panel);
  panel.showModal();
  heading2.focus();
  return panel;
}
function giveFocusBack(root, focusedBefore) {
  const stillThere = focusedBefore?.isConnected && focusedBefore !== document.body;
  if (stillThere && (focusedBefore instanceof HTMLElement || focusedBefore instanceof SVGElement)) {
    focusedBefore.focus();
  } else {
    root.dispatchEvent(new Event("ak-lost-focus"));
  }
}
function labelled(label, field2, note) {
  return element(
    "p",
    { class: "ak-field" },
    element("label", {}, element("span", { text: label }), field2),
    note ? quiet("span", note) : null
  );
}
function keepDraft(field2, purpose) {
  field2.value = draftFor(purpose) ?? field2.value;
  field2.addEventListener("input", () => rememberDraft(purpose, field2.value));
  return () => rememberDraft(purpose, "");
}

// assessor_kit/workbench/js/judgement/conflict.js
function labelOf(choices, code) {
  return choices.find((one) => one.code === code)?.label ?? "not chosen";
}
function partsOf(setup) {
  const { criteria, levels, outcomes } = setup;
  return [
    ...criteria.flatMap(({ code, label }) => [
      { label, said: (state) => labelOf(levels, state.levels[code]) },
      {
        label: `Comment on ${label}`,
        said: (state) => state.comments[code] || ""
      },
      {
        label: `Why I disagree on ${label}`,
        said: (state) => state.disagreements[code] || ""
      }
    ]),
    { label: "Outcome", said: (state) => labelOf(outcomes, state.outcome) },
    { label: "What I liked", said: (state) => state.liked || "" },
    { label: "Advice to the member", said: (state) => state.advice || "" },
    { label: "Private note", said: (state) => state.private_note || "" },
    { label: "Second look", said: (state) => state.second_look ? "asked for" : "not asked for" },
    { label: "State", said: (state) => state.submitted ? "submitted" : "draft" }
  ];
}
function differingParts(setup, one, other) {
  return partsOf(setup).filter((part) => part.said(one) !== part.said(other));
}
function openConflict(root, setup, standing, mine, choose) {
  const rows = differingParts(setup, standing, mine).map((part) => rowOf(part, standing, mine));
  const chosen = (keepMine) => {
    panel.close();
    choose(keepMine);
  };
  const panel = openPanel(
    root,
    "This judgement was changed in another window",
    element("p", { text: "Nothing is lost: the log keeps both. Choose which one to go on with." }),
    tableOf(["Part", "What is saved", "What is here"], element("tbody", {}, ...rows)),
    element(
      "p",
      { class: "ak-row" },
      button("Keep what is saved", () => chosen(false), { class: "ak-theirs" }),
      button("Save what is here over it", () => chosen(true), { class: "ak-mine-over" })
    )
  );
  panel.querySelector(".ak-panel-head button")?.remove();
  panel.addEventListener("cancel", (event) => event.preventDefault());
}
function rowOf(part, ...states) {
  const cells = states.map(
    (state) => element("td", { class: "ak-words", text: part.said(state) || "nothing" })
  );
  return element("tr", {}, element("th", { scope: "row", text: part.label }), ...cells);
}

// assessor_kit/workbench/js/judgement/afterwards.js
function agreedPanel(agreed) {
  if (!agreed) {
    return null;
  }
  const apart = agreed.rows.filter((row) => row.differs);
  const same = agreed.rows.length - apart.length;
  const rows = apart.map(
    ({ label, mine, agreed: other }) => element(
      "tr",
      {},
      element("th", { scope: "row", text: label }),
      element("td", { class: "ak-words", text: mine || "nothing" }),
      element("td", { class: "ak-words ak-other", text: other || "nothing" })
    )
  );
  const body = element("tbody", {}, ...rows);
  const rest = apart.length ? `In ${same} other points it is as you judged it.` : "It is as you judged it in every point.";
  return element(
    "section",
    { class: "ak-earlier ak-agreed", "aria-label": "What was agreed" },
    element("h4", { text: `What was agreed on ${agreed.when}` }),
    element("p", { class: "ak-words", text: `Why: ${agreed.why}` }),
    apart.length ? tableOf(["Point", "Yours", "Agreed"], body) : null,
    quiet("p", `${rest} The member reads what was agreed; yours stays in the log.`)
  );
}
function staffAnswers(answers, about, criterion) {
  const mine = answers.filter((one) => one.about === about && one.criterion === criterion);
  if (!mine.length) {
    return null;
  }
  const shown = mine.map(
    ({ answer, words, when }) => element(
      "p",
      { class: "ak-answer" },
      element("strong", { text: `Staff answered on ${when}: ${answer}. ` }),
      element("span", { class: "ak-words", text: words })
    )
  );
  return element("div", { class: "ak-answers" }, ...shown);
}

// assessor_kit/workbench/js/judgement/cleaning.js
var LINE_BREAKS = /* @__PURE__ */ new Set(["\v", "\f", ""]);
var NAMES = [
  { name: "soft hyphen", among: /\u00ad/ },
  { name: "vertical tab or page break", among: /[\u000b\u000c\u0085]/ },
  {
    name: "mark that turns the direction of text",
    among: /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/
  },
  { name: "space without width", among: /[\u200b\u200c\u2060\ufeff]/ }
];
function cleaned(text, unseen) {
  const counts = /* @__PURE__ */ new Map();
  const clean = text.replace(new RegExp(unseen, "gu"), (whole, character) => {
    if (character === void 0) {
      return whole;
    }
    const name = NAMES.find(({ among }) => among.test(character))?.name ?? "control character";
    counts.set(name, (counts.get(name) ?? 0) + 1);
    return LINE_BREAKS.has(character) ? "\n" : "";
  });
  const removed = [...counts].map(([name, number]) => `${number} × ${name}`).join(", ");
  return { text: clean, removed };
}
function noteRemoved(field2, removed) {
  const place = field2.closest("label") ?? field2;
  const old = place.nextElementSibling;
  if (old?.classList.contains("ak-cleaned")) {
    old.remove();
  }
  if (removed) {
    const note = document.createElement("span");
    note.className = "ak-cleaned";
    note.setAttribute("role", "status");
    note.textContent = `Taken out of this text, because nobody can see it: ${removed}.`;
    place.after(note);
  }
}

// assessor_kit/workbench/js/judgement/phrase_panel.js
function openPhrases(within, label, phrases, add) {
  const root = within.closest(".ak-screen");
  const search = element("input", { type: "search", "aria-label": "Find a phrase" });
  const found = element("p", { class: "ak-quiet", role: "status" });
  const rows = phrases.map((phrase) => {
    const text = phrase.tone === "own" ? `Mine: ${phrase.text}` : phrase.text;
    const choose = () => {
      panel.close();
      add(phrase);
    };
    return element("li", {}, button(text, choose, { class: "ak-phrase" }));
  });
  const show = () => {
    const wanted = search.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) {
      const text = (row.textContent ?? "").toLocaleLowerCase();
      row.hidden = !wanted.every((word) => text.includes(word));
    }
    const number = rows.filter((row) => !row.hidden).length;
    found.textContent = number === 1 ? "1 phrase" : `${number} phrases`;
  };
  search.addEventListener("input", show);
  const panel = openPanel(
    /** @type {HTMLElement} */
    root ?? within,
    `Phrases for ${label}`,
    element("p", {}, element("label", {}, element("span", { text: "Find " }), search)),
    found,
    element("ul", { class: "ak-phrase-list" }, ...rows)
  );
  panel.classList.add("ak-wide");
  show();
  search.focus();
}

// assessor_kit/workbench/js/judgement/judgement_point.js
var JudgementPoint = class {
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
      text: "Comment to the member"
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
      this.#comment.field
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
  #written(name, list, field2) {
    const { code } = this.#criterion;
    const read = () => this.#form.state()[list][code] || "";
    const write = (text) => {
      this.#form.state()[list][code] = text;
    };
    return this.#form.written(`${name} ${code}`, field2, read, write);
  }
  #whyField() {
    return element("input", {
      type: "text",
      "aria-label": `Why I disagree on ${this.#criterion.label}`,
      onfocus: () => this.#form.onFocus()
    });
  }
  #commentField() {
    return element("textarea", {
      rows: "2",
      "aria-label": `Comment on ${this.#criterion.label}`,
      onfocus: () => this.#form.onFocus()
    });
  }
  /** @param {Choice} level */
  #radio(level) {
    return element("input", {
      type: "radio",
      name: `ak-${this.#criterion.code}`,
      value: level.code,
      onchange: () => this.#form.choose(level.code),
      onfocus: () => this.#form.onFocus()
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
        "aria-pressed": "false"
      }
    );
    return element(
      "div",
      { class: "ak-finding" },
      element("p", {}, element("strong", { text: finding.standing }), ` · ${finding.sentence}`),
      findingAsRead(finding),
      element("p", { class: "ak-row" }, behind, this.#disagreeButton(reasonField)),
      reasonField
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
      "aria-expanded": String(!reasonField.hidden)
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
      "aria-haspopup": "dialog"
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
};
function errorLine(text) {
  return element("p", { class: "ak-wrong ak-missing", text, hidden: true });
}
function findingAsRead({ standing_as_read: standing, sentence_as_read: sentence }) {
  if (!sentence) {
    return null;
  }
  return element(
    "p",
    {},
    element("span", { class: "ak-read", text: "As you read it: " }),
    element("strong", { text: standing }),
    ` · ${sentence}`
  );
}

// assessor_kit/workbench/js/judgement/stable_text.js
function stableText(value) {
  if (Array.isArray(value)) {
    return `[${value.map(stableText).join()}]`;
  }
  if (value !== null && typeof value === "object") {
    const parts2 = Object.entries(value).sort(([one], [other]) => one < other ? -1 : 1);
    return `{${parts2.map(([name, part]) => `${JSON.stringify(name)}:${stableText(part)}`).join()}}`;
  }
  return JSON.stringify(value ?? null);
}

// assessor_kit/workbench/js/judgement/unsaved_returns.js
var PAUSES = [2, 5, 10, 20, 40, 60];
var UnsavedReturns = class {
  /** @type {Map<string, UnsavedReturn>} */
  #returns = /* @__PURE__ */ new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #attempts = 0;
  #sendAgain;
  #changed;
  /**
   * @param {object} steps
   * @param {() => void} steps.sendAgain  sends everything once more
   * @param {() => void} steps.changed  shows what `all` returns
   */
  constructor({ sendAgain, changed }) {
    this.#sendAgain = sendAgain;
    this.#changed = changed;
  }
  /** All of them, in the order in which they failed. */
  get all() {
    return [...this.#returns.values()];
  }
  /** @param {string} returnId */
  has(returnId) {
    return this.#returns.has(returnId);
  }
  /**
   * Notes that a return could not be saved, and plans the next attempt.
   *
   * @param {UnsavedReturn} unsaved
   */
  note(unsaved) {
    this.#returns.set(unsaved.return_id, unsaved);
    this.#plan();
    this.#changed();
  }
  /**
   * Notes that nothing of a return is left to be saved.
   *
   * @param {string} returnId
   */
  settle(returnId) {
    if (!this.#returns.delete(returnId)) {
      return;
    }
    this.#attempts = 0;
    clearTimeout(this.#timer);
    this.#timer = void 0;
    if (this.#returns.size) {
      this.#plan();
    }
    this.#changed();
  }
  /** Sends everything once more, now. */
  tryNow() {
    clearTimeout(this.#timer);
    this.#timer = void 0;
    this.#attempts = 0;
    this.#sendAgain();
    this.#plan();
  }
  /** Plans nothing more. */
  close() {
    clearTimeout(this.#timer);
  }
  #plan() {
    if (this.#timer !== void 0 || !this.#returns.size) {
      return;
    }
    const pause = PAUSES[Math.min(this.#attempts, PAUSES.length - 1)];
    this.#timer = setTimeout(() => {
      this.#timer = void 0;
      this.#attempts += 1;
      this.#sendAgain();
      this.#plan();
    }, pause * 1e3);
  }
};

// assessor_kit/workbench/js/judgement/judgement_record.js
var SEND_EVERY = 400;
var PAUSE = 1e4;
var MOST_SENT = 20;
var NO_CHANGE = { field: "", at: 0 };
var JudgementRecord = class {
  #link;
  #say;
  #keeping = new Keeping();
  #heard;
  /** @type {OpenJudgement | null} */
  #now = null;
  /** @type {Map<string, OpenJudgement>} judgements that were left before all of them was saved */
  #left = /* @__PURE__ */ new Map();
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
      changed: () => heard.onUnsaved(this.#unsaved.all)
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
  change(field2, isTyping) {
    const one = this.#open;
    one.undone = [];
    if (this.#unsaved.has(one.return_id)) {
      this.#lastChange = NO_CHANGE;
      this.#keep(one);
      return;
    }
    if (this.#timer !== null && this.#typedField !== field2) {
      this.flush();
    }
    if (!isTyping) {
      this.#send(one, { field: field2 });
      return;
    }
    this.#typedField = field2;
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
      one.later.push(() => this.undo());
      return;
    }
    one.unanswered += 1;
    one.lastMessage = this.#link.ask(
      { kind: "undo", return_id: one.return_id, ...baseOf(one) },
      (answer) => {
        this.#undoAnswered(answer, one);
        this.#goOn(one);
      },
      (reason) => this.#failed(one, reason)
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
      redone(void 0);
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
      this.#heard.onSaved(void 0, false);
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
      sent: [one.acknowledged, ...one.sent]
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
  #send(one, { field: field2 = "", isTyping = false, base } = {}) {
    const text = stableText(one.state);
    this.#keep(one);
    if (one.blocked) {
      return;
    }
    const continues = this.#continues(field2, isTyping);
    this.#lastChange = isTyping ? { field: field2, at: Date.now() } : NO_CHANGE;
    one.sent = [...one.sent.slice(-MOST_SENT), text];
    one.unanswered += 1;
    if (one === this.#now && !this.#unsaved.has(one.return_id)) {
      this.#say("Saving…", "busy");
    }
    const message = {
      kind: "save",
      return_id: one.return_id,
      state: one.state,
      continues,
      ...base ?? baseOf(one)
    };
    one.lastMessage = this.#link.ask(
      message,
      (answer) => {
        this.#saveAnswered(answer, one, text);
        this.#goOn(one);
      },
      (reason) => this.#failed(one, reason)
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
  #continues(field2, isTyping) {
    const last = this.#lastChange;
    const isSameText = isTyping && last.field === field2 && Date.now() - last.at < PAUSE;
    return field2 === "submitted" || isSameText;
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
      one.version = answer.state.version;
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
    this.#unsaved.settle(one.return_id);
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
};
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
    later: []
  };
}
function takenFromTab({ state, version, sent }) {
  return { state, version, sent, isFromTab: true };
}
function withoutTheCry(text) {
  const reason = text.replace(/^NOT SAVED: /, "");
  return reason.charAt(0).toUpperCase() + reason.slice(1);
}
function contentOf({ version: _, ...content }) {
  return content;
}
function isChanged(one) {
  return stableText(one.state) !== one.acknowledged;
}
function baseOf(one) {
  return one.lastMessage ? { base: one.version, after: one.lastMessage } : { base: one.version };
}
function noteAnswer(one) {
  one.unanswered -= 1;
  if (one.unanswered === 0) {
    one.lastMessage = null;
  }
}

// assessor_kit/workbench/js/judgement/long_sentences.js
var LONG_SENTENCE = 25;
function longSentences(texts) {
  return texts.flatMap((text) => text.split(/(?<=[.!?])\s+/)).filter((sentence) => sentence.trim().split(/\s+/).length > LONG_SENTENCE);
}
function saidOfLongSentences(texts) {
  const long = longSentences(texts);
  if (!long.length) {
    return `No sentence is over ${LONG_SENTENCE} words.`;
  }
  const count = long.length === 1 ? "1 sentence" : `${long.length} sentences`;
  return `${count} over ${LONG_SENTENCE} words: “${long[0].slice(0, 60)}…”`;
}

// assessor_kit/workbench/js/judgement/judgement_form.js
var REST = "sound";
var ADVICE = 1;
var JudgementForm = class {
  box = element("form", {
    class: "ak-form",
    "aria-label": "Judgement",
    onsubmit: (event) => event.preventDefault()
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
  #cleaners = /* @__PURE__ */ new Map();
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
        onUnsaved: (unsaved) => screen.showUnsaved(unsaved)
      }
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
    const isSame = this.#page?.return_id === next.return_id && this.#record.returnId === next.return_id;
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
    const isInTexts = this.#writings.some(({ field: field2 }) => field2 === document.activeElement);
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
    const parts2 = differingParts(this.#setup, before, this.state);
    return parts2.map((part) => part.label).join(", ");
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
    radio.click();
    return true;
  }
  #goToOutcome() {
    const radio = this.#outcomes.find((one) => one.checked) ?? this.#outcomes[0];
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
    for (const { field: field2 } of this.#writings) {
      field2.readOnly = submitted;
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
    for (const { field: field2, read } of this.#writings) {
      field2.value = read();
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
      onchange: () => this.#lookTwice(this.#secondLook.checked)
    });
    this.#lockedNote = element(
      "p",
      { class: "ak-locked" },
      "Submitted and locked. ",
      button("Reopen this judgement", () => this.#askToReopen(), { class: "ak-link ak-reopen" })
    );
    this.#heading = element("h3", { text: "Judgement", tabindex: "-1" });
    this.#restButton = button("Set the rest to sound", () => this.setTheRest(), {
      class: "ak-link ak-rest"
    });
    this.#showsMissing = false;
    const secondLookLabel = element(
      "label",
      { class: "ak-check-label" },
      this.#secondLook,
      element("span", { text: "Please take a second look" })
    );
    const { agreed, answers } = page.afterwards;
    const shown = [
      element(
        "div",
        { class: "ak-row" },
        this.#heading,
        element("span", { class: "ak-count ak-quiet" })
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
      this.#buttons()
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
      changed: (field2) => this.#record.change(field2, false),
      showBehind: this.#screen.showBehind,
      written: (name, field2, read, write) => this.#written(name, field2, read, write)
    });
  }
  #outcomeFields() {
    const { outcomes } = this.#setup;
    this.#outcomes = outcomes.map(
      (one) => element("input", {
        type: "radio",
        name: "ak-outcome",
        value: one.code,
        onchange: () => this.#chooseOutcome(one.code),
        onfocus: () => this.#sync()
      })
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
      this.#outcomeError
    );
    return this.#outcomeBox;
  }
  // All points with ticks: what is left is seen, and one click away.
  #pointList() {
    const steps = [
      ...this.#setup.criteria.map(({ label }, place) => ({ label, go: () => this.#goTo(place) })),
      { label: "Outcome", go: () => this.#goToOutcome() }
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
        class: "ak-quiet-button"
      })
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
  #written(name, field2, read, write) {
    field2.addEventListener("input", () => {
      if (!this.state.submitted) {
        write(field2.value);
        this.#record.change(name, true);
        this.#showAdviceMissing();
      }
    });
    const clean = () => {
      const { text, removed } = cleaned(field2.value, this.#setup.unseen);
      if (!removed || this.state.submitted) {
        return false;
      }
      field2.value = text;
      write(text);
      this.#record.change(name, true);
      noteRemoved(field2, removed);
      return true;
    };
    this.#cleaners.set(field2, clean);
    field2.addEventListener("blur", () => {
      if (this.returnId) {
        clean();
        this.#record.leave();
      }
    });
    field2.setAttribute("spellcheck", "true");
    return { field: field2, read };
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
    const changed = [...this.#cleaners].filter(([, clean]) => clean()).map(([field2]) => field2);
    const [first] = changed;
    if (!(first instanceof HTMLElement)) {
      return false;
    }
    this.#record.leave();
    this.#refusedState = stableText(this.state);
    this.#screen.say(
      "Not submitted yet: characters that nobody can see were taken out. Look, then submit again.",
      "bad"
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
        text: "It can be changed again, and has to be submitted anew. The log keeps both."
      }),
      element(
        "p",
        { class: "ak-row" },
        button("Leave it submitted", () => panel.close(), { class: "ak-primary" }),
        button("Reopen it", reopen, { class: "ak-reopen-now" })
      )
    );
  }
  #missing() {
    const { levels, outcome } = this.state;
    const points = this.#setup.criteria.filter((one) => !levels[one.code]);
    return [...points.map((one) => one.label), ...outcome ? [] : ["Outcome"]];
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
};
function stillToChoose(missing) {
  const most = 3;
  const rest = missing.length - most;
  const names = missing.slice(0, most).join(", ");
  return `Before submitting, please choose: ${names}${rest > 0 ? ` and ${rest} more` : ""}.`;
}
function bringToTop(part, pane) {
  if (!pane || pane.scrollHeight <= pane.clientHeight) {
    part.scrollIntoView({ block: "nearest" });
    return;
  }
  const above = Number.parseFloat(pane.style.scrollPaddingTop) || 0;
  const distance = part.getBoundingClientRect().top - pane.getBoundingClientRect().top;
  pane.scrollTop += distance - above;
}
function placeOf({ return_id: returnId, desk, heading: heading2 }) {
  return { return_id: returnId, desk, name: `return ${heading2.pseudonym}` };
}

// assessor_kit/workbench/js/finish_page.js
function finishPage({ practice, allocated, seasons }, steps) {
  if (practice) {
    return [
      heading("You have judged all the examples."),
      element("p", { text: "Judge them again whenever you like, or go on to your own returns." }),
      element("p", {}, button("Start again", steps.again, { class: "ak-primary" }))
    ];
  }
  const tour = button("Take the guided tour", steps.tour, { class: "ak-quiet-button" });
  const handedBack = button("What I handed back", steps.handedBack, {});
  if (!allocated) {
    const way = button("Take the guided tour", steps.tour, { class: "ak-primary" });
    return [
      heading("No returns are allocated to you yet."),
      element("p", {
        text: "Staff will tell you when they are. The guided tour shows the screen on practice returns; nothing in it is real."
      }),
      element("p", { class: "ak-row ak-choices" }, way, handedBack)
    ];
  }
  const number = allocated === 1 ? "Your return" : `All ${allocated} returns`;
  const verb = allocated === 1 ? "is" : "are";
  const earlier = seasons > 1 ? " Nothing is left to do of earlier years either." : "";
  return [
    heading("You have finished. Thank you."),
    element("p", { text: `${number} of this season ${verb} submitted and saved.${earlier}` }),
    element("p", { text: "What you wrote goes to the members once staff have released it." }),
    element(
      "p",
      { class: "ak-row ak-choices" },
      button("Look at my returns again", steps.openReturns, { class: "ak-primary" }),
      handedBack,
      tour
    ),
    quiet("p", "There is nothing more to do here: you can close this tab.")
  ];
}
function heading(text) {
  return element("h2", { text, tabindex: "-1" });
}
function openHandedBack(root, rows) {
  if (!rows.length) {
    openPanel(root, "What I handed back", element("p", { text: "You have handed nothing back." }));
    return;
  }
  const lines = rows.map(
    (row) => element(
      "tr",
      {},
      element("th", { scope: "row", text: row.return || "no longer yours" }),
      element("td", { text: row.when }),
      element("td", { text: row.reason }),
      element("td", { class: "ak-words", text: row.words || "nothing" })
    )
  );
  openPanel(
    root,
    "What I handed back",
    element("p", { text: "Staff give these returns to somebody else." }),
    tableOf(["Return", "When", "Why", "Your words to staff"], element("tbody", {}, ...lines))
  );
}

// assessor_kit/workbench/js/keys.js
var HELP = [
  ["1 to 9", "choose a level or, at Outcome, an outcome"],
  ["0", "set the points that have no level yet to sound"],
  ["j, k", "next and previous point; after the last one, Outcome and the texts"],
  ["c", "comment; Esc leaves it"],
  ["Enter", "save (Ctrl+Enter in a comment)"],
  ["Shift+S", "submit"],
  ["u, Shift+U", "undo, as often as you like; and redo"],
  ["f", "show the activities behind the point"],
  ["a", "go through the activities; ↑ ↓ move, e changes how one is read"],
  ["/", "find words in the return; Enter goes on, Esc leaves"],
  ["n", "next return still to do"],
  ["r", "my returns"],
  ["p", "preview the feedback"],
  ["t, Shift+T", "next and previous step of the guided tour"],
  ["?", "show these keys"]
];
var WITHOUT_TYPING = /* @__PURE__ */ new Set(["radio", "checkbox"]);
var PRESSED_BY_ENTER = /* @__PURE__ */ new Set(["BUTTON", "SUMMARY", "A"]);
var Keys = class {
  #steps;
  #singleKeysAreOn = singleKeysAreOn();
  /**
   * @param {HTMLElement} root
   * @param {KeySteps} steps
   */
  constructor(root, steps) {
    this.#steps = steps;
    root.addEventListener("keydown", (event) => this.#pressed(event));
  }
  /**
   * Opens the list of keys, where single keys are switched on and off.
   *
   * @param {HTMLElement} root
   */
  openHelp(root) {
    const single = element("input", {
      type: "checkbox",
      checked: this.#singleKeysAreOn,
      onchange: () => {
        this.#singleKeysAreOn = single.checked;
        rememberSingleKeys(single.checked);
      }
    });
    const text = element("span", {
      text: "Single keys are on. This browser remembers your choice."
    });
    const keys = HELP.flatMap(([key, meaning]) => [
      element("dt", { text: key }),
      element("dd", { text: meaning })
    ]);
    openPanel(
      root,
      "Keys",
      element("dl", { class: "ak-keys" }, ...keys),
      element("p", {}, element("label", { class: "ak-check-label" }, single, text))
    );
  }
  /**
   * Under JupyterLab, Lumino listens in the bubbling phase: what stops here never reaches the
   * notebook's own keys.
   *
   * @param {KeyboardEvent} event
   */
  #pressed(event) {
    event.stopPropagation();
    const target = event.target;
    if (event.defaultPrevented || event.isComposing || !(target instanceof Element)) {
      return;
    }
    if (this.#answers(event, target)) {
      event.preventDefault();
    }
  }
  /**
   * Does what a key stands for; returns whether it stands for anything.
   *
   * @param {KeyboardEvent} event
   * @param {Element} target
   * @returns {boolean}
   */
  #answers(event, target) {
    const isTyping = takesText(target);
    if (this.#answersAlways(event, target, isTyping)) {
      return true;
    }
    if (isTyping || event.ctrlKey || event.altKey || event.metaKey) {
      return false;
    }
    const isArrow = event.key === "ArrowDown" || event.key === "ArrowUp";
    if (isArrow && target.closest(".ak-activity")) {
      this.#steps.moveInActivities(event.key === "ArrowDown" ? 1 : -1);
      return true;
    }
    return this.#singleKeysAreOn && this.#answersSingle(event.key);
  }
  /**
   * Answers the keys that also work in a text field, or together with Ctrl.
   *
   * @param {KeyboardEvent} event
   * @param {Element} target
   * @param {boolean} isTyping
   * @returns {boolean}
   */
  #answersAlways(event, target, isTyping) {
    const { save, undo, redo, leaveComment } = this.#steps;
    const isOpen = this.#steps.isOpen();
    const hasControl = event.ctrlKey || event.metaKey;
    if (event.key === "Escape" && isTyping && isOpen) {
      leaveComment();
      return true;
    }
    if (event.key === "Enter" && event.shiftKey && !isTyping) {
      return true;
    }
    const isEnterToSave = event.ctrlKey || !isTyping && !PRESSED_BY_ENTER.has(target.tagName);
    if (event.key === "Enter" && isOpen && isEnterToSave) {
      save();
      return true;
    }
    if (event.key.toLowerCase() === "z" && hasControl && !isTyping) {
      (event.shiftKey ? redo : undo)();
      return true;
    }
    if (event.key.toLowerCase() === "y" && hasControl && !isTyping) {
      redo();
      return true;
    }
    if (event.key === "s" && hasControl && isOpen) {
      save();
      return true;
    }
    return false;
  }
  /**
   * @param {string} key
   * @returns {boolean}
   */
  #answersSingle(key) {
    const { anywhere, ofReturn, chooseLevel } = this.#steps;
    const isOpen = this.#steps.isOpen();
    if (isOpen && /^[1-9]$/.test(key)) {
      return chooseLevel(Number(key) - 1);
    }
    const step = anywhere[key] ?? (isOpen ? ofReturn[key] : void 0);
    step?.();
    return step !== void 0;
  }
};
function takesText(target) {
  if (target instanceof HTMLInputElement) {
    return !WITHOUT_TYPING.has(target.type);
  }
  return ["TEXTAREA", "SELECT"].includes(target.tagName);
}

// assessor_kit/workbench/js/pane_switch.js
var NARROW = 900;
var PaneSwitch = class {
  #panes;
  #reading = 0;
  #return = button("Return", () => this.#toReturn());
  #judgement = button("Judgement", () => this.#toJudgement());
  box = element(
    "nav",
    { class: "ak-switch", "aria-label": "Return or judgement" },
    this.#return,
    this.#judgement
  );
  /** @param {Panes} panes */
  constructor(panes) {
    this.#panes = panes;
    const { root } = panes;
    root.addEventListener("scroll", () => this.#showCurrent(), { passive: true });
    new ResizeObserver(() => {
      if (root.clientWidth) {
        root.classList.toggle("ak-narrow", root.offsetWidth < NARROW);
        this.#showCurrent();
      }
    }).observe(root);
  }
  /** Begins at the top, with another return. */
  begin() {
    this.#reading = 0;
    this.#panes.root.scrollTop = 0;
    this.#showCurrent();
  }
  get #isAtJudgement() {
    const { root, side } = this.#panes;
    const place = root.getBoundingClientRect();
    return side.getBoundingClientRect().top < place.top + place.height / 2;
  }
  #toJudgement() {
    const { root, side, toJudgement } = this.#panes;
    if (!this.#isAtJudgement) {
      this.#reading = root.scrollTop;
      side.scrollIntoView({ block: "start" });
    }
    toJudgement();
    this.#showCurrent();
  }
  #toReturn() {
    const { root, toReturn } = this.#panes;
    const place = this.#isAtJudgement ? this.#reading : 0;
    toReturn();
    root.scrollTop = place;
    this.#showCurrent();
  }
  #showCurrent() {
    const isAtJudgement = this.#isAtJudgement;
    setCurrent(this.#return, !isAtJudgement);
    setCurrent(this.#judgement, isAtJudgement);
  }
};
function setCurrent(one, isCurrent) {
  if (isCurrent) {
    one.setAttribute("aria-current", "true");
  } else {
    one.removeAttribute("aria-current");
  }
}

// assessor_kit/workbench/js/printing.js
function preparePrinting(root) {
  let undo = [];
  const before = () => {
    after();
    const folds = root.querySelectorAll(".ak-fold:not([open]), .ak-notes:not([open])");
    for (const fold of folds) {
      fold.open = true;
      undo.push(() => {
        fold.open = false;
      });
    }
    const fields = root.querySelectorAll(".ak-form textarea, .ak-form input[type=text]");
    for (const field2 of fields) {
      const copy = element("span", { class: "ak-printed ak-words", text: field2.value });
      field2.after(copy);
      undo.push(() => copy.remove());
    }
  };
  const after = () => {
    undo.forEach((step) => step());
    undo = [];
  };
  window.addEventListener("beforeprint", before);
  window.addEventListener("afterprint", after);
  return () => {
    window.removeEventListener("beforeprint", before);
    window.removeEventListener("afterprint", after);
  };
}

// assessor_kit/workbench/js/return/activity_filter.js
var NO_FILTER = { by: "", value: "", label: "" };
var COLUMNS = ["activity_type", "area", "planned", "goal_id"];
var NOT_STATED = {
  activity_type: "Kind not stated",
  area: "Area not stated",
  planned: "",
  goal_id: "No goal"
};
var PLANNED = [
  { code: "yes", label: "Planned" },
  { code: "no", label: "Not planned" },
  { code: "unmarked", label: "Planned or not is not stated" }
];
function valuesOf(by, page, setup) {
  const values = {
    activity_type: setup.activity_types,
    area: setup.areas,
    planned: PLANNED,
    goal_id: page.plan.map(({ goal_id }) => ({ code: goal_id, label: `Goal ${goal_id}` }))
  };
  return values[by];
}
function filterBy(by, value, page, setup) {
  const found = valuesOf(by, page, setup).find((one) => one.code === value);
  if (found) {
    return { by, value, label: found.label };
  }
  return { by, value, label: by === "goal_id" && value ? `Goal ${value}` : NOT_STATED[by] };
}
function filterChoices(page, setup) {
  return COLUMNS.flatMap((by) => {
    const values = [...valuesOf(by, page, setup), { code: "", label: NOT_STATED[by] }];
    return values.filter(({ code }) => page.activities.some((activity) => activity[by] === code)).map(({ code, label }) => ({ code: codeOf({ by, value: code }), label }));
  });
}
function codeOf({ by, value }) {
  return `${by}=${value}`;
}
function filterOfCode(code, page, setup) {
  const by = COLUMNS.find((column) => code.startsWith(`${column}=`));
  return by ? filterBy(by, code.slice(by.length + 1), page, setup) : NO_FILTER;
}
function filtered({ by, value }, page) {
  if (by === "") {
    return page.activities;
  }
  if (by === "behind") {
    return page.activities.filter((activity) => page.behind[value].includes(activity.no));
  }
  return page.activities.filter((activity) => activity[by] === value);
}

// assessor_kit/workbench/js/return/activity_order.js
var ORDERS = [
  { code: "", label: "As they were sent" },
  { code: "date", label: "By date" },
  { code: "time", label: "Longest first" },
  { code: "kind", label: "By kind" },
  { code: "area", label: "By area" }
];
var COMPARED = {
  date: (one, other) => textOrder(one.date, other.date, one.date, other.date),
  time: (one, other) => other.minutes - one.minutes,
  kind: (one, other) => textOrder(one.kind, other.kind, one.activity_type, other.activity_type),
  area: (one, other) => textOrder(one.of_area, other.of_area, one.area, other.area)
};
function ordered(activities, order) {
  const compare = COMPARED[order];
  return compare ? [...activities].sort(compare) : activities;
}
function textOrder(one, other, oneStated, otherStated) {
  if (Boolean(oneStated) !== Boolean(otherStated)) {
    return oneStated ? -1 : 1;
  }
  return one.localeCompare(other);
}

// assessor_kit/workbench/js/return/activity_row.js
var LONGEST = 160;
var FOLDED = 90;
function activityRow(activity, edit, { isNew }) {
  const row = element(
    "tr",
    { tabindex: "-1", class: "ak-activity", "data-no": activity.no },
    described(activity, edit, isNew),
    element("td", { text: activity.when }),
    element("td", {}, activity.time, activity.counts ? null : quiet("p", "not counted")),
    kindAndArea(activity),
    plannedFor(activity)
  );
  row.addEventListener("focusin", () => {
    const current = row.parentElement?.querySelectorAll("[aria-current]") ?? [];
    current.forEach((one) => one.removeAttribute("aria-current"));
    row.setAttribute("aria-current", "true");
  });
  return row;
}
function described(activity, edit, isNew) {
  const { title, texts, evidence, checks } = activity;
  const evidenceShown = evidence ? element("p", { class: "ak-words ak-text ak-quiet", text: `Evidence: ${evidence}` }) : null;
  const toCheck = checks.map(
    (text) => element("p", { class: "ak-check", text: `Please check: ${text}` })
  );
  const change = button("Change how it is read", () => edit(activity), {
    class: "ak-link",
    "aria-label": `Change how activity ${activity.no} is read`
  });
  return element(
    "th",
    { scope: "row" },
    element("span", { class: "ak-words", text: title }),
    isNew ? element("span", { class: "ak-call", text: "new in this version" }) : null,
    ...texts.map(foldedText),
    evidenceShown,
    ...toCheck,
    readAs(activity),
    element("div", { class: "ak-row ak-under" }, change, asInTheFile(activity))
  );
}
function foldedText(text) {
  if (text.length <= LONGEST) {
    return element("p", { class: "ak-words ak-text", text });
  }
  const beginning = `${text.slice(0, FOLDED)}…`;
  const summary = element("summary", { class: "ak-words", text: beginning });
  const whole = element("p", { class: "ak-words ak-text", text });
  const fold = element("details", { class: "ak-fold" }, summary, whole);
  fold.addEventListener("toggle", () => {
    summary.textContent = fold.open ? "Fold it again" : beginning;
  });
  return fold;
}
function readAs({ reading }) {
  if (!reading) {
    return null;
  }
  const reason = reading.reason ? `: ${reading.reason}` : "";
  return element("p", { class: "ak-read", text: `Your reading${reason}` });
}
function asInTheFile({ raw }) {
  if (!raw.length) {
    return null;
  }
  const cells = raw.flatMap(([heading2, text]) => [
    element("dt", { text: heading2 }),
    element("dd", { class: "ak-words", text })
  ]);
  return element(
    "details",
    { class: "ak-raw" },
    element("summary", { text: "As it was in the file" }),
    element("dl", { class: "ak-keys" }, ...cells)
  );
}
function kindAndArea({ kind, of_area: area, competences }) {
  const practised = competences ? quiet("p", `competences ${competences}`) : null;
  return element("td", {}, kind, element("br"), area, practised);
}
function plannedFor({ is_planned: planned, goal_id: goalId }) {
  return element("td", {}, planned, goalId ? quiet("p", `goal ${goalId}`) : null);
}

// assessor_kit/workbench/js/return/find_in_return.js
var LEFT_OUT = ".ak-find, .ak-raw, .ak-charts, .ak-row, .ak-heard, button, select, summary, thead";
var FOUND = "ak-found";
var FOUND_NOW = "ak-found-now";
var FindInReturn = class {
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
    onfocus: (event) => this.#entered(
      /** @type {FocusEvent} */
      event
    )
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
    this.#onwards
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
    if (typeof Highlight === "undefined") {
      return;
    }
    const now = this.#places[this.#now];
    CSS.highlights.set(FOUND, new Highlight(...this.#places));
    CSS.highlights.set(FOUND_NOW, new Highlight(...now ? [now] : []));
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
};
function placesOf(searched, wanted) {
  const words = wanted.trim().split(/\s+/).filter(Boolean).map(escaped);
  if (!words.length) {
    return [];
  }
  const pattern = new RegExp(words.join("\\s+"), "giu");
  const walker = document.createTreeWalker(searched, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const node = (
      /** @type {Text} */
      walker.currentNode
    );
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
function escaped(text) {
  return text.replace(/[\\^$.*+?()[\]{}|/]/gu, "\\$&");
}

// assessor_kit/workbench/js/return/reading_panel.js
var AS_WRITTEN = { code: "", label: "As the member wrote it" };
var PLANNED2 = [
  { code: "yes", label: "Planned" },
  { code: "no", label: "Not planned" }
];
var COUNTING = [
  { code: "count", label: "Count all of it" },
  { code: "part", label: "Count a part" },
  { code: "do not count", label: "Do not count it" }
];
function openReading({ link, root, setup, returnId, name, activity, tell }) {
  const before = activity.reading ?? {};
  const area = field("Area", setup.areas, before.area);
  const planned = field("Planned", PLANNED2, before.planned);
  const kind = field("Kind", setup.activity_types, before.activity_type);
  const counting = choiceBox(
    "Count it",
    [AS_WRITTEN, ...COUNTING],
    before.counting || "",
    () => showPart()
  );
  const part = element("input", {
    type: "number",
    min: "0",
    max: String(activity.minutes),
    value: before.part_minutes ?? "",
    "aria-label": "Minutes that count"
  });
  const reason = element("input", {
    type: "text",
    value: before.reason || "",
    "aria-label": "Why"
  });
  const forget = keepDraft(reason, `why you read activity ${activity.no} of ${name} differently`);
  const partField = labelled("Minutes that count", part, `of ${activity.minutes}`);
  const wrong = element("p", { class: "ak-wrong", role: "alert" });
  const isPart = () => counting.value === "part";
  function showPart() {
    partField.hidden = !isPart();
  }
  function save() {
    const reading = {
      activity_no: activity.no,
      reason: reason.value,
      part_minutes: isPart() ? part.value : "",
      area: area.value,
      planned: planned.value,
      activity_type: kind.value,
      counting: counting.value
    };
    link.ask(
      { kind: "reading", return_id: returnId, reading },
      (answer) => {
        tell(answer);
        if (answer.kind === "told") {
          forget();
          panel.close();
        } else {
          wrong.textContent = answer.text ?? "";
        }
      },
      (reason2) => {
        wrong.textContent = reason2;
      }
    );
  }
  const panel = openPanel(
    root,
    `How activity ${activity.no} is read`,
    element("p", { class: "ak-words", text: activity.title }),
    labelled("Area", area),
    labelled("Planned", planned),
    labelled("Kind", kind),
    labelled("Count it", counting),
    partField,
    labelled("Why", reason),
    wrong,
    element("p", {}, button("Save this reading", save, { class: "ak-primary" }))
  );
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === reason) {
      event.preventDefault();
      save();
    }
  });
  showPart();
  area.focus();
}
function field(label, choices, before) {
  return choiceBox(label, [AS_WRITTEN, ...choices], before || "", () => {
  });
}

// assessor_kit/workbench/js/return/return_parts.js
function returnHeading(page, showAsWritten) {
  const { pseudonym, discipline, cpd_year: cpdYear, marking, due } = page.heading;
  const second = marking === "second" ? "second marking" : "";
  const facts = [discipline, `CPD of ${cpdYear}`, second, due ? `due ${due}` : ""];
  return element(
    "header",
    {},
    element("h2", { text: `Return ${pseudonym}`, tabindex: "-1" }),
    quiet("p", facts.filter(Boolean).join(" · ")),
    element("p", { class: "ak-target", text: page.target }),
    ...page.notices.map((text) => element("p", { text })),
    page.masked ? maskedNote(showAsWritten) : null,
    earlierAdvice(page)
  );
}
function maskedNote(showAsWritten) {
  return element(
    "p",
    { class: "ak-quiet" },
    "Words in [brackets] replace anything that says who the member is. ",
    button("Show them as written (this is recorded)", showAsWritten, { class: "ak-link" })
  );
}
function earlierAdvice({ earlier }) {
  if (!earlier) {
    return null;
  }
  const title = `Advice on CPD of ${earlier.cpd_year}`;
  return element(
    "section",
    { class: "ak-earlier", "aria-label": title },
    element("h3", { text: title }),
    element("p", { class: "ak-words", text: earlier.advice }),
    quiet("p", "The member received this. You may look at what came of it.")
  );
}
function returnPlan(goals, activities, choose) {
  const shown = goals.length ? element("ul", { class: "ak-plan" }, ...goals.map((goal) => goalItem(goal, choose))) : quiet("p", "No plan was sent; a plan is welcome and not required.");
  return element(
    "section",
    { "aria-label": "Plan" },
    element("h3", { text: "Plan" }),
    shown,
    citedNote(goals, activities, choose)
  );
}
function citedNote(goals, activities, choose) {
  const sent = new Set(goals.map((goal) => goal.goal_id));
  const cited = activities.filter(({ goal_id: goalId }) => goalId && !sent.has(goalId));
  if (!cited.length) {
    return null;
  }
  const names = [...new Set(cited.map((activity) => activity.goal_id))].sort(inNaturalOrder);
  const number = cited.length === 1 ? "1 activity names" : `${cited.length} activities name`;
  const whose = goals.length ? "goals that are not in the plan" : "goals of a plan that was not sent";
  const links = names.flatMap((name, place) => [
    place ? ", " : "",
    button(name, () => choose(name), {
      class: "ak-link ak-filter",
      "data-by": "goal_id",
      "data-value": name,
      "aria-pressed": "false",
      "aria-label": `Show the activities for goal ${name}`
    })
  ]);
  return element("p", { class: "ak-cited" }, `${number} ${whose}: `, ...links, ".");
}
function inNaturalOrder(one, other) {
  return one.localeCompare(other, void 0, { numeric: true });
}
function goalItem({ goal_id: goalId, goal, served }, choose) {
  const activities = served === 1 ? "1 activity" : `${served} activities`;
  const filter = button(activities, () => choose(goalId), {
    class: "ak-link ak-filter",
    "data-by": "goal_id",
    "data-value": goalId,
    "aria-pressed": "false",
    "aria-label": `Show the activities for goal ${goalId}`
  });
  const text = element("span", { class: "ak-words", text: `${goalId}: ${goal} ` });
  return element("li", {}, text, filter);
}
function cellNotes({ unread, notes }) {
  const lists = [];
  if (unread.length) {
    const items = unread.map(
      ({ line, found, expected }) => cellItem(line, expected ? `${found} (expected ${expected})` : found)
    );
    const title = "Could not be read";
    const list = element("ul", {}, ...items);
    lists.push(element("section", { "aria-label": title }, element("h3", { text: title }), list));
  }
  if (notes.length) {
    const items = notes.map(({ line, found }) => cellItem(line, found));
    const summary = element("summary", { text: `How ${notes.length} cells were read` });
    const list = element("ul", {}, ...items);
    lists.push(element("details", { class: "ak-notes" }, summary, list));
  }
  return lists;
}
function cellItem(line, text) {
  return element("li", { class: "ak-words", text: `Line ${line || "?"}: ${text}` });
}

// assessor_kit/workbench/js/return/to_and_fro.js
var ToAndFro = class {
  /** @type {HTMLElement[]} */
  boxes = [];
  #page;
  #steps;
  #now = element("tbody");
  /**
   * @param {ReturnPage} page
   * @param {ToAndFroSteps} steps
   */
  constructor(page, steps) {
    this.#page = page;
    this.#steps = steps;
    this.boxes = [this.#returned(), this.#newer()].filter((box) => box !== null);
    this.notes = this.#notes();
    this.showNow(page.judgement);
  }
  /**
   * Shows beside the text that staff returned how it reads now.
   *
   * @param {MemberWords} now
   */
  showNow(now) {
    const { returned } = this.#page;
    if (!returned) {
      return;
    }
    const rows = parts(this.#steps.criteria).map(({ label, of }) => ({ label, was: of(returned.was), is: of(now) })).filter(({ was, is }) => was || is);
    this.#now.replaceChildren(
      ...rows.map(
        ({ label, was, is }) => element(
          "tr",
          { class: was === is ? null : "ak-differs" },
          element("th", { scope: "row", text: label }),
          element("td", { class: "ak-words", text: was || "nothing" }),
          element("td", { class: "ak-words", text: is || "nothing" })
        )
      )
    );
  }
  #returned() {
    const { returned } = this.#page;
    if (!returned) {
      return null;
    }
    const title = "Staff returned this text to you";
    return element(
      "section",
      { class: "ak-called", "aria-label": title },
      element("h3", { text: title }),
      element("p", { class: "ak-words", text: returned.reason }),
      quiet(
        "p",
        `On ${returned.when}. Mend it beside, and submit it again: it then goes to staff.`
      ),
      tableOf(["Part", "As staff read it", "As it is now"], this.#now, {
        class: "ak-before-after"
      })
    );
  }
  #newer() {
    const { before } = this.#page;
    if (!before) {
      return null;
    }
    const title = "A newer version";
    const start = before.can_start_from ? element("p", {}, button("Begin with my earlier judgement", this.#steps.carryOver)) : null;
    return element(
      "section",
      { class: "ak-called", "aria-label": title },
      element("h3", { text: title }),
      element("p", { text: before.sentence }),
      start
    );
  }
  #notes() {
    const { staff_notes: notes, heading: heading2 } = this.#page;
    const title = "Notes with staff";
    const waiting = notes.filter((note) => note.waits);
    const items = notes.map((note) => noteItem(note));
    const answers = waiting.map((note) => this.#answerBox(note));
    const list = items.length ? element("ul", { class: "ak-staff-notes" }, ...items) : null;
    const own = this.#writing({
      label: "A note to staff about this return",
      send: "Send the note",
      answers: "",
      draft: `your note to staff on return ${heading2.pseudonym}`
    });
    const writing = element("details", {}, element("summary", { text: "Write to staff" }), own);
    return element(
      "section",
      { class: waiting.length ? "ak-called" : null, "aria-label": title },
      element("h3", { text: title }),
      list,
      ...answers,
      writing
    );
  }
  /** @param {StaffNote} note */
  #answerBox(note) {
    return this.#writing({
      label: "Your answer (empty: you have read it)",
      send: "Answer staff",
      answers: note.note_id,
      draft: `your answer to staff on return ${this.#page.heading.pseudonym}`
    });
  }
  /** @param {{ label: string, send: string, answers: string, draft: string }} texts */
  #writing({ label, send, answers, draft }) {
    const words = element("textarea", { rows: "2" });
    const forget = keepDraft(words, draft);
    const refusal = element("p", { class: "ak-wrong", role: "alert" });
    const sending = button(send, () => {
      if (!answers && !words.value.trim()) {
        words.focus();
        return;
      }
      sending.disabled = true;
      this.#steps.write({ words: words.value, answers }, (reason) => {
        sending.disabled = false;
        refusal.textContent = reason;
        if (!reason) {
          forget();
        }
      });
    });
    return element(
      "div",
      { class: "ak-note-writing" },
      labelled(label, words),
      refusal,
      element("p", {}, sending)
    );
  }
};
function noteItem(note) {
  const who = note.from_staff ? "Staff" : "You";
  const how = note.in_confidence ? ", in confidence" : "";
  return element(
    "li",
    {},
    quiet("span", `${who}${how}, ${note.when}: `),
    element("span", { class: "ak-words", text: note.words || "read, without an answer" })
  );
}
function parts(criteria) {
  return [
    { label: "What I liked", of: (words) => words.liked ?? "" },
    { label: "Advice", of: (words) => words.advice ?? "" },
    ...criteria.map(({ code, label }) => ({
      label,
      /** @param {MemberWords} words */
      of: (words) => words.comments?.[code] ?? ""
    }))
  ];
}

// assessor_kit/workbench/js/return/return_view.js
var BAR = '[aria-roledescription="bar"]';
var HEADINGS = ["Activity", "When", "Time", "Kind and area", "Planned"];
var ReturnView = class {
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
      write: this.#screen.writeNote
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
      toAndFro.notes
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
    const { return_id: returnId, heading: heading2 } = this.#open;
    const name = `return ${heading2.pseudonym}`;
    openReading({ link, root, setup: setup(), returnId, name, activity, tell });
  }
  /** @param {Chart[]} charts */
  #charts(charts) {
    return element(
      "section",
      { class: "ak-charts", "aria-label": "Hours by category" },
      ...charts.map((chart) => this.#chart(chart))
    );
  }
  /** @param {Chart} chart */
  #chart({ by, html }) {
    const drawn = drawnChart(html);
    if (by === "") {
      return drawn;
    }
    for (
      const bar of
      /** @type {NodeListOf<SVGElement>} */
      drawn.querySelectorAll(BAR)
    ) {
      const value = bar.getAttribute("aria-label") ?? "";
      bar.classList.add("ak-bar");
      bar.dataset.by = by;
      bar.dataset.value = value;
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
      (code) => this.#set(filterOfCode(code, this.#open, this.#screen.setup()))
    );
    const order = choiceBox("Order of the activities", ORDERS, this.#order, (code) => {
      this.#order = code;
      this.#showRows();
    });
    this.#showAll = button("Show all", () => this.#showAllAgain(), { class: "ak-link" });
    const heading2 = element("h3", { text: "Activities" });
    const section = element(
      "section",
      { "aria-label": "Activities" },
      element("div", { class: "ak-row" }, heading2, this.#select, order, this.#count, this.#showAll),
      tableOf(HEADINGS, this.#body, { class: "ak-activities" })
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
      ...chosen.map(
        (activity) => activityRow(activity, (one) => this.#edit(one), {
          isNew: this.#open.before?.new_lines.includes(activity.no) ?? false
        })
      )
    );
    this.#count.textContent = by ? `${label}: ${chosen.length} of ${all.length}` : `${all.length} in all`;
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
    const isOn = (one) => one.dataset.by === by && one.dataset.value === value;
    const bars = this.box.querySelectorAll(".ak-bar");
    bars.forEach((bar) => bar.classList.toggle("ak-chosen", isOn(bar)));
    const goals = this.box.querySelectorAll(".ak-filter");
    goals.forEach((goal) => goal.setAttribute("aria-pressed", String(isOn(goal))));
  }
};
function isSameFilter(one, other) {
  return one.by === other.by && one.value === other.value;
}
function focusRow(row) {
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

// assessor_kit/workbench/js/returns_table.js
var COLUMNS2 = [
  { key: "return", label: "Return" },
  { key: "discipline", label: "Field" },
  { key: "", label: "Marking" },
  { key: "state", label: "State" },
  { key: "due", label: "Due" }
];
var SHOWN = [
  { code: "season", label: "This season" },
  { code: "waiting", label: "Still to do" },
  { code: "not started", label: "Not started" },
  { code: "draft", label: "Draft" },
  { code: "submitted", label: "Submitted" },
  { code: "earlier", label: "Earlier seasons" },
  { code: "all", label: "All seasons" }
];
var TYPING = 150;
var ARROWS = { ArrowDown: 1, ArrowUp: -1 };
var ARROWS_AND_LETTERS = { ...ARROWS, j: 1, k: -1 };
var ReturnsTable = class {
  #link;
  #open;
  /** @type {ListRequest} */
  #asked = { search: "", order: "mine", only: "season", start: 0 };
  /** @type {Listing | null} */
  #listing = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #body = element("tbody");
  #range = element("p", { class: "ak-quiet", role: "status" });
  #search = element("input", {
    type: "search",
    "aria-label": "Search my returns",
    placeholder: "Search",
    oninput: () => this.#searchLater()
  });
  #heads = COLUMNS2.map(
    ({ key, label }) => element("th", { scope: "col" }, key ? this.#sortButton(key, label) : label)
  );
  #earlier = button("Earlier rows", () => this.#turn(-1));
  #later = button("Later rows", () => this.#turn(1));
  #turning = element("p", { class: "ak-row" }, this.#earlier, this.#later);
  /**
   * @param {object} parts
   * @param {Link} parts.link
   * @param {(returnId: string) => void} parts.open  opens a return
   */
  constructor({ link, open }) {
    this.#link = link;
    this.#open = open;
    const only = choiceBox("Show", SHOWN, "season", (code) => this.#ask({ only: code, start: 0 }));
    const table = element(
      "table",
      {},
      element("caption", { text: "Choose a return to open it" }),
      element("thead", {}, element("tr", {}, ...this.#heads)),
      this.#body
    );
    const choosing = element("div", { class: "ak-row" }, this.#search, only, this.#range);
    this.box = element("div", { class: "ak-returns" }, choosing, table, this.#turning);
    this.box.addEventListener("keydown", (event) => this.#moveByKey(event));
  }
  /**
   * Shows the rows that the program has chosen.
   *
   * @param {Listing} listing
   * @param {string} openId  the return that is open
   */
  show(listing, openId) {
    this.#listing = listing;
    this.#asked = { ...this.#asked, ...listing.asked };
    const focusedId = this.#buttons.find((one) => one === document.activeElement)?.dataset.id;
    this.#body.replaceChildren(
      ...listing.rows.map((row) => this.#row(row, row.return_id === openId))
    );
    this.#showOrder();
    const { found, start, shown } = listing;
    this.#earlier.disabled = start === 0;
    this.#later.disabled = start + shown >= found;
    this.#turning.hidden = found <= shown;
    this.#range.textContent = found ? `Rows ${start + 1} to ${Math.min(found, start + shown)} of ${found}` : "No return matches.";
    if (focusedId) {
      this.#buttons.find((one) => one.dataset.id === focusedId)?.focus();
    }
  }
  /** Moves the focus to the return that is open, or to the first. */
  focus() {
    const open = this.#body.querySelector("[aria-current] button");
    const target = open ?? this.#buttons[0] ?? this.#search;
    target.focus();
  }
  get #buttons() {
    return [...this.#body.querySelectorAll("button")];
  }
  /** @param {Partial<ListRequest>} change */
  #ask(change) {
    this.#asked = { ...this.#asked, ...change };
    this.#link.ask({ kind: "list", ...this.#asked });
  }
  #searchLater() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask({ search: this.#search.value, start: 0 }), TYPING);
  }
  /** @param {1 | -1} step */
  #turn(step) {
    if (this.#listing) {
      const { start, shown } = this.#listing;
      this.#ask({ start: Math.max(0, start + step * shown) });
    }
  }
  /**
   * @param {string} key
   * @param {string} label
   */
  #sortButton(key, label) {
    const sort = () => {
      const order = this.#asked.order === key ? `-${key}` : key;
      this.#ask({ order, start: 0 });
    };
    return button(label, sort, { class: "ak-sort" });
  }
  #showOrder() {
    COLUMNS2.forEach(({ key }, place) => {
      if (key) {
        this.#heads[place].setAttribute("aria-sort", direction(key, this.#asked.order));
      }
    });
  }
  /**
   * @param {ListedReturn} row
   * @param {boolean} isOpen
   */
  #row(row, isOpen) {
    const open = button(row.return, () => this.#open(row.return_id), {
      class: "ak-open",
      "data-id": row.return_id
    });
    const state = element("span", {
      class: "ak-state",
      "data-state": row.state,
      text: row.state
    });
    return element(
      "tr",
      { "aria-current": isOpen ? "true" : null },
      element("th", { scope: "row" }, open),
      element("td", { text: `${row.discipline}, CPD of ${row.cpd_year}` }),
      element("td", { text: row.marking }),
      element(
        "td",
        {},
        state,
        row.call ? element("span", { class: "ak-call", text: row.call }) : null,
        row.news ? quiet("p", row.news) : null
      ),
      element("td", { text: row.due })
    );
  }
  /**
   * Moves between rows with the arrow keys, or j and k; Enter opens one, as on any button.
   *
   * @param {KeyboardEvent} event
   */
  #moveByKey(event) {
    const buttons = this.#buttons;
    const place = buttons.findIndex((one) => one === document.activeElement);
    const isInRows = place >= 0;
    const steps = isInRows ? ARROWS_AND_LETTERS : ARROWS;
    const step = steps[event.key];
    if (!step || !isInRows && document.activeElement !== this.#search) {
      return;
    }
    event.preventDefault();
    const target = Math.max(0, Math.min(buttons.length - 1, place + step));
    buttons[target]?.focus();
  }
};
function direction(key, order) {
  if (order === key) {
    return "ascending";
  }
  return order === `-${key}` ? "descending" : "none";
}

// assessor_kit/workbench/js/saving.js
var PATIENCE = 2e3;
var CHANGES = /* @__PURE__ */ new Set(["save", "undo", "reading", "hand_back", "worry"]);
var REPEATABLE = /* @__PURE__ */ new Set(["save", "undo"]);
var SILENT = "The program does not answer.";
var STOPPED = "The program has stopped.";
var ENDED = /* @__PURE__ */ new Set(["dead", "restarting", "autorestarting", "terminating"]);
var Link = class {
  #model;
  #say;
  #isAllSaved;
  /** @type {Kernel | null | undefined} */
  #kernel;
  /** @type {Map<string, Waiting>} */
  #waiting = /* @__PURE__ */ new Map();
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
  ask(message, answered = () => {
  }, silent = void 0) {
    const name = newName();
    const numbered = { event_id: name, ...message };
    const timer = this.#timerFor(name);
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
        one.timer = this.#timerFor(name);
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
      return;
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
  /** @param {string} name */
  #timerFor(name) {
    return setTimeout(() => this.#noticeSilence(name), PATIENCE);
  }
  /** @param {string} name */
  #noticeSilence(name) {
    const one = this.#waiting.get(name);
    if (!one || this.#isGone) {
      return;
    }
    one.isSilent = true;
    const text = CHANGES.has(one.message.kind) ? "NOT SAVED: the program does not answer. Your words are still here." : "The program has not answered yet.";
    this.#say(text, "bad");
    one.silent?.(SILENT);
  }
  #isUnsaved() {
    const isChange = (one) => CHANGES.has(one.message.kind);
    return !this.#isAllSaved() || [...this.#waiting.values()].some(isChange);
  }
  #sayEnded() {
    this.#isGone = true;
    const isApp = Boolean(document.body.dataset.voila);
    const again = isApp ? "Load the page again" : "Choose Run > Run All Cells";
    const text = this.#isUnsaved() ? `NOT SAVED: the program has stopped. Your words are kept in this tab. ${again}, and they will be saved.` : `The program has stopped. Everything that was reported as saved is safe. ${again}.`;
    this.#say(text, "bad", isApp ? "reload" : "");
    for (const one of this.#waiting.values()) {
      one.silent?.(STOPPED);
    }
  }
};
function newName() {
  if (typeof globalThis.crypto?.randomUUID === "function") {
    return crypto.randomUUID();
  }
  return `${Date.now()}-${Math.random().toString(16).slice(2)}`;
}

// assessor_kit/workbench/js/staff_panels.js
function openHandBack(root, { name, reasons }, handBack) {
  const why = choiceBox("Why", reasons, reasons[0].code, () => {
  });
  const words = element("textarea", {
    rows: "2",
    "aria-label": "A word to staff, if you like"
  });
  const forget = keepDraft(words, `your words on handing back ${name}`);
  const refusal = refusalLine();
  const send = button(
    "Hand it back",
    () => {
      send.disabled = true;
      handBack(
        { reason: why.value, words: words.value },
        closing(() => panel, send, refusal, forget)
      );
    },
    { class: "ak-primary" }
  );
  const panel = openPanel(
    root,
    "Hand this return back",
    element("p", { text: "Staff will give it to somebody else. What you wrote stays in the log." }),
    labelled("Why", why),
    labelled("A word to staff, if you like", words),
    refusal,
    element("p", {}, send)
  );
  why.focus();
}
function openWorry(root, { name }, tellStaff) {
  const words = element("textarea", { rows: "4", "aria-label": "What worries you" });
  const forget = keepDraft(words, `your words to staff in confidence on ${name}`);
  const refusal = refusalLine();
  const send = button(
    "Send to staff",
    () => {
      if (!words.value.trim()) {
        words.focus();
        return;
      }
      send.disabled = true;
      tellStaff(
        { words: words.value },
        closing(() => panel, send, refusal, forget)
      );
    },
    { class: "ak-primary" }
  );
  const panel = openPanel(
    root,
    "Tell staff in confidence",
    element("p", { text: "Only staff can read this; it is not part of the judgement." }),
    labelled("What worries you", words),
    refusal,
    element("p", {}, send)
  );
  words.focus();
}
function refusalLine() {
  return element("p", { class: "ak-wrong", role: "alert" });
}
function closing(panel, send, refusal, forget) {
  return (reason) => {
    refusal.textContent = reason;
    send.disabled = false;
    if (!reason) {
      forget();
      panel().close();
    }
  };
}

// assessor_kit/workbench/js/status_line.js
var SETTLED = 800;
var StatusLine = class {
  /** Whether the assessor has chosen to load the page again. */
  reloadChosen = false;
  /** Whether a judgement is not saved: while that is so, nothing here is green. */
  hasUnsaved = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #calm;
  #text = element("p", { class: "ak-status" });
  #reload = button("Load the page again", () => this.#loadAgain(), {
    class: "ak-reload",
    hidden: true
  });
  constructor() {
    this.box = element("div", { class: "ak-saying" }, this.#text, this.#reload);
    this.polite = element("div", { role: "status", class: "ak-heard" });
    this.urgent = element("div", { role: "alert", class: "ak-heard" });
  }
  /**
   * Shows a text; an empty one changes nothing.
   *
   * @type {Say}
   */
  say = (text, tone = "good", remedy = "") => {
    if (!text) {
      return;
    }
    this.#text.textContent = text;
    this.#text.dataset.tone = tone === "good" && this.hasUnsaved ? "busy" : tone;
    this.#reload.hidden = remedy !== "reload";
    clearTimeout(this.#calm);
    if (tone === "bad") {
      if (this.urgent.textContent !== text) {
        this.urgent.textContent = text;
      }
      this.polite.textContent = "";
      return;
    }
    this.urgent.textContent = "";
    if (tone === "good") {
      this.#calm = setTimeout(() => {
        this.polite.textContent = text;
      }, SETTLED);
    }
  };
  #loadAgain() {
    this.reloadChosen = true;
    location.reload();
  }
};

// assessor_kit/workbench/js/tour.js
var STEPS = [
  {
    place: "",
    words: "Three invented returns to practise on. Nothing here is real, and nothing reaches staff."
  },
  {
    place: ".ak-return header",
    words: "Each return opens with its field and its target. You never see who the member is, or why a target is reduced."
  },
  {
    place: ".ak-charts",
    words: "The charts show the hours by kind, by area, planned or not, and through the year. A click on a bar shows what is in it; so does the list above the activities."
  },
  {
    place: ".ak-activities",
    words: "Now read the activities. a goes through them, ↑ and ↓ move, e says how one should be read. Long texts are folded; Enter opens them."
  },
  {
    place: ".ak-point",
    words: "For each point the kit says what it found, and you judge: press 1 to 4. j and k go to the next point and back, f shows the activities behind it, c writes a comment."
  },
  {
    place: ".ak-status",
    words: "What you do is saved as you go, and this line says so. u takes a change back, as often as you like."
  },
  {
    place: ".ak-writing",
    words: "Say what you liked and what you advise. p shows it as the member will read it."
  },
  {
    place: ".ak-submit",
    words: "Judge every point, choose an outcome and submit. Then you see how experienced assessors judged this return, and why. n brings the next one."
  }
];
var KEYS_OF_THE_TOUR = " t goes on, Shift+T goes back.";
var Tour = class {
  #root;
  #steps;
  #step = -1;
  #text = element("p", { role: "status", class: "ak-tour-text" });
  #back = button("Back", () => this.#goTo(this.#step - 1), { class: "ak-quiet-button" });
  #onwards = button("Next step", () => this.#goTo(this.#step + 1));
  #leave;
  /**
   * @param {HTMLElement} root
   * @param {TourSteps} steps
   */
  constructor(root, steps) {
    this.#root = root;
    this.#steps = steps;
    this.#leave = button("Leave the tour", steps.leave, { class: "ak-quiet-button" });
    const buttons = element("div", { class: "ak-row" }, this.#back, this.#onwards, this.#leave);
    this.box = element(
      "section",
      { class: "ak-tour", "aria-label": "Guided tour", hidden: true },
      this.#text,
      buttons
    );
  }
  /**
   * Shows or hides the strip.
   *
   * @param {boolean} isPractice  whether the desk is that of the tour
   * @param {boolean} canLeave  whether there is another to go back to
   */
  show(isPractice, canLeave) {
    this.#leave.hidden = !canLeave;
    if (isPractice === !this.box.hidden) {
      return;
    }
    this.box.hidden = !isPractice;
    if (isPractice) {
      this.#goTo(0);
    } else {
      this.#step = -1;
      this.#unmark();
    }
  }
  /** Goes to the next step, where the tour is shown. */
  goOnwards = () => {
    if (!this.box.hidden) {
      this.#goTo(this.#step + 1);
    }
  };
  /** Goes to the step before, where the tour is shown. */
  goBackwards = () => {
    if (!this.box.hidden) {
      this.#goTo(this.#step - 1);
    }
  };
  /**
   * Opens the comparison of the assessor's judgement with the reference.
   *
   * @param {Reference} reference
   */
  compare(reference) {
    const closeAnd = (step) => () => {
      panel.close();
      step();
    };
    const next = button("Next example", closeAnd(this.#steps.next), { class: "ak-primary" });
    const again = button("Judge this one again", closeAnd(this.#steps.again));
    const rows = reference.rows.map(comparedRow);
    const body = element("tbody", {}, ...rows, comparedOutcome(reference));
    const panel = openPanel(
      this.#root,
      "How experienced assessors judged this return",
      element("p", {
        text: `You chose the same level on ${reference.same} of ${reference.of} points. Where you differ, read why; there is room for judgement.`
      }),
      tableOf(["Point", "You", "They", "Why"], body, { class: "ak-compared" }),
      element("p", { class: "ak-row" }, next, again)
    );
  }
  #unmark() {
    this.#root.querySelectorAll(".ak-shown").forEach((one) => one.classList.remove("ak-shown"));
  }
  /** @param {number} step */
  #goTo(step) {
    this.#unmark();
    this.#step = Math.max(0, Math.min(STEPS.length - 1, step));
    const { place, words } = STEPS[this.#step];
    this.#text.replaceChildren(
      element("strong", { text: `Step ${this.#step + 1} of ${STEPS.length}. ` }),
      words,
      this.#step === 0 ? KEYS_OF_THE_TOUR : ""
    );
    this.#back.disabled = this.#step === 0;
    this.#onwards.disabled = this.#step === STEPS.length - 1;
    const target = place ? this.#root.querySelector(place) : null;
    target?.classList.add("ak-shown");
    target?.scrollIntoView({ block: "nearest" });
  }
};
function comparedRow({ label, mine, reference, same, why }) {
  return element(
    "tr",
    {},
    element("th", { scope: "row", text: label }),
    element("td", { text: mine }),
    element("td", { class: same ? "ak-quiet" : "ak-other", text: same ? "the same" : reference }),
    element("td", { text: why })
  );
}
function comparedOutcome({ mine, reference, advice }) {
  return element(
    "tr",
    {},
    element("th", { scope: "row", text: "Outcome" }),
    element("td", { text: mine }),
    element("td", { text: reference }),
    element("td", { text: `They wrote: “${advice}”` })
  );
}

// assessor_kit/workbench/js/unsaved_warning.js
var UnsavedWarning = class {
  #steps;
  #root;
  #text = element("p", { class: "ak-unsaved-text", role: "alert" });
  /**
   * @param {HTMLElement} root
   * @param {WarningSteps} steps
   */
  constructor(root, steps) {
    this.#root = root;
    this.#steps = steps;
    this.box = element(
      "section",
      { class: "ak-unsaved", "aria-label": "Not saved", hidden: true },
      this.#text,
      button("Try now", () => this.#steps.tryNow(), { class: "ak-try-now" }),
      button("Show these words", () => this.#openWords())
    );
    this.returns = [];
  }
  /** @param {UnsavedReturn[]} returns */
  show(returns) {
    this.returns = returns;
    this.box.hidden = returns.length === 0;
    const text = returns.length ? warningText(returns) : "";
    if (this.#text.textContent !== text) {
      this.#text.textContent = text;
    }
  }
  #openWords() {
    const panel = openPanel(
      this.#root,
      "What is not saved",
      ...this.returns.map((one) => this.#wordsOf(one, () => panel.close()))
    );
    panel.classList.add("ak-wide");
  }
  /**
   * @param {UnsavedReturn} one
   * @param {() => void} close
   */
  #wordsOf(one, close) {
    const text = asText(this.#steps.setup(), this.#steps.words(one.return_id));
    const words = element("textarea", {
      class: "ak-unsaved-words",
      readonly: true,
      rows: "6",
      "aria-label": `Words on ${one.name}`,
      value: text
    });
    const copied = element("span", { role: "status" });
    const copy = () => {
      words.select();
      copied.textContent = document.execCommand("copy") ? "Copied" : "Press Ctrl+C to copy.";
    };
    const open = () => {
      close();
      this.#steps.open(one.return_id);
    };
    const discard = (event) => {
      const pressed = (
        /** @type {HTMLButtonElement} */
        event.currentTarget
      );
      if (pressed.dataset.sure) {
        close();
        this.#steps.discard(one.return_id);
        return;
      }
      pressed.dataset.sure = "yes";
      pressed.textContent = "Discard them for good";
    };
    return element(
      "section",
      { "aria-label": one.name },
      element("h3", { text: one.name }),
      element("p", { text: one.reason }),
      words,
      element(
        "p",
        { class: "ak-row" },
        button("Copy these words", copy),
        button("Open this return", open),
        button("Discard these words", discard, { class: "ak-quiet-button" }),
        copied
      )
    );
  }
};
function askBeforeLeaving(root, returns, { tryNow, goOn }) {
  const after = (step) => () => {
    panel.close();
    step();
  };
  const panel = openPanel(
    root,
    "Not saved yet",
    element("p", { text: warningText(returns) }),
    element(
      "p",
      { class: "ak-row" },
      button("Stay and try again", after(tryNow), { class: "ak-primary" }),
      button("Go on and keep trying", after(goOn))
    )
  );
}
function warningText(returns) {
  const names = returns.map((one) => one.name).join(", ");
  const reasons = [...new Set(returns.map((one) => one.reason))].join(" ");
  return `Not saved: ${names}. ${reasons} Your words are kept in this tab and sent again by themselves.`;
}
function asText(setup, state) {
  if (!state) {
    return "";
  }
  const points = (setup.criteria ?? []).flatMap(({ code, label }) => [
    state.levels[code] ? `${label}: ${labelOf2(setup.levels, state.levels[code])}` : "",
    state.comments[code] ?? "",
    state.disagreements[code] ?? ""
  ]);
  const rest = [
    state.outcome ? `Outcome: ${labelOf2(setup.outcomes, state.outcome)}` : "",
    state.liked ? `What I liked: ${state.liked}` : "",
    state.advice ? `Advice to the member: ${state.advice}` : "",
    state.private_note ? `Private note: ${state.private_note}` : ""
  ];
  return [...points, ...rest].filter(Boolean).join("\n");
}
function labelOf2(choices, code) {
  return choices.find((one) => one.code === code)?.label ?? code;
}

// assessor_kit/workbench/js/screen.js
var UNSEEN = 50;
var Screen = class {
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
  #desks = /* @__PURE__ */ new Set();
  #status = new StatusLine();
  #setup = (
    /** @type {Setup} */
    {}
  );
  /** @type {HTMLDialogElement | null} */
  #list = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #waiting;
  #banner = element("p", {
    class: "ak-banner",
    text: "Sample data: invented members, nobody real.",
    hidden: true
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
    quietButton("Tell staff in confidence", () => this.#worry())
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
    button("Next return", () => this.#next(), { class: "ak-primary ak-next" })
  );
  #done = element("section", { class: "ak-all-done", "aria-label": "No return is open" });
  #both;
  #switch;
  #stopPrinting = () => {
  };
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
      onBehind: (criterion) => this.#form.markBehind(criterion)
    });
    this.#form = new JudgementForm({
      link,
      root,
      setup,
      say,
      showBehind: (criterion, label) => this.#view.showBehind(criterion, label),
      compare: (reference) => this.#tour.compare(reference),
      showUnsaved: (unsaved) => this.#showUnsaved(unsaved)
    });
    this.#form.box.addEventListener("input", () => this.#view.showNow(this.#form.state));
    this.#warning = new UnsavedWarning(root, {
      tryNow: () => this.#form.record.tryNow(),
      open: (returnId) => this.#leaveFor({ kind: "open", return_id: returnId }),
      discard: (returnId) => this.#form.discard(returnId),
      words: (returnId) => this.#form.record.unsavedState(returnId),
      setup
    });
    this.#table = new ReturnsTable({ link, open: (returnId) => this.#openReturn(returnId) });
    this.#tour = new Tour(root, {
      leave: () => this.#leaveIfSaved({ kind: "leave_tour" }),
      next: () => this.#next(),
      again: () => this.#again(this.#form.returnId)
    });
    this.#keys = new Keys(root, this.#keySteps());
    const points = element("nav", { "aria-label": "Points of the judgement" }, this.#form.points);
    const inSight = element("div", { class: "ak-in-sight" }, this.#status.box, points);
    const side = element(
      "section",
      { class: "ak-side", "aria-label": "Judgement and saving" },
      inSight,
      this.#form.box
    );
    keepClear(root, side, inSight, this.#tour.box);
    this.#both = element("div", { class: "ak-both" }, this.#view.box, side);
    this.#switch = new PaneSwitch({
      root,
      side,
      toReturn: () => this.#view.focusHeading(),
      toJudgement: () => this.#form.goToCurrent()
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
      this.#status.urgent
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
        n: () => this.#next()
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
        Escape: () => form.goToCurrent()
      }
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
      goOn: () => this.#leaveFor(message)
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
    this.#link.ask(
      { kind: "preview", return_id: form.returnId, state: form.state },
      (answer) => this.#showPreview(answer)
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
      srcdoc: answer.html
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
        answered(answer.kind === "told" ? "" : answer.text ?? "That did not work.");
      },
      answered
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
      element("h2", { text: "Opening your next return…", tabindex: "-1" })
    );
  }
  /** @param {Listing} listing */
  #showDone(listing) {
    const page = finishPage(listing, {
      openReturns: () => this.#openList(),
      handedBack: () => this.#showHandedBack(),
      tour: () => this.#startTour.click(),
      again: () => this.#again("")
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
};
function quietButton(text, onclick) {
  return button(text, onclick, { class: "ak-quiet-button" });
}
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
function leavingEvent() {
  return document.body.dataset.voila ? { target: document, name: "ak-before-leaving" } : { target: window, name: "beforeunload" };
}

// assessor_kit/workbench/js/widget.js
function render({ model, el }) {
  const screen = new Screen(model);
  el.append(screen.root);
  screen.start();
  return () => screen.stop();
}
var widget_default = { render };
export {
  widget_default as default
};
