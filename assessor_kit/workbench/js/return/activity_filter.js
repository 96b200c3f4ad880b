// Which activities are shown: all, those of one kind, area, goal or way of planning, or those
// behind a finding.

/** @import { Activity, Choice, ReturnPage, Setup } from "../messages.js" */

/**
 * The columns that bars, goals and the list above the activities filter by.
 *
 * @typedef {"activity_type" | "area" | "planned" | "goal_id"} Column
 */

/**
 * A filter and its name on the page. `by` is empty if all activities are shown, and "behind" if
 * those behind a finding are, whose criterion is then the `value`.
 *
 * @typedef {object} Filter
 * @property {"" | "behind" | Column} by
 * @property {string} value
 * @property {string} label
 */

/** @type {Filter} */
export const NO_FILTER = { by: "", value: "", label: "" };

/** @type {Column[]} */
const COLUMNS = ["activity_type", "area", "planned", "goal_id"];
/** @type {Record<Column, string>} */
const NOT_STATED = {
  activity_type: "Kind not stated",
  area: "Area not stated",
  planned: "",
  goal_id: "No goal",
};
const PLANNED = [
  { code: "yes", label: "Planned" },
  { code: "no", label: "Not planned" },
  { code: "unmarked", label: "Planned or not is not stated" },
];

/**
 * @param {Column} by
 * @param {ReturnPage} page
 * @param {Setup} setup
 * @returns {Choice[]}
 */
function valuesOf(by, page, setup) {
  const values = {
    activity_type: setup.activity_types,
    area: setup.areas,
    planned: PLANNED,
    goal_id: page.plan.map(({ goal_id }) => ({ code: goal_id, label: `Goal ${goal_id}` })),
  };
  return values[by];
}

/**
 * Makes the filter for one value of a column.
 *
 * @param {Column} by
 * @param {string} value
 * @param {ReturnPage} page
 * @param {Setup} setup
 * @returns {Filter}
 */
export function filterBy(by, value, page, setup) {
  const found = valuesOf(by, page, setup).find((one) => one.code === value);
  if (found) {
    return { by, value, label: found.label };
  }
  // A goal that the plan does not have, or nothing at all.
  return { by, value, label: by === "goal_id" && value ? `Goal ${value}` : NOT_STATED[by] };
}

/**
 * Returns a choice for each filter that finds something in a return.
 *
 * @param {ReturnPage} page
 * @param {Setup} setup
 * @returns {Choice[]}
 */
export function filterChoices(page, setup) {
  return COLUMNS.flatMap((by) => {
    const values = [...valuesOf(by, page, setup), { code: "", label: NOT_STATED[by] }];
    return values
      .filter(({ code }) => page.activities.some((activity) => activity[by] === code))
      .map(({ code, label }) => ({ code: codeOf({ by, value: code }), label }));
  });
}

/**
 * Returns a filter as the value of an option.
 *
 * @param {Pick<Filter, "by" | "value">} filter
 */
export function codeOf({ by, value }) {
  return `${by}=${value}`;
}

/**
 * Returns the filter that an option stands for: the reverse of `codeOf`.
 *
 * @param {string} code
 * @param {ReturnPage} page
 * @param {Setup} setup
 */
export function filterOfCode(code, page, setup) {
  const by = COLUMNS.find((column) => code.startsWith(`${column}=`));
  return by ? filterBy(by, code.slice(by.length + 1), page, setup) : NO_FILTER;
}

/**
 * Returns the activities that a filter lets through.
 *
 * @param {Filter} filter
 * @param {ReturnPage} page
 * @returns {Activity[]}
 */
export function filtered({ by, value }, page) {
  if (by === "") {
    return page.activities;
  }
  if (by === "behind") {
    return page.activities.filter((activity) => page.behind[value].includes(activity.no));
  }
  return page.activities.filter((activity) => activity[by] === value);
}
