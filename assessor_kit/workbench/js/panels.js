// Panels: what opens over the screen. The focus goes to the heading, so that a key meant for the page below presses nothing, and comes back when it closes.
function openPanel(root, heading, ...children) {
  const before = root.ownerDocument.activeElement,
    id = `ak-panel-${Math.random().toString(36).slice(2)}`;
  const panel = node(
    "dialog",
    { class: "ak-panel", "aria-labelledby": id },
    node(
      "div",
      { class: "ak-panel-head" },
      node("h2", { id, text: heading, tabindex: "-1", autofocus: true }),
      node("button", {
        type: "button",
        class: "ak-quiet-button",
        text: "Close",
        onclick: () => panel.close(),
      }),
    ),
    ...children,
  );
  panel.addEventListener("close", () => {
    panel.remove();
    if (before && before.isConnected && before !== document.body) before.focus();
    else root.dispatchEvent(new Event("ak-lost-focus"));
  });
  panel.addEventListener("keydown", (event) => {
    event.stopPropagation();
  });
  root.append(panel);
  panel.showModal();
  panel.querySelector("h2").focus();
  return panel;
}

function labelled(label, field, note) {
  return node(
    "p",
    { class: "ak-field" },
    node("label", {}, node("span", { text: label }), field),
    note ? node("span", { class: "ak-quiet", text: note }) : null,
  );
}
