// The judgement: a level and a comment per criterion, an outcome, advice. Keys act only while the focus is on the screen.
const LONG_SENTENCE = 25, EVERY = 400;

function judgementForm({ link, setup, showBehind, say }) {
  const box = node("form", { class: "ak-form", "aria-label": "Judgement", onsubmit: (event) => event.preventDefault() });
  let state = null, page = null, fields = [], current = 0, debounce = null, outcomes = [], areas = [], submitButton = null, second = null;

  function flush() { if (debounce) { clearTimeout(debounce); debounce = null; save(); } }
  // While somebody types on, what is written goes to the store every so often: a lost machine costs less than half a second of it.
  function later() { say("Not saved yet", "busy"); if (!debounce) debounce = setTimeout(() => { debounce = null; save(); }, EVERY); }
  function save(more = {}) {
    clearTimeout(debounce); debounce = null;
    say("Saving…", "busy");
    const return_id = page.return_id;
    link.ask({ kind: "save", return_id, state, ...more }, (answer, last) => answered(answer, last, return_id));
  }
  function answered(answer, last, return_id) {
    if (answer.kind === "saved") { if (last && !debounce) say(state.submitted ? `Submitted and saved. ${answer.text || ""}` : "Saved", "good"); }
    else if (answer.kind === "conflict") conflict(answer, return_id);
    else say(answer.text, "bad");
  }
  function conflict(answer, return_id) {
    say(answer.text, "bad");
    const theirs = answer.theirs, mine = state;
    const column = (heading, one) => node("div", {}, node("h4", { text: heading }), node("ul", {}, ...setup().criteria.map((criterion) =>
      node("li", {}, node("strong", { text: `${criterion.label}: ` }), labelOf(setup().levels, one.levels[criterion.code]), one.comments[criterion.code] ? node("p", { class: "ak-words", text: one.comments[criterion.code] }) : null))),
      node("p", { class: "ak-words", text: one.advice || "No advice yet" }));
    const panel = openPanel(box, "This judgement was changed in another window", node("div", { class: "ak-two" }, column("What stands", theirs), column("What is here", mine)),
      node("p", {}, node("button", { type: "button", text: "Take what stands", onclick: () => { panel.close(); restore(theirs); say("Saved", "good"); link.ask({ kind: "open", return_id }); } }),
        node("button", { type: "button", class: "ak-primary", text: "Save what is here over it", onclick: () => { panel.close(); save({ over: theirs.version }); } })));
  }
  function labelOf(choices, code) { const found = choices.find((one) => one.code === code); return found ? found.label : "not chosen"; }
  function choose(place, code) {
    if (locked()) return;
    state.levels[setup().criteria[place].code] = code; sync(); later();
  }
  function locked() { if (state.submitted) say("Submitted. Choose Reopen to change it.", "good"); return state.submitted; }
  function sync() {
    fields.forEach(({ fieldset, radios, comment, why, code }, place) => {
      radios.forEach((radio) => { radio.checked = state.levels[code] === radio.value; radio.disabled = state.submitted; });
      fieldset.classList.toggle("ak-current", place === current);
      if (document.activeElement !== comment) comment.value = state.comments[code] || "";
      if (document.activeElement !== why) why.value = state.disagreements[code] || "";
      comment.disabled = why.disabled = state.submitted;
    });
    outcomes.forEach((radio) => { radio.checked = state.outcome === radio.value; radio.disabled = state.submitted; });
    areas.forEach(([name, input]) => { if (document.activeElement !== input) input.value = state[name] || ""; input.disabled = state.submitted; });
    if (second) { second.checked = state.second_look; second.disabled = state.submitted; }
    if (submitButton) submitButton.textContent = state.submitted ? "Reopen this judgement" : "Submit this judgement";
  }
  function go(place) {
    current = Math.max(0, Math.min(fields.length - 1, place));
    sync();
    const { radios, fieldset } = fields[current];
    (radios.find((radio) => radio.checked) || radios[0]).focus({ preventScroll: true });
    fieldset.scrollIntoView({ block: "nearest" });
  }
  function criterionField(one, place) {
    const finding = page.findings[one.code];
    const why = node("input", { type: "text", "aria-label": `Why I see ${one.label} otherwise`, oninput: () => { state.disagreements[one.code] = why.value; later(); } });
    const otherwise = node("p", {}, node("label", {}, node("span", { text: "Because (staff read this) " }), why));
    otherwise.hidden = !state.disagreements[one.code];
    const said = !finding ? null : node("div", { class: "ak-finding" }, node("p", {}, node("strong", { text: finding.standing }), ` · ${finding.sentence}`),
      finding.sentence_as_read ? node("p", {}, node("span", { class: "ak-read", text: "As you read it: " }), node("strong", { text: finding.standing_as_read }), ` · ${finding.sentence_as_read}`) : null,
      node("button", { type: "button", class: "ak-link", text: "Show the activities behind it", onclick: () => showBehind(one.code, one.label) }), " ",
      node("button", { type: "button", class: "ak-link", text: "I see it otherwise", onclick: () => { otherwise.hidden = !otherwise.hidden; if (!otherwise.hidden) why.focus(); } }), otherwise);
    const radios = setup().levels.map((level) => node("input", { type: "radio", name: `ak-${one.code}`, value: level.code,
      onchange: () => { current = place; choose(place, level.code); }, onfocus: () => { current = place; sync(); } }));
    const comment = node("textarea", { rows: "2", "aria-label": `Comment on ${one.label}`, oninput: () => { state.comments[one.code] = comment.value; later(); },
      onfocus: () => { current = place; sync(); } });
    const phrases = page.phrases[one.code] || [];
    const bank = choiceBox(`Phrases for ${one.label}`, [{ code: "", label: "Add a phrase…" }, ...phrases.map((phrase, number) => ({ code: String(number), label: phrase.tone === "own" ? `Mine: ${phrase.text}` : phrase.text }))], "", (value) => {
      const phrase = phrases[Number(value)];
      bank.value = "";
      if (!phrase || locked()) return;
      comment.value = [comment.value.trim(), phrase.text].filter(Boolean).join(" ");
      state.comments[one.code] = comment.value;
      if (phrase.theme && !state.themes.includes(phrase.theme)) state.themes.push(phrase.theme);
      later();
    });
    const fieldset = node("fieldset", {}, node("legend", { text: one.label }), node("p", { class: "ak-question", text: one.question }),
      one.prompt ? node("p", { class: "ak-quiet", text: one.prompt }) : null, said,
      node("div", { class: "ak-levels" }, ...radios.map((radio, number) => node("label", { class: "ak-level" }, radio, node("span", { text: `${number + 1} ${setup().levels[number].label}` })))), comment, bank);
    fields.push({ fieldset, radios, comment, why, code: one.code });
    return fieldset;
  }
  function writing(label, name, rows) {
    const input = node("textarea", { rows: String(rows), oninput: () => { state[name] = input.value; later(); } });
    areas.push([name, input]);
    return node("p", { class: "ak-writing" }, node("label", {}, node("span", { text: label }), input));
  }
  function submit() {
    if (state.submitted) { state.submitted = false; sync(); save(); return; }
    const open = setup().criteria.filter((one) => !state.levels[one.code]).map((one) => one.label);
    if (open.length || !state.outcome) { say(`Before submitting, please choose: ${[...open, ...(state.outcome ? [] : ["Outcome"])].join(", ")}.`, "bad"); return; }
    state.submitted = true; sync(); save();
  }
  function readability() {
    const texts = [state.liked, state.advice, ...Object.values(state.comments)].filter(Boolean);
    const long = texts.flatMap((text) => text.split(/(?<=[.!?])\s+/)).filter((sentence) => sentence.trim().split(/\s+/).length > LONG_SENTENCE);
    say(long.length ? `${long.length === 1 ? "1 sentence" : `${long.length} sentences`} over ${LONG_SENTENCE} words: “${long[0].slice(0, 60)}…”` : `No sentence is over ${LONG_SENTENCE} words.`, "good");
  }
  function show(next) {
    const same = page && page.return_id === next.return_id;  // a reading draws the return anew: what is being written stays
    page = next; state = same && state ? state : { ...next.judgement }; fields = []; areas = []; current = same ? current : 0;
    if (!setup().criteria || page.done) { box.replaceChildren(); return; }
    outcomes = setup().outcomes.map((one) => node("input", { type: "radio", name: "ak-outcome", value: one.code, onchange: () => { state.outcome = one.code; later(); } }));
    second = node("input", { type: "checkbox", onchange: () => { state.second_look = second.checked; later(); } });
    submitButton = node("button", { type: "button", class: "ak-primary ak-submit", onclick: submit });
    box.replaceChildren(node("h3", { text: "Judgement" }), ...setup().criteria.map(criterionField),
      node("fieldset", {}, node("legend", { text: "Outcome" }), ...outcomes.map((radio, number) => node("label", { class: "ak-level" }, radio, node("span", { text: setup().outcomes[number].label })))),
      writing("What I liked (the member reads this)", "liked", 2), writing("Advice to the member", "advice", 4), writing("Private note (the member never sees this)", "private_note", 2),
      node("p", {}, node("label", { class: "ak-level" }, second, node("span", { text: "Please take a second look" }))),
      node("p", { class: "ak-row" }, node("button", { type: "button", class: "ak-save", text: "Save", onclick: () => save() }), submitButton,
        node("button", { type: "button", text: "Check long sentences", onclick: readability })));
    sync();
    say(next.judgement.version ? (state.submitted ? "Submitted and saved" : "Saved") : "Nothing to save yet", "good");
  }
  function restore(standing) { state = { ...state, ...standing }; sync(); fields.forEach(({ comment, code }) => { comment.value = state.comments[code] || ""; }); areas.forEach(([name, input]) => { input.value = state[name] || ""; }); }
  return { box, show, flush, save, restore, forget: () => { state = null; }, choose: (number) => { const level = setup().levels[number]; if (level) choose(current, level.code); return Boolean(level); },
    next: () => go(current + 1), previous: () => go(current - 1), here: () => go(current), comment: () => fields[current].comment.focus(), leaveComment: () => go(current),
    behind: () => { const one = setup().criteria[current]; showBehind(one.code, one.label); }, state: () => state, returnId: () => (page ? page.return_id : "") };
}
