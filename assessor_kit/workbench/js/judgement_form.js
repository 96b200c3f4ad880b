// The judgement: a level and a comment per point, an outcome, advice. What is typed goes through the record; what the store says comes back from it.
const LONG_SENTENCE = 25;

function judgementForm({ link, setup, showBehind, say, root, told }) {
  const box = node("form", {
    class: "ak-form",
    "aria-label": "Judgement",
    onsubmit: (event) => event.preventDefault(),
  });
  let page = null,
    points = [],
    outcomes = [],
    areas = [],
    current = 0,
    submitButton = null,
    second = null,
    locked = null;
  const record = judgementRecord({
    link,
    say,
    desk: () => page.desk,
    onConflict: conflict,
    onSaved: saved,
    onUndone: undone,
  });
  const state = record.state;

  function saved(answer, back) {
    say(
      state().submitted
        ? "Submitted and saved."
        : back
          ? "Saved: what this tab still held is back"
          : "Saved",
    );
    if (answer.reference) told(answer.reference);
    else if (state().submitted) askCompany(page.return_id);
  }
  function askCompany(return_id) {
    link.ask({ kind: "company", return_id }, (answer) => {
      if (
        answer.kind === "told" &&
        answer.text &&
        page.return_id === return_id &&
        state().submitted
      )
        say(`Submitted and saved. ${answer.text}`);
    });
  }
  function conflict(standing, mine) {
    say("NOT SAVED: this judgement was changed in another window.", "bad");
    openConflict(root, setup(), standing, mine, (keepMine) => {
      record.settle(standing, keepMine);
      fill();
    });
  }
  function undone(before) {
    fill();
    const parts = differingParts(setup(), before, state()).map((part) => part.label);
    say(parts.length ? `Undone and saved: ${parts.join(", ")}` : "Undone and saved");
  }
  function undo() {
    if (!isLocked()) record.undo();
  }
  function isLocked() {
    if (state().submitted) say("Submitted and locked. Choose Reopen to change it.");
    return state().submitted;
  }
  function choose(place, code) {
    if (isLocked()) {
      sync();
      return;
    }
    state().levels[setup().criteria[place].code] = code;
    sync();
    record.change(`level ${place}`, false);
  }
  // What the page shows of the state; `fill` also puts the written texts back.
  function sync() {
    const { levels, submitted } = state();
    points.forEach(({ fieldset, radios, texts, code }, place) => {
      radios.forEach((radio) => {
        radio.checked = levels[code] === radio.value;
        radio.disabled = submitted;
      });
      texts.forEach(({ field }) => {
        field.readOnly = submitted;
      });
      fieldset.classList.toggle("ak-current", place === current);
      if (place === current) fieldset.setAttribute("aria-current", "true");
      else fieldset.removeAttribute("aria-current");
    });
    outcomes.forEach((radio) => {
      radio.checked = state().outcome === radio.value;
      radio.disabled = submitted;
    });
    areas.forEach(({ field }) => {
      field.readOnly = submitted;
    });
    second.checked = state().second_look;
    second.disabled = submitted;
    submitButton.textContent = submitted ? "Reopen this judgement" : "Submit this judgement";
    locked.hidden = !submitted;
    const done = setup().criteria.filter((one) => levels[one.code]).length;
    box.querySelector(".ak-count").textContent =
      `${done} of ${setup().criteria.length} points judged`;
  }
  function fill() {
    points.forEach(({ texts }) =>
      texts.forEach(({ field, read }) => {
        field.value = read();
      }),
    );
    areas.forEach(({ field, read }) => {
      field.value = read();
    });
    sync();
  }
  function go(place) {
    current = Math.max(0, Math.min(points.length - 1, place));
    sync();
    const { radios, fieldset } = points[current];
    const target = radios.find((radio) => radio.checked) || radios[0];
    (target.disabled ? points[current].texts[0].field : target).focus({ preventScroll: true });
    fieldset.scrollIntoView({ block: "nearest" });
  }
  // A field that is written in: each key changes the state, and leaving it ends the change.
  function written(name, field, read, write) {
    field.addEventListener("input", () => {
      if (!state().submitted) {
        write(field.value);
        record.change(name, true);
      }
    });
    field.addEventListener("blur", () => {
      if (record.returnId()) record.leave();
    });
    field.setAttribute("spellcheck", "true");
    return { field, read };
  }
  function ofPoint(code, list) {
    return [
      () => state()[list][code] || "",
      (text) => {
        state()[list][code] = text;
      },
    ];
  }
  function pointField(one, place) {
    const here = () => {
      current = place;
      sync();
    };
    const why = written(
      `why ${one.code}`,
      node("input", {
        type: "text",
        "aria-label": `Why I see ${one.label} otherwise`,
        onfocus: here,
      }),
      ...ofPoint(one.code, "disagreements"),
    );
    const comment = written(
      `comment ${one.code}`,
      node("textarea", { rows: "2", "aria-label": `Comment on ${one.label}`, onfocus: here }),
      ...ofPoint(one.code, "comments"),
    );
    const otherwise = labelled("Because (staff read this)", why.field);
    otherwise.hidden = !why.read();
    const radios = setup().levels.map((level) =>
      node("input", {
        type: "radio",
        name: `ak-${one.code}`,
        value: level.code,
        onchange: () => {
          current = place;
          choose(place, level.code);
        },
        onfocus: here,
      }),
    );
    const fieldset = node(
      "fieldset",
      { class: "ak-point" },
      node("legend", { text: one.label }),
      node(
        "p",
        { class: "ak-question" },
        one.question,
        one.prompt ? node("span", { class: "ak-quiet", text: ` ${one.prompt}` }) : null,
      ),
      finding(one, otherwise, why.field),
      node(
        "div",
        { class: "ak-levels" },
        ...radios.map((radio, number) =>
          node(
            "label",
            { class: "ak-level" },
            radio,
            node("kbd", { text: String(number + 1), "aria-hidden": "true" }),
            node("span", { text: setup().levels[number].label }),
          ),
        ),
      ),
      node(
        "div",
        { class: "ak-comment" },
        node("span", { class: "ak-quiet", "aria-hidden": "true", text: "Comment to the member" }),
        phraseBox(one, comment.field),
      ),
      comment.field,
    );
    points.push({ fieldset, radios, texts: [comment, why], code: one.code });
    return fieldset;
  }
  function finding(one, otherwise, why) {
    const found = page.findings[one.code];
    if (!found) return null;
    const disagree = node("button", {
      type: "button",
      class: "ak-link",
      text: "I see it otherwise",
      "aria-expanded": String(!otherwise.hidden),
      onclick: () => {
        otherwise.hidden = !otherwise.hidden;
        disagree.setAttribute("aria-expanded", String(!otherwise.hidden));
        if (!otherwise.hidden) why.focus();
      },
    });
    return node(
      "div",
      { class: "ak-finding" },
      node("p", {}, node("strong", { text: found.standing }), ` · ${found.sentence}`),
      found.sentence_as_read
        ? node(
            "p",
            {},
            node("span", { class: "ak-read", text: "As you read it: " }),
            node("strong", { text: found.standing_as_read }),
            ` · ${found.sentence_as_read}`,
          )
        : null,
      node(
        "p",
        { class: "ak-row" },
        node("button", {
          type: "button",
          class: "ak-link ak-behind",
          "data-code": one.code,
          "aria-pressed": "false",
          text: "Show the activities behind it",
          onclick: () => showBehind(one.code, one.label),
        }),
        disagree,
      ),
      otherwise,
    );
  }
  function phraseBox(one, comment) {
    const phrases = page.phrases[one.code] || [];
    const bank = choiceBox(
      `Phrases for ${one.label}`,
      [
        { code: "", label: "Add a phrase…" },
        ...phrases.map((phrase, number) => ({
          code: String(number),
          label: phrase.tone === "own" ? `Mine: ${phrase.text}` : phrase.text,
        })),
      ],
      "",
      (value) => {
        const phrase = phrases[Number(value)];
        bank.value = "";
        if (!phrase || isLocked()) return;
        comment.value = [comment.value.trim(), phrase.text].filter(Boolean).join(" ");
        state().comments[one.code] = comment.value;
        if (phrase.theme && !state().themes.includes(phrase.theme))
          state().themes.push(phrase.theme);
        record.change(`phrase ${one.code}`, false);
      },
    );
    return bank;
  }
  function writing(label, note, name, rows) {
    const one = written(
      name,
      node("textarea", { rows: String(rows) }),
      () => state()[name] || "",
      (text) => {
        state()[name] = text;
      },
    );
    areas.push(one);
    return node(
      "p",
      { class: "ak-writing" },
      node(
        "label",
        {},
        node("span", {}, `${label} `, node("span", { class: "ak-quiet", text: note })),
        one.field,
      ),
    );
  }
  function submit() {
    if (state().submitted) {
      state().submitted = false;
      sync();
      record.change("submitted", false);
      points[0].radios[0].focus();
      return;
    }
    const open = [
      ...setup()
        .criteria.filter((one) => !state().levels[one.code])
        .map((one) => one.label),
      ...(state().outcome ? [] : ["Outcome"]),
    ];
    if (open.length) {
      say(`Before submitting, please choose: ${open.join(", ")}.`, "bad");
      const first = setup().criteria.findIndex((one) => !state().levels[one.code]);
      if (first >= 0) go(first);
      else outcomes[0].focus();
      return;
    }
    state().submitted = true;
    sync();
    record.flush();
    record.change("submitted", false);
  }
  function readability() {
    const texts = [state().liked, state().advice, ...Object.values(state().comments)].filter(
      Boolean,
    );
    const long = texts
      .flatMap((text) => text.split(/(?<=[.!?])\s+/))
      .filter((sentence) => sentence.trim().split(/\s+/).length > LONG_SENTENCE);
    say(
      long.length
        ? `${long.length === 1 ? "1 sentence" : `${long.length} sentences`} over ${LONG_SENTENCE} words: “${long[0].slice(0, 60)}…”`
        : `No sentence is over ${LONG_SENTENCE} words.`,
    );
  }
  function show(next) {
    const same = page && page.return_id === next.return_id && record.returnId() === next.return_id; // a reading draws the return anew: what is being written stays
    page = next;
    if (!setup().criteria || page.done) {
      record.clear();
      box.replaceChildren();
      return;
    }
    if (!same) {
      current = 0;
      if (box.parentElement) box.parentElement.scrollTop = 0;
      record.open(page.return_id, page.judgement);
    }
    draw();
    if (!record.isUnsaved()) opened(page.judgement.version, same);
  }
  function opened(version, same) {
    say(
      state().submitted
        ? "Submitted and saved"
        : !version
          ? "Nothing to save yet"
          : same
            ? "Saved"
            : "Opened as it was last saved",
    );
  }
  function draw() {
    points = [];
    areas = [];
    outcomes = setup().outcomes.map((one) =>
      node("input", {
        type: "radio",
        name: "ak-outcome",
        value: one.code,
        onchange: () => {
          state().outcome = one.code;
          sync();
          record.change("outcome", false);
        },
      }),
    );
    second = node("input", {
      type: "checkbox",
      onchange: () => {
        state().second_look = second.checked;
        record.change("second look", false);
      },
    });
    submitButton = node("button", {
      type: "button",
      class: "ak-primary ak-submit",
      onclick: submit,
    });
    locked = node("p", {
      class: "ak-locked",
      text: "Submitted and locked. Reopening it, at the end, is recorded.",
    });
    box.replaceChildren(
      node(
        "div",
        { class: "ak-row" },
        node("h3", { text: "Judgement" }),
        node("span", { class: "ak-count ak-quiet" }),
      ),
      locked,
      ...setup().criteria.map(pointField),
      node(
        "fieldset",
        {},
        node("legend", { text: "Outcome" }),
        node(
          "div",
          { class: "ak-levels" },
          ...outcomes.map((radio, number) =>
            node(
              "label",
              { class: "ak-level" },
              radio,
              node("span", { text: setup().outcomes[number].label }),
            ),
          ),
        ),
      ),
      writing("What I liked", "the member reads this", "liked", 2),
      writing("Advice to the member", "the member reads this", "advice", 4),
      writing("Private note", "the member never sees this", "private_note", 2),
      node(
        "p",
        {},
        node(
          "label",
          { class: "ak-check-label" },
          second,
          node("span", { text: "Please take a second look" }),
        ),
      ),
      node(
        "p",
        { class: "ak-row" },
        submitButton,
        node("button", {
          type: "button",
          class: "ak-save",
          text: "Save",
          onclick: () => record.save(),
        }),
        node("button", {
          type: "button",
          class: "ak-quiet-button",
          text: "Check long sentences",
          onclick: readability,
        }),
      ),
    );
    fill();
  }
  // A page loaded again may hold what was true when the return was opened: `standing` is what stands now.
  function refresh(standing) {
    if (record.isUnsaved() || record.stands(standing)) return;
    record.open(page.return_id, standing);
    fill();
    if (!record.isUnsaved()) opened(standing.version, false);
  }
  function markBehind(code) {
    box
      .querySelectorAll(".ak-behind")
      .forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.code === code)));
  }
  return {
    box,
    show,
    refresh,
    markBehind,
    undo,
    flush: () => record.flush(),
    save: () => record.save(),
    state,
    returnId: () => record.returnId(),
    isUnsaved: () => record.isUnsaved(),
    choose: (number) => {
      const level = setup().levels[number];
      if (level) {
        choose(current, level.code);
        if (box.contains(document.activeElement) && !state().submitted)
          points[current].radios[number].focus({ preventScroll: true });
      }
      return Boolean(level);
    },
    next: () => go(current + 1),
    previous: () => go(current - 1),
    here: () => go(current),
    comment: () => points[current].texts[0].field.focus(),
    leaveComment: () => go(current),
    behind: () => {
      const one = setup().criteria[current];
      showBehind(one.code, one.label);
    },
  };
}
