// The values that the program and the screen exchange, as types only. The program makes them in
// messages.py (answers, judgements, choices), page.py (a return) and desk.py (the table of returns)
// of the workbench. What changes there must change here too.

/**
 * One of the values that the rules offer.
 *
 * @typedef {object} Choice
 * @property {string} code
 * @property {string} label
 */

/**
 * An outcome; some ask the member for something, so that the advice has to say what.
 *
 * @typedef {Choice & { needs_words: boolean }} Outcome
 */

/**
 * A point that the assessor judges.
 *
 * @typedef {object} Criterion
 * @property {string} code
 * @property {string} label
 * @property {string} question
 * @property {string} prompt
 */

/**
 * What the rules of the open return offer.
 *
 * @typedef {object} Setup
 * @property {string} edition
 * @property {Choice[]} levels
 * @property {Outcome[]} outcomes
 * @property {Choice[]} areas
 * @property {Choice[]} activity_types
 * @property {Criterion[]} criteria
 * @property {Choice[]} hand_back_reasons
 * @property {string} unseen  the pattern of the characters that cannot be seen
 */

/**
 * A judgement as the form holds it. Levels, comments and disagreements are by criterion.
 *
 * @typedef {object} JudgementState
 * @property {boolean} submitted
 * @property {Record<string, string>} levels
 * @property {Record<string, string>} comments
 * @property {Record<string, string>} disagreements
 * @property {string | null} outcome
 * @property {string} liked
 * @property {string} advice
 * @property {string} private_note
 * @property {boolean} second_look
 * @property {string[]} themes
 */

/**
 * A judgement as the store holds it.
 *
 * @typedef {JudgementState & { version: number }} StoredJudgement
 */

/**
 * How the assessor's own level on a practice return compares with the reference.
 *
 * @typedef {object} ReferenceRow
 * @property {string} label
 * @property {string} mine
 * @property {string} reference
 * @property {boolean} same
 * @property {string} why
 */

/**
 * The reference judgement of a practice return, beside the assessor's own.
 *
 * @typedef {object} Reference
 * @property {ReferenceRow[]} rows
 * @property {number} same
 * @property {number} of
 * @property {string} mine
 * @property {string} reference
 * @property {string} advice
 */

/**
 * A return that the assessor handed back.
 *
 * @typedef {object} HandedBack
 * @property {string} return  empty where it is no longer the assessor's to see
 * @property {string} when
 * @property {string} reason
 * @property {string} words
 */

/**
 * What the program answers to a message. `to` is the message's `event_id`.
 *
 * @typedef {object} Answer
 * @property {"saved" | "undone" | "conflict" | "told" | "refused" | "preview" | "shut"} kind
 * @property {string} [to]
 * @property {string} [text]
 * @property {number} [version]
 * @property {StoredJudgement} [state]
 * @property {Reference} [reference]
 * @property {string} [html]
 * @property {HandedBack[]} [handed_back]
 */

/**
 * What a change builds on: a version that the store acknowledged, or the message before it.
 *
 * @typedef {{ base: number, after?: string }} Base
 */

/**
 * How the assessor reads an activity, as the panel sends it. An empty field: as the member wrote it.
 *
 * @typedef {object} SentReading
 * @property {number} activity_no
 * @property {string} area
 * @property {string} planned
 * @property {string} activity_type
 * @property {string} counting
 * @property {string} part_minutes
 * @property {string} reason
 */

/**
 * Which rows of the table of returns are shown.
 *
 * @typedef {object} ListRequest
 * @property {string} search
 * @property {string} order  a column's key, with a minus before it for the reverse
 * @property {string} only
 * @property {number} start
 */

/**
 * What the screen sends; the program has a method for each kind (`Sitting` in workbench/screen.py).
 *
 * @typedef {{ kind: "save", return_id: string, state: JudgementState, continues: boolean } & Base} SaveMessage
 * @typedef {{ kind: "undo", return_id: string } & Base} UndoMessage
 * @typedef {{ kind: "reading", return_id: string, reading: SentReading }} ReadingMessage
 * @typedef {{ kind: "hand_back", return_id: string, reason: string, words: string }} HandBackMessage
 * @typedef {{ kind: "worry", return_id: string, words: string }} WorryMessage
 * @typedef {{ kind: "note", return_id: string, words: string, answers: string }} NoteMessage
 * @typedef {{ kind: "preview", return_id: string, state: JudgementState }} PreviewMessage
 * @typedef {{ kind: "list" } & ListRequest} ListMessage
 * @typedef {{ kind: "open" | "unmask" | "standing" | "again" | "company" | "carry_over", return_id: string }} ReturnMessage
 * @typedef {{ kind: "begin" | "next" | "handed_back" | "tour" | "leave_tour" }} PlainMessage
 * @typedef {SaveMessage | UndoMessage | ReadingMessage | HandBackMessage | WorryMessage | NoteMessage
 *   | PreviewMessage | ListMessage | ReturnMessage | PlainMessage} Message
 * @typedef {Message & { event_id: string }} NumberedMessage
 */

/**
 * How the assessor read an activity before; null where a field is as the member wrote it.
 *
 * @typedef {object} RecordedReading
 * @property {string | null} [area]
 * @property {string | null} [planned]
 * @property {string | null} [activity_type]
 * @property {string | null} [counting]
 * @property {number | null} [part_minutes]
 * @property {string | null} [reason]
 */

