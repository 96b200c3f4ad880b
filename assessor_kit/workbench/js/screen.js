// The whole screen: what is mine, the return beside its judgement, the keys, and what the store has said.
const KEYS = [["1 to 9", "choose a level"], ["j, k", "next and previous point"], ["c", "comment; Esc leaves it"], ["Enter", "save (Ctrl+Enter in a comment)"], ["u", "undo, as often as you like"],
  ["f", "show the activities behind the point"], ["a", "go through the activities; ↑ ↓ move, e changes how one is read"], ["n", "next return still to do"], ["r", "my returns"],
  ["p", "preview the feedback"], ["?", "show these keys"]];

function render({ model, el }) {
  let setup = {}, keysOn = true;
  const root = node("main", { class: "ak ak-screen" });
  const status = node("p", { class: "ak-status", role: "status", "aria-live": "polite" });
  const progress = node("p", { class: "ak-progress" });
  function say(text, tone = "good") { if (!text) return; status.textContent = text; status.dataset.tone = tone; status.setAttribute("aria-live", tone === "bad" ? "assertive" : "polite"); }
  const link = makeLink(model, say);
  const tell = (answer) => say(answer.text, answer.kind === "refused" ? "bad" : "good");
  const view = returnView({ link, root, setup: () => setup });
  const form = judgementForm({ link, setup: () => setup, showBehind: view.showBehind, say });
  const table = returnsTable({ link, open: (return_id) => { form.flush(); link.ask({ kind: "open", return_id }, tell); list.open = false; } });
  const list = node("details", { class: "ak-mine" }, node("summary", { text: "My returns" }), table.box);
  const tools = node("div", { class: "ak-row ak-tools" },
    node("button", { type: "button", class: "ak-primary ak-next", text: "Next return", onclick: next }),
    node("button", { type: "button", text: "Undo", onclick: undo }), node("button", { type: "button", text: "Preview the feedback", onclick: preview }),
    node("button", { type: "button", text: "Hand back", onclick: handBack }), node("button", { type: "button", text: "Tell staff in confidence", onclick: worry }),
    node("button", { type: "button", text: "Keys", onclick: help }));
  root.append(node("div", { class: "ak-top" }, list, progress, tools), node("div", { class: "ak-both" }, view.box, node("aside", { class: "ak-side", "aria-label": "Judgement and saving" }, status, form.box)));
  el.append(root);

  function next() { form.flush(); link.ask({ kind: "next" }, tell); }
  function undo() { form.flush(); link.ask({ kind: "undo", return_id: form.returnId() }, (answer) => { if (answer.state) { form.restore(answer.state); say("Undone and saved", "good"); } else tell(answer); }); }
  function preview() {
    link.ask({ kind: "preview", return_id: form.returnId(), state: form.state() }, (answer) => {
      if (answer.kind !== "preview") { tell(answer); return; }
      openPanel(root, "As the member will read it", node("iframe", { class: "ak-preview", sandbox: "", title: "Preview of the feedback", srcdoc: answer.html }));
    });
  }
  function handBack() {
    const why = choiceBox("Why", setup.hand_back_reasons, setup.hand_back_reasons[0].code, () => {});
    const words = node("textarea", { rows: "2", "aria-label": "A word to staff, if you like" });
    const panel = openPanel(root, "Hand this return back", node("p", { text: "Staff give it to somebody else. What you wrote stays in the log." }), node("p", {}, why), node("p", {}, words),
      node("p", {}, node("button", { type: "button", class: "ak-primary", text: "Hand it back", onclick: () => { panel.close(); link.ask({ kind: "hand_back", return_id: form.returnId(), reason: why.value, words: words.value }, tell); } })));
    why.focus();
  }
  function worry() {
    const words = node("textarea", { rows: "4", "aria-label": "What worries you" });
    const panel = openPanel(root, "Tell staff in confidence", node("p", { text: "Only staff can read this; it is no part of the judgement." }), node("p", {}, words),
      node("p", {}, node("button", { type: "button", class: "ak-primary", text: "Send to staff", onclick: () => { if (words.value.trim()) { panel.close(); link.ask({ kind: "worry", return_id: form.returnId(), words: words.value }, tell); } } })));
    words.focus();
  }
  function help() {
    const single = node("input", { type: "checkbox", checked: keysOn, onchange: () => { keysOn = single.checked; } });
    openPanel(root, "Keys", node("dl", { class: "ak-keys" }, ...KEYS.flatMap(([key, text]) => [node("dt", { text: key }), node("dd", { text })])),
      node("p", {}, node("label", { class: "ak-level" }, single, node("span", { text: "Single keys are on" }))));
  }
  // Lumino, under JupyterLab, listens in the bubbling phase: what stops here never reaches the notebook's own keys.
  root.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.defaultPrevented) return;
    const on = event.target, typing = ["TEXTAREA", "SELECT"].includes(on.tagName) || (on.tagName === "INPUT" && !["radio", "checkbox"].includes(on.type));
    const pressing = ["BUTTON", "SUMMARY", "A"].includes(on.tagName);
    if (event.key === "Escape" && typing) { form.leaveComment(); event.preventDefault(); return; }
    if (event.key === "Enter" && (event.ctrlKey || (!typing && !pressing))) { event.preventDefault(); form.save(); return; }
    if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !typing) { event.preventDefault(); undo(); return; }
    if (event.key === "Enter" && event.shiftKey) event.preventDefault();
    if (typing || event.ctrlKey || event.altKey || event.metaKey) return;
    const inActivities = on.closest && on.closest(".ak-activity");
    if (inActivities && (event.key === "ArrowDown" || event.key === "ArrowUp")) { event.preventDefault(); view.focusActivity(event.key === "ArrowDown" ? 1 : -1); return; }
    if (!keysOn || !form.returnId()) return;
    const actions = { j: form.next, k: form.previous, c: form.comment, u: undo, f: form.behind, a: () => view.focusActivity(1), e: view.editFocused, n: next,
      r: () => { list.open = true; table.focus(); }, p: preview, "?": help, Escape: form.here };
    if (/^[1-9]$/.test(event.key) ? form.choose(Number(event.key) - 1) : actions[event.key] && (actions[event.key](), true)) event.preventDefault();
  });
  function showReturns() {
    const listing = JSON.parse(model.get("returns"));
    table.show(listing, form.returnId());
    progress.textContent = `${listing.done} of ${listing.allocated} submitted${listing.due ? ` · next due ${listing.due}` : ""}`;
  }
  function showPage() {
    setup = JSON.parse(model.get("setup"));
    const page = JSON.parse(model.get("page"));
    if (!page.return_id && !page.done) { view.tell("Opening your next return…"); return; }
    const sameReturn = page.return_id && page.return_id === form.returnId();
    view.show(page);
    form.show(page);
    showReturns();
    if (!sameReturn && root.contains(document.activeElement) === false) return;
    if (!sameReturn) { root.scrollIntoView({ block: "start" }); view.focusHeading(); }
  }
  model.on("change:page", () => { form.flush(); showPage(); });
  model.on("change:returns", showReturns);
  window.addEventListener("pagehide", form.flush);
  showPage();
  // The first return is made ready while this frame is drawn. A page loaded again may hold what was true when the return was opened: ask what stands now.
  const opened = JSON.parse(model.get("page"));
  if (!opened.return_id && !opened.done) link.ask({ kind: "begin" }, (answer) => { if (answer.kind === "shut") view.tell(answer.text); else tell(answer); });
  else if (opened.shown && Date.now() - Date.parse(opened.shown) > 5000) { form.forget(); link.ask({ kind: "open", return_id: opened.return_id }, tell); }
  return () => window.removeEventListener("pagehide", form.flush);
}
export default { render };
