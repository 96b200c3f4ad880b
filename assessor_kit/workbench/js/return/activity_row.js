// One activity: what the member wrote, how it is read, and what was in the file.

import { button, element, quiet } from "../dom.js";

/** @import { Activity } from "../messages.js" */

const LONGEST = 160; // letters: longer texts are folded
const FOLDED = 90; // letters that a folded text shows

/**
 * Makes the table row of an activity.
 *
 * @param {Activity} activity
 * @param {(activity: Activity) => void} edit  opens the panel that changes how it is read
 * @param {{ isNew: boolean }} marks  whether the version before did not have it
 */
export function activityRow(activity, edit, { isNew }) {
  const row = element(
    "tr",
    { tabindex: "-1", class: "ak-activity", "data-no": activity.no },
    described(activity, edit, isNew),
    element("td", { text: activity.when }),
    element("td", {}, activity.time, activity.counts ? null : quiet("p", "not counted")),
    kindAndArea(activity),
    plannedFor(activity),
  );
  row.addEventListener("focusin", () => {
    const current = row.parentElement?.querySelectorAll("[aria-current]") ?? [];
    current.forEach((one) => one.removeAttribute("aria-current"));
    row.setAttribute("aria-current", "true");
  });
  return row;
}

/**
 * @param {Activity} activity
 * @param {(activity: Activity) => void} edit
 * @param {boolean} isNew
 */
function described(activity, edit, isNew) {
  const { title, texts, evidence, checks } = activity;
  const evidenceShown = evidence
    ? element("p", { class: "ak-words ak-text ak-quiet", text: `Evidence: ${evidence}` })
    : null;
  const toCheck = checks.map((text) =>
    element("p", { class: "ak-check", text: `Please check: ${text}` }),
  );
  const change = button("Change how it is read", () => edit(activity), {
    class: "ak-link",
    "aria-label": `Change how activity ${activity.no} is read`,
  });
  return element(
    "th",
    { scope: "row" },
    element("span", { class: "ak-words", text: title }),
    isNew ? element("span", { class: "ak-call", text: "new in this version" }) : null,
    ...texts.map(foldedText),
    evidenceShown,
    ...toCheck,
    readAs(activity),
    element("div", { class: "ak-row ak-under" }, change, asInTheFile(activity)),
  );
}

/** @param {string} text */
function foldedText(text) {
  if (text.length <= LONGEST) {
    return element("p", { class: "ak-words ak-text", text });
  }
  const beginning = `${text.slice(0, FOLDED)}…`;
  const summary = element("summary", { class: "ak-words", text: beginning });
  const whole = element("p", { class: "ak-words ak-text", text });
  const fold = element("details", { class: "ak-fold" }, summary, whole);
  fold.addEventListener("toggle", () => {
    summary.textContent = fold.open ? "Fold it again" : beginning;
  });
  return fold;
}

/** @param {Activity} activity */
function readAs({ reading }) {
  if (!reading) {
    return null;
  }
  const reason = reading.reason ? `: ${reading.reason}` : "";
  return element("p", { class: "ak-read", text: `Your reading${reason}` });
}

/** @param {Activity} activity */
function asInTheFile({ raw }) {
  if (!raw.length) {
    return null;
  }
  const cells = raw.flatMap(([heading, text]) => [
    element("dt", { text: heading }),
    element("dd", { class: "ak-words", text }),
  ]);
  return element(
    "details",
    { class: "ak-raw" },
    element("summary", { text: "As it was in the file" }),
    element("dl", { class: "ak-keys" }, ...cells),
  );
}

/** @param {Activity} activity */
function kindAndArea({ kind, of_area: area, competences }) {
  const practised = competences ? quiet("p", `competences ${competences}`) : null;
  return element("td", {}, kind, element("br"), area, practised);
}

/** @param {Activity} activity */
function plannedFor({ is_planned: planned, goal_id: goalId }) {
  return element("td", {}, planned, goalId ? quiet("p", `goal ${goalId}`) : null);
}
