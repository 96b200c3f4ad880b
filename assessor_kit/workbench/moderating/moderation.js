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
    ...options,
  );
  box.value = value;
  return box;
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
    hidden: true,
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
  tried(() => (text ? sessionStorage.setItem(key, text) : sessionStorage.removeItem(key)));
}

// assessor_kit/workbench/js/moderating/comparison.js
var Comparison = class {
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
    const parts = { point, fieldset, radios, words, isOwn: false };
    fieldset.addEventListener("focusin", () => {
      this.#current = place;
      this.#sync();
    });
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
};
function focusOn({ fieldset, radios }) {
  const target = chosen(radios) ?? radios[0];
  target?.focus({ preventScroll: true });
  fieldset.scrollIntoView({ block: "nearest" });
}
function chosen(radios) {
  return radios.find((radio) => radio.checked);
}
function chosenPlace(radios) {
  return Math.max(
    0,
    radios.findIndex((radio) => radio.checked),
  );
}
function pointMark(point) {
  if (point.must_be_settled) {
    return { look: "ak-waiting", text: "has to be settled" };
  }
  if (point.differs) {
    return { look: "ak-state", text: "differs" };
  }
  return { look: "ak-quiet", text: "the same" };
}

// assessor_kit/workbench/js/panels.js
function openPanel(root, title, ...children) {
  const focusedBefore = root.ownerDocument.activeElement;
  const id = `ak-panel-${Math.random().toString(36).slice(2)}`;
  const heading = element("h2", { id, text: title, tabindex: "-1", autofocus: true });
  const close = button("Close", () => panel.close(), { class: "ak-quiet-button" });
  const panel = element(
    "dialog",
    { class: "ak-panel", "aria-labelledby": id },
    element("div", { class: "ak-panel-head" }, heading, close),
    ...children,
  );
  panel.addEventListener("close", () => {
    panel.remove();
    giveFocusBack(root, focusedBefore);
  });
  panel.addEventListener("keydown", (event) => event.stopPropagation());
  root.append(panel);
  panel.showModal();
  heading.focus();
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
function labelled(label, field, note) {
  return element(
    "p",
    { class: "ak-field" },
    element("label", {}, element("span", { text: label }), field),
    note ? quiet("span", note) : null,
  );
}
function keepDraft(field, purpose) {
  field.value = draftFor(purpose) ?? field.value;
  field.addEventListener("input", () => rememberDraft(purpose, field.value));
  return () => rememberDraft(purpose, "");
}

// assessor_kit/workbench/js/moderating/matter_answers.js
function matterAnswers(name, matters, answers, record, say) {
  if (!matters.length) {
    return null;
  }
  return element(
    "section",
    { "aria-label": "Raised by assessors" },
    element("h3", { text: "Raised by assessors" }),
    ...matters.map((matter) => shownMatter(name, matter, answers, record, say)),
  );
}
function shownMatter(name, matter, answers, record, say) {
  const { title, finding, words, since, answer } = matter;
  const empty = "Nothing was written.";
  return element(
    "article",
    { class: "ak-matter", "aria-label": title },
    element("h4", { text: title }),
    finding ? element("p", { class: "ak-finding", text: `The finding: ${finding}` }) : null,
    element("p", { class: "ak-words", text: words || empty }),
    quiet("p", `Submitted on ${since}`),
    answer ? givenAnswer(answer) : answerForm(name, matter, answers, record, say),
  );
}
function givenAnswer({ answer, words, when }) {
  return element(
    "p",
    { class: "ak-answer" },
    element("strong", { text: `Answered on ${when}: ${answer}. ` }),
    element("span", { class: "ak-words", text: words }),
  );
}
function answerForm(name, matter, answers, record, say) {
  const { assessor_id: assessorId, about, criterion } = matter;
  const choice = choiceBox("Answer", answers, answers[0].code, () => {});
  const words = element("textarea", {
    rows: "2",
    "aria-label": "Because (the assessor reads this)",
  });
  const purpose = [`your answer to ${assessorId} on return ${name}`, about, criterion];
  const forget = keepDraft(words, purpose.filter(Boolean).join(", "));
  const send = button(
    "Record this answer",
    () => {
      if (!words.value.trim()) {
        say("Write first why: the assessor reads it.", "bad");
        words.focus();
        return;
      }
      record(
        {
          assessor_id: assessorId,
          about,
          criterion,
          answer: choice.value,
          words: words.value,
        },
        forget,
      );
    },
    { class: "ak-primary" },
  );
  return element(
    "div",
    { class: "ak-answer-form" },
    labelled("Answer", choice),
    labelled("Because (the assessor reads this)", words),
    element("p", {}, send),
  );
}

// assessor_kit/workbench/js/moderating/moderation_keys.js
var HELP = [
  ["1, 2", "take the point from the first or the second column, and go on"],
  ["a, b", "take everything from the first or the second column"],
  ["j, k", "next and previous point"],
  ["c", "write the words that the member reads; Esc leaves them"],
  ["w", "write why it is agreed so; Esc leaves it"],
  ["Shift+S", "record what is agreed (Ctrl+Enter in a text)"],
  ["n", "open the next return that waits"],
  ["l", "back to the list"],
  ["?", "show these keys"],
];
var ModerationKeys = class {
  #steps;
  #root;
  #areOn = singleKeysAreOn();
  /**
   * @param {HTMLElement} root
   * @param {ModerationSteps} steps
   */
  constructor(root, steps) {
    this.#root = root;
    this.#steps = steps;
    root.addEventListener("keydown", (event) => this.#pressed(event));
  }
  /** Opens the list of keys. */
  openHelp() {
    const single = element("input", {
      type: "checkbox",
      checked: this.#areOn,
      onchange: () => {
        this.#areOn = single.checked;
        rememberSingleKeys(single.checked);
      },
    });
    const text = element("span", {
      text: "Single keys are on. This browser remembers your choice.",
    });
    const keys = HELP.flatMap(([key, meaning]) => [
      element("dt", { text: key }),
      element("dd", { text: meaning }),
    ]);
    openPanel(
      this.#root,
      "Keys",
      element("dl", { class: "ak-keys" }, ...keys),
      element("p", {}, element("label", { class: "ak-check-label" }, single, text)),
    );
  }
  /**
   * What stops here never reaches the notebook's own keys, which delete cells.
   *
   * @param {KeyboardEvent} event
   */
  #pressed(event) {
    event.stopPropagation();
    const { target } = event;
    if (event.defaultPrevented || event.isComposing || !(target instanceof Element)) {
      return;
    }
    if (this.#answers(event, takesText(target))) {
      event.preventDefault();
    }
  }
  /**
   * @param {KeyboardEvent} event
   * @param {boolean} isTyping
   */
  #answers(event, isTyping) {
    const { take, send, leaveText, single } = this.#steps;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      send();
      return true;
    }
    if (event.key === "Enter" && event.shiftKey && !isTyping) {
      return true;
    }
    if (event.key === "Escape" && isTyping) {
      leaveText();
      return true;
    }
    if (isTyping || event.ctrlKey || event.altKey || event.metaKey || !this.#areOn) {
      return false;
    }
    if (event.key === "1" || event.key === "2") {
      take(Number(event.key) - 1);
      return true;
    }
    const step = single[event.key];
    step?.();
    return step !== void 0;
  }
};
function takesText(target) {
  if (target instanceof HTMLInputElement) {
    return target.type !== "radio" && target.type !== "checkbox";
  }
  return ["TEXTAREA", "SELECT"].includes(target.tagName);
}

