// A reading: what the assessor takes an activity to be, beside what the member wrote.

import { button, choiceBox, element } from "../dom.js";
import { keepDraft, labelled, openPanel } from "../panels.js";

/** @import { Activity, Answer, Choice, Setup } from "../messages.js" */
/** @import { Link } from "../saving.js" */

const AS_WRITTEN = { code: "", label: "As the member wrote it" };
const PLANNED = [
  { code: "yes", label: "Planned" },
  { code: "no", label: "Not planned" },
];
const COUNTING = [
  { code: "count", label: "Count all of it" },
  { code: "part", label: "Count a part" },
  { code: "do not count", label: "Do not count it" },
];

/**
 * Opens the panel in which the assessor says how an activity is to be read.
 *
 * @param {object} parts
 * @param {Link} parts.link
 * @param {HTMLElement} parts.root
 * @param {Setup} parts.setup
 * @param {string} parts.returnId
 * @param {string} parts.name  the return as the assessor knows it
 * @param {Activity} parts.activity
 * @param {(answer: Answer) => void} parts.tell  shows what the program says
 */
export function openReading({ link, root, setup, returnId, name, activity, tell }) {
  const before = activity.reading ?? {};
  const area = field("Area", setup.areas, before.area);
  const planned = field("Planned", PLANNED, before.planned);
  const kind = field("Kind", setup.activity_types, before.activity_type);
  const counting = choiceBox("Count it", [AS_WRITTEN, ...COUNTING], before.counting || "", () =>
    showPart(),
  );
  const part = element("input", {
    type: "number",
    min: "0",
    max: String(activity.minutes),
    value: before.part_minutes ?? "",
    "aria-label": "Minutes that count",
  });
  const reason = element("input", {
    type: "text",
    value: before.reason || "",
    "aria-label": "Why",
  });
  const forget = keepDraft(reason, `why you read activity ${activity.no} of ${name} differently`);
  const partField = labelled("Minutes that count", part, `of ${activity.minutes}`);
  const wrong = element("p", { class: "ak-wrong", role: "alert" });
  const isPart = () => counting.value === "part";

  function showPart() {
    partField.hidden = !isPart();
  }

  function save() {
    const reading = {
      activity_no: activity.no,
      reason: reason.value,
      part_minutes: isPart() ? part.value : "",
      area: area.value,
      planned: planned.value,
      activity_type: kind.value,
      counting: counting.value,
    };
    link.ask(
      { kind: "reading", return_id: returnId, reading },
      (answer) => {
        tell(answer);
        if (answer.kind === "told") {
          forget();
          panel.close();
        } else {
          wrong.textContent = answer.text ?? "";
        }
      },
      (reason) => {
        wrong.textContent = reason;
      },
    );
  }

  const panel = openPanel(
    root,
    `How activity ${activity.no} is read`,
    element("p", { class: "ak-words", text: activity.title }),
    labelled("Area", area),
    labelled("Planned", planned),
    labelled("Kind", kind),
    labelled("Count it", counting),
    partField,
    labelled("Why", reason),
    wrong,
    element("p", {}, button("Save this reading", save, { class: "ak-primary" })),
  );
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === reason) {
      event.preventDefault();
      save();
    }
  });
  showPart();
  area.focus();
}

/**
 * @param {string} label
 * @param {Choice[]} choices
 * @param {string | null | undefined} before  what was chosen before
 */
function field(label, choices, before) {
  return choiceBox(label, [AS_WRITTEN, ...choices], before || "", () => {});
}
