// The phrases for one point: found by typing, put into the comment by a press. A list that is closed
// would put in a phrase at every arrow key.

import { button, element } from "../dom.js";
import { openPanel } from "../panels.js";

/** @import { Phrase } from "../messages.js" */

/**
 * Opens the phrases for a point.
 *
 * @param {HTMLElement} within  where on the screen it is opened
 * @param {string} label  the point
 * @param {Phrase[]} phrases
 * @param {(phrase: Phrase) => void} add
 */
export function openPhrases(within, label, phrases, add) {
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
    /** @type {HTMLElement} */ (root ?? within),
    `Phrases for ${label}`,
    element("p", {}, element("label", {}, element("span", { text: "Find " }), search)),
    found,
    element("ul", { class: "ak-phrase-list" }, ...rows),
  );
  panel.classList.add("ak-wide");
  show();
  search.focus();
}