// assessor_kit/workbench/js/moderating/moderation_link.js
var PATIENCE = 3e3;
var ModerationLink = class {
  #model;
  #say;
  #number = 0;
  #name = `m${Date.now().toString(36)}${Math.random().toString(36).slice(2)}`;
  /** @type {Map<string, { answered: (answer: ModerationAnswer) => void, timer: number }>} */
  #waiting = /* @__PURE__ */ new Map();
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
      return;
    }
    clearTimeout(one.timer);
    this.#waiting.delete(answer.to);
    if (answer.text) {
      this.#say(answer.text, answer.kind === "refused" ? "bad" : "good");
    }
    one.answered(answer);
  };
};

// assessor_kit/workbench/js/moderating/record_view.js
function recordView(page) {
  const { charts, findings, plan, activities, readings } = page;
  const rows = findings.map(({ label, standing, sentence }) =>
    element(
      "tr",
      {},
      element("th", { scope: "row", text: label }),
      element("td", { text: standing }),
      element("td", { text: sentence }),
    ),
  );
  return element(
    "section",
    { "aria-label": "The record" },
    element("h3", { text: "The record" }),
    element("p", { class: "ak-target", text: page.target }),
    ...page.notices.map((text) => element("p", { text })),
    rows.length
      ? tableOf(["Point", "Finding", "What was found"], element("tbody", {}, ...rows))
      : quiet("p", "This return is not scored yet."),
    ...readings.map(({ side, text }) =>
      element("p", { class: "ak-read", text: `${side}, as read: ${text}` }),
    ),
    element("div", { class: "ak-charts" }, ...charts.map(({ html }) => drawnChart(html))),
    element("h4", { text: "Plan" }),
    plan.length
      ? element(
          "ul",
          { class: "ak-plan" },
          ...plan.map(({ goal_id: name, goal }) =>
            element("li", { class: "ak-words", text: `${name}: ${goal}` }),
          ),
        )
      : quiet("p", "No plan was sent; a plan is welcome and not required."),
    element("h4", { text: "Activities" }),
    tableOf(
      ["Activity", "When", "Time", "Kind and area", "Planned"],
      element("tbody", {}, ...activities.map(activityRow)),
      { class: "ak-activities" },
    ),
  );
}
function activityRow({
  title,
  texts,
  when,
  time,
  counts,
  kind,
  of_area: area,
  is_planned: planned,
}) {
  return element(
    "tr",
    {},
    element(
      "th",
      { scope: "row" },
      element("span", { class: "ak-words", text: title }),
      ...texts.map((text) => element("p", { class: "ak-words ak-text", text })),
    ),
    element("td", { text: when }),
    element("td", {}, time, counts ? null : quiet("p", "not counted")),
    element("td", {}, kind, element("br"), area),
    element("td", { text: planned }),
  );
}

