// What surrounds a return's activities: its heading, its plan, and what could not be read.

import { button, element, quiet } from "../dom.js";

/** @import { Activity, Goal, ReturnPage } from "../messages.js" */

/**
 * Makes the heading: the pseudonym, the target, and what the assessor should know before reading.
 *
 * @param {ReturnPage} page
 * @param {() => void} showAsWritten  asks for the texts without masks
 */
export function returnHeading(page, showAsWritten) {
  const { pseudonym, discipline, cpd_year: cpdYear, marking, due } = page.heading;
  const second = marking === "second" ? "second marking" : "";
  const facts = [discipline, `CPD of ${cpdYear}`, second, due ? `due ${due}` : ""];
  return element(
    "header",
    {},
    element("h2", { text: `Return ${pseudonym}`, tabindex: "-1" }),
    quiet("p", facts.filter(Boolean).join(" · ")),
    element("p", { class: "ak-target", text: page.target }),
    ...page.notices.map((text) => element("p", { text })),
    page.masked ? maskedNote(showAsWritten) : null,
    earlierAdvice(page),
  );
}

/** @param {() => void} showAsWritten */
function maskedNote(showAsWritten) {
  return element(
    "p",
    { class: "ak-quiet" },
    "Words in [brackets] replace anything that says who the member is. ",
    button("Show them as written (this is recorded)", showAsWritten, { class: "ak-link" }),
  );
}

/** @param {ReturnPage} page */
function earlierAdvice({ earlier }) {
  if (!earlier) {
    return null;
  }
  const title = `Advice on CPD of ${earlier.cpd_year}`;
  return element(
    "section",
    { class: "ak-earlier", "aria-label": title },
    element("h3", { text: title }),
    element("p", { class: "ak-words", text: earlier.advice }),
    quiet("p", "The member received this. You may look at what came of it."),
  );
}

/**
 * Makes the list of the member's goals.
 *
 * @param {Goal[]} goals
 * @param {Activity[]} activities
 * @param {(goalId: string) => void} choose  shows the activities for a goal
 */
export function returnPlan(goals, activities, choose) {
  const shown = goals.length
    ? element("ul", { class: "ak-plan" }, ...goals.map((goal) => goalItem(goal, choose)))
    : quiet("p", "No plan was sent; a plan is welcome and not required.");
  return element(
    "section",
    { "aria-label": "Plan" },
    element("h3", { text: "Plan" }),
    shown,
    citedNote(goals, activities, choose),
  );
}

/**
 * Says which goals the activities name that no plan was sent for.
 *
 * @param {Goal[]} goals
 * @param {Activity[]} activities
 * @param {(goalId: string) => void} choose
 */
function citedNote(goals, activities, choose) {
  const sent = new Set(goals.map((goal) => goal.goal_id));
  const cited = activities.filter(({ goal_id: goalId }) => goalId && !sent.has(goalId));
  if (!cited.length) {
    return null;
  }
  const names = [...new Set(cited.map((activity) => activity.goal_id))].sort(inNaturalOrder);
  const number = cited.length === 1 ? "1 activity names" : `${cited.length} activities name`;
  const whose = goals.length
    ? "goals that are not in the plan"
    : "goals of a plan that was not sent";
  const links = names.flatMap((name, place) => [
    place ? ", " : "",
    button(name, () => choose(name), {
      class: "ak-link ak-filter",
      "data-by": "goal_id",
      "data-value": name,
      "aria-pressed": "false",
      "aria-label": `Show the activities for goal ${name}`,
    }),
  ]);
  return element("p", { class: "ak-cited" }, `${number} ${whose}: `, ...links, ".");
}

/**
 * @param {string} one
 * @param {string} other
 */
function inNaturalOrder(one, other) {
  return one.localeCompare(other, undefined, { numeric: true });
}

/**
 * @param {Goal} goal
 * @param {(goalId: string) => void} choose
 */
function goalItem({ goal_id: goalId, goal, served }, choose) {
  const activities = served === 1 ? "1 activity" : `${served} activities`;
  const filter = button(activities, () => choose(goalId), {
    class: "ak-link ak-filter",
    "data-by": "goal_id",
    "data-value": goalId,
    "aria-pressed": "false",
    "aria-label": `Show the activities for goal ${goalId}`,
  });
  const text = element("span", { class: "ak-words", text: `${goalId}: ${goal} ` });
  return element("li", {}, text, filter);
}

/**
 * Makes the lists of the cells that could not be read and of how others were read, where there are
 * any.
 *
 * @param {ReturnPage} page
 * @returns {HTMLElement[]}
 */
export function cellNotes({ unread, notes }) {
  const lists = [];
  if (unread.length) {
    const items = unread.map(({ line, found, expected }) =>
      cellItem(line, expected ? `${found} (expected ${expected})` : found),
    );
    const title = "Could not be read";
    const list = element("ul", {}, ...items);
    lists.push(element("section", { "aria-label": title }, element("h3", { text: title }), list));
  }
  if (notes.length) {
    const items = notes.map(({ line, found }) => cellItem(line, found));
    const summary = element("summary", { text: `How ${notes.length} cells were read` });
    const list = element("ul", {}, ...items);
    lists.push(element("details", { class: "ak-notes" }, summary, list));
  }
  return lists;
}

/**
 * @param {string} line
 * @param {string} text
 */
function cellItem(line, text) {
  return element("li", { class: "ak-words", text: `Line ${line || "?"}: ${text}` });
}
