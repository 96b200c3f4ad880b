// What is shown when no return is left to judge: that it is finished, and what can be done now.

import { button, element, quiet, tableOf } from "./dom.js";
import { openPanel } from "./panels.js";

/** @import { HandedBack, Listing } from "./messages.js" */

/**
 * What can be done once everything is judged.
 *
 * @typedef {object} FinishSteps
 * @property {() => void} openReturns  opens the table of returns
 * @property {() => void} handedBack  shows what was handed back
 * @property {() => void} tour  starts the guided tour
 * @property {() => void} again  starts the practice returns again
 */

/**
 * Makes the page.
 *
 * @param {Listing} listing
 * @param {FinishSteps} steps
 * @returns {Node[]}
 */
export function finishPage({ practice, allocated, seasons }, steps) {
  if (practice) {
    return [
      heading("You have judged all the examples."),
      element("p", { text: "Judge them again whenever you like, or go on to your own returns." }),
      element("p", {}, button("Start again", steps.again, { class: "ak-primary" })),
    ];
  }
  const tour = button("Take the guided tour", steps.tour, { class: "ak-quiet-button" });
  const handedBack = button("What I handed back", steps.handedBack, {});
  if (!allocated) {
    const way = button("Take the guided tour", steps.tour, { class: "ak-primary" });
    return [
      heading("No returns are allocated to you yet."),
      element("p", {
        text:
          "Staff will tell you when they are. The guided tour shows the screen on practice returns; " +
          "nothing in it is real.",
      }),
      element("p", { class: "ak-row ak-choices" }, way, handedBack),
    ];
  }
  const number = allocated === 1 ? "Your return" : `All ${allocated} returns`;
  const verb = allocated === 1 ? "is" : "are";
  const earlier = seasons > 1 ? " Nothing is left to do of earlier years either." : "";
  return [
    heading("You have finished. Thank you."),
    element("p", { text: `${number} of this season ${verb} submitted and saved.${earlier}` }),
    element("p", { text: "What you wrote goes to the members once staff have released it." }),
    element(
      "p",
      { class: "ak-row ak-choices" },
      button("Look at my returns again", steps.openReturns, { class: "ak-primary" }),
      handedBack,
      tour,
    ),
    quiet("p", "There is nothing more to do here: you can close this tab."),
  ];
}

/** @param {string} text */
function heading(text) {
  return element("h2", { text, tabindex: "-1" });
}

/**
 * Opens the list of what the assessor has handed back.
 *
 * @param {HTMLElement} root
 * @param {HandedBack[]} rows
 */
export function openHandedBack(root, rows) {
  if (!rows.length) {
    openPanel(root, "What I handed back", element("p", { text: "You have handed nothing back." }));
    return;
  }
  const lines = rows.map((row) =>
    element(
      "tr",
      {},
      element("th", { scope: "row", text: row.return || "no longer yours" }),
      element("td", { text: row.when }),
      element("td", { text: row.reason }),
      element("td", { class: "ak-words", text: row.words || "nothing" }),
    ),
  );
  openPanel(
    root,
    "What I handed back",
    element("p", { text: "Staff give these returns to somebody else." }),
    tableOf(["Return", "When", "Why", "Your words to staff"], element("tbody", {}, ...lines)),
  );
}
