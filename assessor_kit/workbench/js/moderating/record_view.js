// The record of a return as its assessors see it, for reading only: charts, findings, activities.

import { drawnChart, element, quiet, tableOf } from "../dom.js";

/** @import { ModeratedPage, ShownActivity } from "./messages.js" */

/**
 * Makes the record of a return.
 *
 * @param {ModeratedPage} page
 */
export function recordView(page) {
  const { charts, findings, plan, activities, readings } = page;
  const rows = findings.map(({ label, standing, sentence }) =>
    element(
      "tr",
      {},
      element("th", { scope: "row", text: label }),
      element("td", { text: standing }),
      element("td", { text: sentence }),
    ),
  );
  return element(
    "section",
    { "aria-label": "The record" },
    element("h3", { text: "The record" }),
    element("p", { class: "ak-target", text: page.target }),
    ...page.notices.map((text) => element("p", { text })),
    rows.length
      ? tableOf(["Point", "Finding", "What was found"], element("tbody", {}, ...rows))
      : quiet("p", "This return is not scored yet."),
    ...readings.map(({ side, text }) =>
      element("p", { class: "ak-read", text: `${side}, as read: ${text}` }),
    ),
    element("div", { class: "ak-charts" }, ...charts.map(({ html }) => drawnChart(html))),
    element("h4", { text: "Plan" }),
    plan.length
      ? element(
          "ul",
          { class: "ak-plan" },
          ...plan.map(({ goal_id: name, goal }) =>
            element("li", { class: "ak-words", text: `${name}: ${goal}` }),
          ),
        )
      : quiet("p", "No plan was sent; a plan is welcome and not required."),
    element("h4", { text: "Activities" }),
    tableOf(
      ["Activity", "When", "Time", "Kind and area", "Planned"],
      element("tbody", {}, ...activities.map(activityRow)),
      { class: "ak-activities" },
    ),
  );
}

/** @param {ShownActivity} activity */
function activityRow({
  title,
  texts,
  when,
  time,
  counts,
  kind,
  of_area: area,
  is_planned: planned,
}) {
  return element(
    "tr",
    {},
    element(
      "th",
      { scope: "row" },
      element("span", { class: "ak-words", text: title }),
      ...texts.map((text) => element("p", { class: "ak-words ak-text", text })),
    ),
    element("td", { text: when }),
    element("td", {}, time, counts ? null : quiet("p", "not counted")),
    element("td", {}, kind, element("br"), area),
    element("td", { text: planned }),
  );
}
