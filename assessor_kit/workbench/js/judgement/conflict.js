// Two windows on one return: both judgements are shown side by side, in the parts where they differ,
// and the assessor chooses between them.

import { button, element, tableOf } from "../dom.js";
import { openPanel } from "../panels.js";

/** @import { Choice, JudgementState, Setup, StoredJudgement } from "../messages.js" */

/**
 * A part of a judgement, and what a judgement says in it.
 *
 * @typedef {object} Part
 * @property {string} label
 * @property {(state: JudgementState) => string} said
 */

/**
 * @param {Choice[]} choices
 * @param {string | null | undefined} code
 */
function labelOf(choices, code) {
  return choices.find((one) => one.code === code)?.label ?? "not chosen";
}

/**
 * @param {Setup} setup
 * @returns {Part[]}
 */
function partsOf(setup) {
  const { criteria, levels, outcomes } = setup;
  return [
    ...criteria.flatMap(({ code, label }) => [
      { label, said: (/** @type {JudgementState} */ state) => labelOf(levels, state.levels[code]) },
      {
        label: `Comment on ${label}`,
        said: (/** @type {JudgementState} */ state) => state.comments[code] || "",
      },
      {
        label: `Why I disagree on ${label}`,
        said: (/** @type {JudgementState} */ state) => state.disagreements[code] || "",
      },
    ]),
    { label: "Outcome", said: (state) => labelOf(outcomes, state.outcome) },
    { label: "What I liked", said: (state) => state.liked || "" },
    { label: "Advice to the member", said: (state) => state.advice || "" },
    { label: "Private note", said: (state) => state.private_note || "" },
    { label: "Second look", said: (state) => (state.second_look ? "asked for" : "not asked for") },
    { label: "State", said: (state) => (state.submitted ? "submitted" : "draft") },
  ];
}

/**
 * Returns the parts in which two judgements differ.
 *
 * @param {Setup} setup
 * @param {JudgementState} one
 * @param {JudgementState} other
 */
export function differingParts(setup, one, other) {
  return partsOf(setup).filter((part) => part.said(one) !== part.said(other));
}

/**
 * Opens the panel in which the assessor chooses between what the store holds and what is here.
 *
 * @param {HTMLElement} root
 * @param {Setup} setup
 * @param {StoredJudgement} standing  what the store holds
 * @param {JudgementState} mine
 * @param {(keepMine: boolean) => void} choose
 */
export function openConflict(root, setup, standing, mine, choose) {
  const rows = differingParts(setup, standing, mine).map((part) => rowOf(part, standing, mine));
  /** @param {boolean} keepMine */
  const chosen = (keepMine) => {
    panel.close();
    choose(keepMine);
  };
  const panel = openPanel(
    root,
    "This judgement was changed in another window",
    element("p", { text: "Nothing is lost: the log keeps both. Choose which one to go on with." }),
    tableOf(["Part", "What is saved", "What is here"], element("tbody", {}, ...rows)),
    element(
      "p",
      { class: "ak-row" },
      button("Keep what is saved", () => chosen(false), { class: "ak-theirs" }),
      button("Save what is here over it", () => chosen(true), { class: "ak-mine-over" }),
    ),
  );
  panel.querySelector(".ak-panel-head button")?.remove(); // closing it would not be a choice
  panel.addEventListener("cancel", (event) => event.preventDefault());
}

/**
 * @param {Part} part
 * @param {...JudgementState} states
 */
function rowOf(part, ...states) {
  const cells = states.map((state) =>
    element("td", { class: "ak-words", text: part.said(state) || "nothing" }),
  );
  return element("tr", {}, element("th", { scope: "row", text: part.label }), ...cells);
}
