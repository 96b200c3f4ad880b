// Elements. Text reaches the page through textContent and value only; the one exception is a chart, drawn and escaped by the kit itself.
function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "text") made.textContent = value;
    else if (name === "class") made.className = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name in { value: 1, checked: 1, disabled: 1 }) made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

function drawnChart(html) {
  const box = node("div", { class: "ak-chart" });
  box.innerHTML = html;
  return box;
}

function choiceBox(label, choices, value, changed) {
  const box = node("select", { "aria-label": label, onchange: () => changed(box.value) }, ...choices.map((one) => node("option", { value: one.code, text: one.label })));
  box.value = value;
  return box;
}

// A panel that opens over the screen, with a heading, and gives the focus back when it closes.
function openPanel(root, heading, ...children) {
  const before = root.ownerDocument.activeElement;
  const panel = node("dialog", { class: "ak-panel", "aria-label": heading },
    node("h3", { text: heading }), ...children, node("p", { class: "ak-panel-foot" }, node("button", { type: "button", text: "Close", onclick: () => panel.close() })));
  panel.addEventListener("close", () => { panel.remove(); if (before && before.focus) before.focus(); });
  panel.addEventListener("keydown", (event) => { event.stopPropagation(); });
  root.append(panel);
  panel.showModal();
  return panel;
}
