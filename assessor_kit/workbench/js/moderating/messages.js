// The values that the program and the moderator's page exchange, as types only. The program makes
// them in views.py and moderation_page.py of workbench/moderating. What changes there changes here.

/** @import { Activity, Chart, Choice, Goal, Heading } from "../messages.js" */

/**
 * One thing that waits, or a return of which something was settled.
 *
 * @typedef {{ return_id: string, return: string, kind: string, since: string, sentence: string }} Row
 */

/**
 * What is listed; where `sentence` says something, there is nothing else.
 *
 * @typedef {object} Listing
 * @property {string} sentence
 * @property {boolean} is_sample
 * @property {string} cpd_year
 * @property {string} by  who moderates, as said last
 * @property {number} waiting
 * @property {Choice[]} kinds
 * @property {Choice[]} answers
 * @property {Row[]} rows
 * @property {number} found
 * @property {number} start
 * @property {number} shown
 * @property {{ only: string, search: string, start: number }} asked
 */

/**
 * One point as each side sees it, in the order of the sides.
 *
 * @typedef {object} Point
 * @property {string} code
 * @property {string} label
 * @property {string[]} values
 * @property {string[]} words
 * @property {boolean} differs
 * @property {boolean} must_be_settled
 * @property {boolean} has_words
 */

/**
 * What an assessor raises, with the answer if there is one.
 *
 * @typedef {object} Matter
 * @property {string} assessor_id
 * @property {string} marking
 * @property {string} about
 * @property {string} criterion
 * @property {string} title
 * @property {string} finding
 * @property {string} words
 * @property {string} since
 * @property {{ answer: string, words: string, when: string } | null} answer
 */

/**
 * One activity as the record shows it.
 *
 * @typedef {Pick<Activity, "no" | "title" | "when" | "time" | "counts" | "kind" | "of_area" |
 *   "texts" | "is_planned">} ShownActivity
 */

/**
 * The return that is open.
 *
 * @typedef {object} ModeratedPage
 * @property {string} return_id
 * @property {boolean} is_sample
 * @property {Heading} heading
 * @property {string} target
 * @property {string[]} notices
 * @property {Chart[]} charts
 * @property {Goal[]} plan
 * @property {ShownActivity[]} activities
 * @property {{ label: string, standing: string, sentence: string }[]} findings
 * @property {{ side: string, text: string }[]} readings
 * @property {{ name: string, label: string }[]} sides
 * @property {Point[]} points
 * @property {Record<string, string>} settles
 * @property {string[]} waits_for
 * @property {boolean} is_settled
 * @property {string} held
 * @property {{ by: string, why: string, when: string, outcome: string, advice: string } | null} agreed
 * @property {Matter[]} matters
 */

/**
 * What is recorded of a comparison.
 *
 * @typedef {object} Agreed
 * @property {Record<string, string>} taken  point to side
 * @property {Record<string, string>} words  point to a text of the moderator's own
 * @property {string} why
 */

/**
 * What is recorded as an answer.
 *
 * @typedef {object} Answered
 * @property {string} assessor_id
 * @property {string} about
 * @property {string} criterion
 * @property {string} answer
 * @property {string} words
 */

/**
 * What the page sends.
 *
 * @typedef {{ kind: "list", only?: string, search?: string, start?: number }} ListMessage
 * @typedef {{ kind: "open", return_id: string }} OpenMessage
 * @typedef {{ kind: "close" }} CloseMessage
 * @typedef {{ kind: "agree", return_id: string, by: string, settles: Record<string, string> } & Agreed} AgreeMessage
 * @typedef {{ kind: "answer", return_id: string, by: string } & Answered} AnswerMessage
 * @typedef {ListMessage | OpenMessage | CloseMessage | AgreeMessage | AnswerMessage} ModerationMessage
 */

/**
 * What the program answers; `to` is the message's `event_id`.
 *
 * @typedef {{ kind: "told" | "refused", to: string, text: string }} ModerationAnswer
 */

/**
 * The widget's model, as far as the page uses it.
 *
 * @typedef {object} ModerationModel
 * @property {(name: "listing" | "page") => string} get
 * @property {(message: ModerationMessage & { event_id: string }) => void} send
 * @property {(event: string, heard: (answer: ModerationAnswer) => void) => void} on
 * @property {(event: string, heard: (answer: ModerationAnswer) => void) => void} off
 */

export {};
