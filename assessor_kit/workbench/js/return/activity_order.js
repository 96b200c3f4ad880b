// The order in which the activities are shown.

/** @import { Activity, Choice } from "../messages.js" */

/** @type {Choice[]} */
export const ORDERS = [
  { code: "", label: "As they were sent" },
  { code: "date", label: "By date" },
  { code: "time", label: "Longest first" },
  { code: "kind", label: "By kind" },
  { code: "area", label: "By area" },
];
/** @type {Record<string, (one: Activity, other: Activity) => number>} */
const COMPARED = {
  date: (one, other) => textOrder(one.date, other.date, one.date, other.date),
  time: (one, other) => other.minutes - one.minutes,
  kind: (one, other) => textOrder(one.kind, other.kind, one.activity_type, other.activity_type),
  area: (one, other) => textOrder(one.of_area, other.of_area, one.area, other.area),
};

/**
 * Returns the activities in an order; equal ones stay as they were sent, and those that do not state
 * what the order goes by come last.
 *
 * @param {Activity[]} activities
 * @param {string} order  a code of ORDERS
 */
export function ordered(activities, order) {
  const compare = COMPARED[order];
  return compare ? [...activities].sort(compare) : activities;
}

/**
 * @param {string} one
 * @param {string} other
 * @param {string} oneStated
 * @param {string} otherStated
 */
function textOrder(one, other, oneStated, otherStated) {
  if (Boolean(oneStated) !== Boolean(otherStated)) {
    return oneStated ? -1 : 1;
  }
  return one.localeCompare(other);
}
