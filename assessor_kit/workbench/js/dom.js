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
  const box = node(
    "select",
    { "aria-label": label, onchange: () => changed(box.value) },
    ...choices.map((one) => node("option", { value: one.code, text: one.label })),
  );
  box.value = value;
  return box;
}

// One text for one value, whatever the order it was made in.
function stable(value) {
  if (Array.isArray(value)) return `[${value.map(stable).join()}]`;
  if (value && typeof value === "object")
    return `{${Object.keys(value)
      .sort()
      .map((name) => `${JSON.stringify(name)}:${stable(value[name])}`)
      .join()}}`;
  return JSON.stringify(value ?? null);
}
