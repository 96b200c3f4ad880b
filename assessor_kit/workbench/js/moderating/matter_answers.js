// What assessors raise about a return, each with the form in which staff answer it.

import { button, choiceBox, element, quiet } from "../dom.js";
import { keepDraft, labelled } from "../panels.js";

/** @import { Choice } from "../messages.js" */
/** @import { Answered, Matter } from "./messages.js" */

/**
 * Makes the section with everything that is raised about a return.
 *
 * @param {string} name  the return as it is called
 * @param {Matter[]} matters
 * @param {Choice[]} answers
 * @param {(answered: Answered, done: () => void) => void} record
 * @param {(text: string, tone: "bad") => void} say
 */
export function matterAnswers(name, matters, answers, record, say) {
  if (!matters.length) {
    return null;
  }
  return element(
    "section",
    { "aria-label": "Raised by assessors" },
    element("h3", { text: "Raised by assessors" }),
    ...matters.map((matter) => shownMatter(name, matter, answers, record, say)),
  );
}

/**
 * @param {string} name
 * @param {Matter} matter
 * @param {Choice[]} answers
 * @param {(answered: Answered, done: () => void) => void} record
 * @param {(text: string, tone: "bad") => void} say
 */
function shownMatter(name, matter, answers, record, say) {
  const { title, finding, words, since, answer } = matter;
  const empty = "Nothing was written.";
  return element(
    "article",
    { class: "ak-matter", "aria-label": title },
    element("h4", { text: title }),
    finding ? element("p", { class: "ak-finding", text: `The finding: ${finding}` }) : null,
    element("p", { class: "ak-words", text: words || empty }),
    quiet("p", `Submitted on ${since}`),
    answer ? givenAnswer(answer) : answerForm(name, matter, answers, record, say),
  );
}

/** @param {{ answer: string, words: string, when: string }} answer */
function givenAnswer({ answer, words, when }) {
  return element(
    "p",
    { class: "ak-answer" },
    element("strong", { text: `Answered on ${when}: ${answer}. ` }),
    element("span", { class: "ak-words", text: words }),
  );
}

/**
 * @param {string} name
 * @param {Matter} matter
 * @param {Choice[]} answers
 * @param {(answered: Answered, done: () => void) => void} record
 * @param {(text: string, tone: "bad") => void} say
 */
function answerForm(name, matter, answers, record, say) {
  const { assessor_id: assessorId, about, criterion } = matter;
  const choice = choiceBox("Answer", answers, answers[0].code, () => {});
  const words = element("textarea", {
    rows: "2",
    "aria-label": "Because (the assessor reads this)",
  });
  const purpose = [`your answer to ${assessorId} on return ${name}`, about, criterion];
  const forget = keepDraft(words, purpose.filter(Boolean).join(", "));
  const send = button(
    "Record this answer",
    () => {
      if (!words.value.trim()) {
        say("Write first why: the assessor reads it.", "bad");
        words.focus();
        return;
      }
      record(
        {
          assessor_id: assessorId,
          about,
          criterion,
          answer: choice.value,
          words: words.value,
        },
        forget,
      );
    },
    { class: "ak-primary" },
  );
  return element(
    "div",
    { class: "ak-answer-form" },
    labelled("Answer", choice),
    labelled("Because (the assessor reads this)", words),
    element("p", {}, send),
  );
}