// assessor_kit/workbench/js/moderating/waiting_list.js
var WaitingList = class {
  box = element("section", { class: "ak-moderation-list", "aria-label": "What waits" });
  #ask;
  #open;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #typing;
  /**
   * @param {(message: ListMessage) => void} ask
   * @param {(returnId: string) => void} open
   */
  constructor(ask, open) {
    this.#ask = ask;
    this.#open = open;
  }
  /** @param {Listing} listing */
  show(listing) {
    const focused = document.activeElement;
    const label = focused && this.box.contains(focused) ? focused.getAttribute("aria-label") : "";
    const { rows, found, start, shown, asked, kinds } = listing;
    const search = element("input", {
      type: "search",
      "aria-label": "Search for a return",
      placeholder: "Search",
      value: asked.search,
      oninput: () => this.#searchSoon(search.value),
    });
    const only = choiceBox("What to list", kinds, asked.only, (code) =>
      this.#ask({ kind: "list", only: code, start: 0 }),
    );
    const body = element("tbody", {}, ...rows.map((row) => this.#row(row)));
    const table = tableOf(["Return", "What", "Since"], body);
    const shownParts = [
      element("div", { class: "ak-row" }, only, search),
      rows.length ? table : element("p", { text: "Nothing waits here." }),
      this.#pages(found, start, shown),
    ];
    this.box.replaceChildren(...shownParts.filter((one) => one !== null));
    if (label) {
      const again = this.box.querySelector(`[aria-label="${CSS.escape(label)}"]`);
      if (again instanceof HTMLElement) {
        again.focus();
      }
    }
  }
  /** Moves the focus to the first return of the list, or to the choice of kind. */
  focus() {
    const target = this.box.querySelector(".ak-open") ?? this.box.querySelector("select");
    if (target instanceof HTMLElement) {
      target.focus();
    }
  }
  /**
   * Opens the return after the one that is open; returns whether there is one.
   *
   * @param {Row[]} rows
   * @param {string} returnId
   */
  openNext(rows, returnId) {
    const others = rows.filter((row) => row.return_id !== returnId);
    if (!others.length) {
      return false;
    }
    this.#open(others[0].return_id);
    return true;
  }
  /** @param {Row} row */
  #row(row) {
    const open = button(row.return, () => this.#open(row.return_id), {
      class: "ak-open",
      "aria-label": `Open ${row.return}: ${row.kind}`,
    });
    const what = element("td", {}, element("strong", { text: row.kind }), quiet("p", row.sentence));
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, open),
      what,
      element("td", { text: row.since }),
    );
  }
  /**
   * @param {number} found
   * @param {number} start
   * @param {number} shown
   */
  #pages(found, start, shown) {
    if (found <= shown) {
      return null;
    }
    const last = Math.min(start + shown, found);
    const earlier = button(
      "Earlier ones",
      () => this.#ask({ kind: "list", start: Math.max(0, start - shown) }),
      { disabled: start === 0 },
    );
    const later = button("More", () => this.#ask({ kind: "list", start: start + shown }), {
      disabled: last >= found,
    });
    return element(
      "p",
      { class: "ak-row" },
      earlier,
      later,
      quiet("span", `${start + 1} to ${last} of ${found}`),
    );
  }
  /** @param {string} search */
  #searchSoon(search) {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.#ask({ kind: "list", search, start: 0 }), 250);
  }
};

// assessor_kit/workbench/js/moderating/moderation_page.js
var ModerationPage = class {
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
    const page = JSON.parse(this.#model.get("page"));
    const isOpen = Boolean(page.return_id);
    this.#listed.hidden = isOpen;
    this.#opened.hidden = !isOpen;
    this.#comparison = null;
    if (page.return_id === void 0) {
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
};
function heldText(held) {
  return `The member's feedback is held: ${held}.`;
}
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
function waitsNote({ waits_for: markings }) {
  return quiet(
    "p",
    `The judgements are shown side by side once every marking is submitted; missing: ${markings.join(", ") || "first"}.`,
  );
}

// assessor_kit/workbench/js/moderating/widget.js
function render({ model, el }) {
  const page = new ModerationPage(model);
  el.append(page.root);
  page.start();
  return () => page.stop();
}
var widget_default = { render };
export { widget_default as default };
