// Elements. Text reaches the page only through textContent and value; the one exception is a chart,
// which the kit itself draws and escapes.

/** @import { Choice } from "./messages.js" */

/**
 * What an attribute may be: text, a switch, a listener, or nothing, which leaves the attribute out.
 *
 * @typedef {string | number | boolean | null | undefined | ((event: Event) => void)} Attribute
 * @typedef {Record<string, Attribute>} Attributes
 * @typedef {Node | string | null | undefined} Child
 */

const PROPERTIES = new Set(["value", "checked", "disabled"]);

/**
 * Makes an element with its attributes, listeners (`onclick` and so on) and children.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes]  `text` is the element's text
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    setAttribute(made, name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/**
 * @param {HTMLElement} target
 * @param {string} name
 * @param {Attribute} value
 */
function setAttribute(target, name, value) {
  if (value === null || value === undefined || value === false) {
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

/**
 * Makes a button that submits nothing.
 *
 * @param {string} text
 * @param {(event: Event) => void} onclick
 * @param {Attributes} [attributes]
 */
export function button(text, onclick, attributes = {}) {
  return element("button", { type: "button", text, onclick, ...attributes });
}

/**
 * Makes a text that is less important than those around it.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} text
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function quiet(tag, text) {
  return element(tag, { class: "ak-quiet", text });
}

/**
 * Makes a table with a row of headings above its body.
 *
 * @param {string[]} headings
 * @param {HTMLTableSectionElement} body
 * @param {Attributes} [attributes]
 */
export function tableOf(headings, body, attributes = {}) {
  const heads = headings.map((text) => element("th", { scope: "col", text }));
  return element("table", attributes, element("thead", {}, element("tr", {}, ...heads)), body);
}

/**
 * Makes an element from a chart's drawing, the only markup that is taken as it is.
 *
 * @param {string} html  drawn and escaped by the kit
 */
export function drawnChart(html) {
  const box = element("div", { class: "ak-chart" });
  box.innerHTML = html;
  return box;
}

/**
 * Makes a list to choose one value from.
 *
 * @param {string} label
 * @param {Choice[]} choices
 * @param {string} value  the code that is chosen at first
 * @param {(code: string) => void} changed
 */
export function choiceBox(label, choices, value, changed) {
  const options = choices.map((one) => element("option", { value: one.code, text: one.label }));
  const box = element(
    "select",
    { "aria-label": label, onchange: () => changed(box.value) },
    ...options,
  );
  box.value = value;
  return box;
}