/**
 * One line of a return. `activity_type`, `area` and `planned` are codes; `kind`, `of_area` and
 * `is_planned` are the same in words.
 *
 * @typedef {object} Activity
 * @property {number} no
 * @property {string} title
 * @property {string} when
 * @property {string} date  in ISO form; empty if none is stated
 * @property {string} time
 * @property {number} minutes
 * @property {boolean} counts
 * @property {string} activity_type
 * @property {string} area
 * @property {string} planned
 * @property {string} goal_id
 * @property {string} kind
 * @property {string} of_area
 * @property {string} is_planned
 * @property {string} competences
 * @property {string[]} texts
 * @property {string} evidence
 * @property {[heading: string, text: string][]} raw
 * @property {string[]} checks
 * @property {RecordedReading | null} reading
 */

/**
 * A goal of the member's plan, and how many activities serve it.
 *
 * @typedef {object} Goal
 * @property {string} goal_id
 * @property {string} goal
 * @property {number} served
 */

/**
 * What the machine found on one criterion; `_as_read` where the assessor's readings change it.
 *
 * @typedef {object} Finding
 * @property {string} standing
 * @property {string} sentence
 * @property {string} [standing_as_read]
 * @property {string} [sentence_as_read]
 */

/**
 * A sentence that the assessor may put into a comment.
 *
 * @typedef {object} Phrase
 * @property {string} text
 * @property {string} tone
 * @property {string} [theme]
 */

/**
 * A cell that could not be read, or how one was read.
 *
 * @typedef {object} CellNote
 * @property {string} line
 * @property {string} found
 * @property {string} expected
 */

/**
 * A drawn chart. `by` names the column that a click on a bar filters by; empty if none.
 *
 * @typedef {object} Chart
 * @property {"" | "activity_type" | "area" | "planned" | "goal_id"} by
 * @property {string} html
 */

/**
 * The heading of a return.
 *
 * @typedef {object} Heading
 * @property {string} pseudonym
 * @property {string} discipline
 * @property {string} cpd_year
 * @property {string} marking
 * @property {string} due
 */

/**
 * What staff answered to a second look or a disagreement, with the words that they answered.
 *
 * @typedef {object} StaffAnswer
 * @property {string} about
 * @property {string} criterion
 * @property {string} answer
 * @property {string} words
 * @property {string} said
 * @property {string} when
 */

/**
 * What was agreed about a return, point by point beside the assessor's own judgement.
 *
 * @typedef {object} AgreedBeside
 * @property {string} when
 * @property {string} why
 * @property {{ label: string, mine: string, agreed: string, differs: boolean }[]} rows
 */

/**
 * The words of a judgement that its member reads.
 *
 * @typedef {object} MemberWords
 * @property {string} [liked]
 * @property {string} [advice]
 * @property {Record<string, string>} [comments]
 */

/**
 * A text that staff returned: why, and how it read then.
 *
 * @typedef {object} ReturnedText
 * @property {string} reason
 * @property {string} when
 * @property {MemberWords} was
 */

/**
 * A note between the assessor and staff; `waits` if it is staff's and has no answer.
 *
 * @typedef {object} StaffNote
 * @property {string} note_id
 * @property {boolean} from_staff
 * @property {boolean} in_confidence
 * @property {string} words
 * @property {string} when
 * @property {boolean} waits
 */

/**
 * What is new in a version that took the place of an earlier one.
 *
 * @typedef {object} VersionBefore
 * @property {string} sentence
 * @property {number[]} new_lines
 * @property {boolean} can_start_from  whether the earlier judgement can be begun with
 */

/**
 * One return, with the judgement that the store holds.
 *
 * @typedef {object} ReturnPage
 * @property {string} return_id
 * @property {undefined} [done]
 * @property {string} desk  whose desk it is on
 * @property {boolean} is_sample
 * @property {Heading} heading
 * @property {string} target
 * @property {Chart[]} charts
 * @property {Goal[]} plan
 * @property {Activity[]} activities
 * @property {Record<string, Finding>} findings
 * @property {{ cpd_year: number, advice: string } | null} earlier
 * @property {string[]} notices
 * @property {boolean} masked
 * @property {CellNote[]} unread
 * @property {CellNote[]} notes
 * @property {Record<string, number[]>} behind  criterion to the numbers of its activities
 * @property {Record<string, Phrase[]>} phrases
 * @property {StoredJudgement} judgement
 * @property {{ agreed: AgreedBeside | null, answers: StaffAnswer[] }} afterwards
 * @property {ReturnedText | null} returned
 * @property {StaffNote[]} staff_notes
 * @property {VersionBefore | null} before
 */

/**
 * What is shown when no return is left to judge.
 *
 * @typedef {object} DonePage
 * @property {""} return_id
 * @property {true} done
 * @property {string} desk
 * @property {boolean} is_sample
 */

/**
 * What is shown before the program has opened the first return.
 *
 * @typedef {object} OpeningPage
 * @property {undefined} [return_id]
 * @property {undefined} [done]
 */

/**
 * What the screen shows.
 *
 * @typedef {ReturnPage | DonePage | OpeningPage} Page
 */

/**
 * One row of the table of returns.
 *
 * @typedef {object} ListedReturn
 * @property {string} return_id
 * @property {string} return
 * @property {string} discipline
 * @property {string} cpd_year
 * @property {string} marking
 * @property {string} state
 * @property {string} news  agreed, answered, both or nothing
 * @property {string} call  what staff wait for; empty for nothing
 * @property {string} due
 */

/**
 * The part of the table of returns that is shown, and how many returns are done.
 *
 * @typedef {object} Listing
 * @property {ListedReturn[]} rows
 * @property {number} found
 * @property {number} start
 * @property {number} shown
 * @property {ListRequest} asked
 * @property {number} allocated  of this season
 * @property {number} done  of this season
 * @property {number} earlier  still to do of earlier seasons
 * @property {number} seasons
 * @property {boolean} practice
 * @property {boolean} own  whether there is a desk to leave the tour for
 * @property {string} due
 */

export {};
