// The judgement form. Text reaches the page through textContent and value only; keys never leave the form.
function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") made.textContent = value; else if (value !== null) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

function render({ model, el }) {
  let serial = 0, waiting = null, timer = null, debounce = null, current = 0, setup, state, fields = [];
  const root = node("form", { class: "ak-form", "aria-label": "Judgement" });
  const status = node("p", { class: "ak-status", role: "status", "aria-live": "polite" });
  const keysOn = node("input", { type: "checkbox", id: "ak-keys" });
  keysOn.checked = true;
  el.append(root);
  root.addEventListener("submit", (event) => event.preventDefault());

  function say(text, bad = false) { status.textContent = text; status.classList.toggle("ak-bad", bad); }
  function flush() { if (debounce) { clearTimeout(debounce); debounce = null; send(); } }
  function later() { say("Not saved yet"); clearTimeout(debounce); debounce = setTimeout(() => { debounce = null; send(); }, 400); }
  function send(submit = false) {
    serial += 1; waiting = serial; say("Saving…");
    clearTimeout(timer);
    timer = setTimeout(() => { if (waiting) say("NOT SAVED: the program does not answer. Your words are still here.", true); }, 2500);
    try {
      model.send({ kind: "save", serial, event_id: crypto.randomUUID ? crypto.randomUUID() : String(Date.now()) + Math.random(), return_id: setup.return_id,
        state: { ...state, submitted: submit || state.submitted } });
    } catch (problem) { say("NOT SAVED: the connection is lost. Your words are still here.", true); }
  }
  function choose(place, level) { state.levels[setup.criteria[place].code] = level; sync(); later(); }
  function sync() {
    fields.forEach(({ box, radios, comment, code }, place) => {
      radios.forEach((radio) => { radio.checked = state.levels[code] === radio.value; });
      box.classList.toggle("ak-current", place === current);
      if (document.activeElement !== comment) comment.value = state.comments[code] || "";
    });
  }
  function go(place) {
    current = Math.max(0, Math.min(fields.length - 1, place));
    sync();
    const { radios, box } = fields[current];
    (radios.find((radio) => radio.checked) || radios[0]).focus();
    box.scrollIntoView({ block: "nearest" });
  }
  function area(label, name, rows) {
    const input = node("textarea", { rows: String(rows), id: `ak-${name}` });
    input.value = state[name] || "";
    input.addEventListener("input", () => { state[name] = input.value; later(); });
    return node("p", {}, node("label", { for: `ak-${name}`, text: label }), input);
  }
  function criterion(one, place) {
    const box = node("fieldset", {}, node("legend", { text: one.label }), node("p", { class: "ak-question", text: one.question }));
    if (one.finding) box.append(node("p", { class: "ak-finding" }, node("strong", { text: one.finding.standing }), node("span", { text: " · " + one.finding.sentence })));
    const radios = setup.levels.map((level, number) => {
      const radio = node("input", { type: "radio", name: `ak-${one.code}`, value: level.code });
      radio.addEventListener("change", () => { current = place; choose(place, level.code); });
      radio.addEventListener("focus", () => { current = place; sync(); });
      box.append(node("label", { class: "ak-level" }, radio, node("span", { text: `${number + 1} ${level.label}` })));
      return radio;
    });
    const comment = node("textarea", { rows: "2", "aria-label": `Comment: ${one.label}` });
    comment.addEventListener("input", () => { state.comments[one.code] = comment.value; later(); });
    comment.addEventListener("focus", () => { current = place; sync(); });
    const bank = node("select", { "aria-label": `Phrases: ${one.label}` }, node("option", { value: "", text: "Add a phrase…" }),
      ...one.phrases.map((phrase) => node("option", { value: phrase.theme, text: phrase.text })));
    bank.addEventListener("change", () => {
      const phrase = one.phrases.find((each) => each.theme === bank.value);
      if (!phrase) return;
      comment.value = [comment.value.trim(), phrase.text].filter(Boolean).join(" ");
      state.comments[one.code] = comment.value;
      if (!state.themes.includes(phrase.theme)) state.themes.push(phrase.theme);
      bank.value = "";
      later();
    });
    box.append(comment, bank);
    fields.push({ box, radios, comment, code: one.code });
    return box;
  }
  function build() {
    setup = JSON.parse(model.get("setup"));
    state = setup.state;
    fields = []; current = 0;
    if (!setup.return_id) { root.replaceChildren(node("p", { text: "Choose a return." })); return; }
    const outcome = node("fieldset", {}, node("legend", { text: "Outcome" }), ...setup.outcomes.map((one) => {
      const radio = node("input", { type: "radio", name: "ak-outcome", value: one.code });
      radio.checked = state.outcome === one.code;
      radio.addEventListener("change", () => { state.outcome = one.code; later(); });
      return node("label", { class: "ak-level" }, radio, node("span", { text: one.label }));
    }));
    const again = node("input", { type: "checkbox", id: "ak-second" });
    again.checked = state.second_look;
    again.addEventListener("change", () => { state.second_look = again.checked; later(); });
    const save = node("button", { type: "button", class: "ak-save", text: "Save" });
    save.addEventListener("click", () => { clearTimeout(debounce); debounce = null; send(); });
    const submit = node("button", { type: "button", class: "ak-submit", text: state.submitted ? "Submitted" : "Submit this judgement" });
    submit.addEventListener("click", () => {
      const open = setup.criteria.filter((one) => !state.levels[one.code]).map((one) => one.label);
      if (open.length || !state.outcome) { say(`Before submitting, please choose: ${[...open, ...(state.outcome ? [] : ["Outcome"])].join(", ")}.`, true); return; }
      clearTimeout(debounce); debounce = null; state.submitted = true; submit.textContent = "Submitted"; send(true);
    });
    const help = node("details", {}, node("summary", { text: "Keys" }), node("p", { text:
      "1-9 choose a level · j and k next and previous point · c comment · Esc leave the comment · Enter save (Ctrl+Enter in a comment) · n next return" }),
      node("label", {}, keysOn, node("span", { text: " Single keys are on" })));
    root.replaceChildren(node("h3", { text: "Judgement" }), status, ...setup.criteria.map(criterion), outcome,
      area("What I liked (the member reads this)", "liked", 2), area("Advice to the member", "advice", 3), area("Private note (the member never sees this)", "private_note", 2),
      node("p", {}, node("label", {}, again, node("span", { text: " Please take a second look" }))), node("p", {}, save, submit), help);
    sync();
    say(setup.version ? (state.submitted ? "Submitted and saved" : "Saved") : "Nothing to save yet");
  }
  // Lumino listens in the bubbling phase: what stops here never reaches the notebook's own keys.
  root.addEventListener("keydown", (event) => {
    event.stopPropagation();
    const typing = ["TEXTAREA", "SELECT"].includes(event.target.tagName) || (event.target.tagName === "INPUT" && event.target.type === "text");
    if (event.key === "Escape" && typing) { fields[current].radios[0].focus(); event.preventDefault(); return; }
    if (event.key === "Enter" && (event.ctrlKey || (!typing && event.target.tagName !== "BUTTON" && event.target.tagName !== "SUMMARY"))) {
      event.preventDefault(); clearTimeout(debounce); debounce = null; send(); return;
    }
    if (typing || event.ctrlKey || event.altKey || event.metaKey || !keysOn.checked || !fields.length) return;
    const level = setup.levels[Number(event.key) - 1];
    if (level) { choose(current, level.code); event.preventDefault(); }
    else if (event.key === "j") go(current + 1);
    else if (event.key === "k") go(current - 1);
    else if (event.key === "c") { fields[current].comment.focus(); event.preventDefault(); }
    else if (event.key === "n") { flush(); model.send({ kind: "next" }); }
    else if (event.key === "?") help_toggle();
  });
  function help_toggle() { const help = root.querySelector("details:last-of-type"); help.open = !help.open; }
  model.on("msg:custom", (message) => {
    if (message.kind === "saved" && message.serial === waiting) { waiting = null; clearTimeout(timer); say(state.submitted ? "Submitted and saved" : "Saved"); }
    if (message.kind === "refused") { waiting = null; clearTimeout(timer); say(message.text, true); }
  });
  model.on("change:setup", () => { flush(); build(); });
  window.addEventListener("pagehide", flush);
  build();
  return () => window.removeEventListener("pagehide", flush);
}
export default { render };
