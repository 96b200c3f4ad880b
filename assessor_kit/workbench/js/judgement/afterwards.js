// What an assessor is told after submitting: what was agreed, and what staff answered. For reading.

import { element, quiet, tableOf } from "../dom.js";

/** @import { AgreedBeside, StaffAnswer } from "../messages.js" */

/**
 * Makes the panel that shows what was agreed beside the assessor's own judgement; nothing where
 * nothing was.
 *
 * @param {AgreedBeside | null} agreed
 */
export function agreedPanel(agreed) {
  if (!agreed) {
    return null;
  }
  const apart = agreed.rows.filter((row) => row.differs);
  const same = agreed.rows.length - apart.length;
  const rows = apart.map(({ label, mine, agreed: other }) =>
    element(
      "tr",
      {},
      element("th", { scope: "row", text: label }),
      element("td", { class: "ak-words", text: mine || "nothing" }),
      element("td", { class: "ak-words ak-other", text: other || "nothing" }),
    ),
  );
  const body = element("tbody", {}, ...rows);
  const rest = apart.length
    ? `In ${same} other points it is as you judged it.`
    : "It is as you judged it in every point.";
  return element(
    "section",
    { class: "ak-earlier ak-agreed", "aria-label": "What was agreed" },
    element("h4", { text: `What was agreed on ${agreed.when}` }),
    element("p", { class: "ak-words", text: `Why: ${agreed.why}` }),
    apart.length ? tableOf(["Point", "Yours", "Agreed"], body) : null,
    quiet("p", `${rest} The member reads what was agreed; yours stays in the log.`),
  );
}

/**
 * Makes the answers of staff to one thing that the assessor raised; nothing where there is none.
 *
 * @param {StaffAnswer[]} answers
 * @param {string} about
 * @param {string} criterion  empty for a second look
 */
export function staffAnswers(answers, about, criterion) {
  const mine = answers.filter((one) => one.about === about && one.criterion === criterion);
  if (!mine.length) {
    return null;
  }
  const shown = mine.map(({ answer, words, when }) =>
    element(
      "p",
      { class: "ak-answer" },
      element("strong", { text: `Staff answered on ${when}: ${answer}. ` }),
      element("span", { class: "ak-words", text: words }),
    ),
  );
  return element("div", { class: "ak-answers" }, ...shown);
}
