// A reading: what the assessor takes an activity to be, beside what the member wrote.
function openReading({ link, root, setup, page, one, tell }) {
  const before = one.reading || {},
    leave = { code: "", label: "As the member wrote it" };
  const planned = [
    { code: "yes", label: "Planned" },
    { code: "no", label: "Not planned" },
  ];
  const counting = [
    { code: "count", label: "Count all of it" },
    { code: "part", label: "Count a part" },
    { code: "do not count", label: "Do not count it" },
  ];
  const field = (name, label, choices) =>
    choiceBox(label, [leave, ...choices], before[name] || "", () => show());
  const fields = {
    area: field("area", "Area", setup.areas),
    planned: field("planned", "Planned", planned),
    activity_type: field("activity_type", "Kind", setup.activity_types),
    counting: field("counting", "Count it", counting),
  };
  const part = node("input", {
    type: "number",
    min: "0",
    max: String(one.minutes),
    value: before.part_minutes ?? "",
    "aria-label": "Minutes that count",
  });
  const reason = node("input", { type: "text", value: before.reason || "", "aria-label": "Why" });
  const partField = labelled("Minutes that count", part, `of ${one.minutes}`);
  function show() {
    partField.hidden = fields.counting.value !== "part";
  }
  function save() {
    const reading = {
      activity_no: one.no,
      reason: reason.value,
      part_minutes: fields.counting.value === "part" ? part.value : "",
    };
    for (const [name, box] of Object.entries(fields)) reading[name] = box.value;
    link.ask({ kind: "reading", return_id: page.return_id, reading }, (answer) => {
      tell(answer);
      if (answer.kind === "told") panel.close();
      else wrong.textContent = answer.text;
    });
  }
  const wrong = node("p", { class: "ak-wrong", role: "alert" });
  const panel = openPanel(
    root,
    `How activity ${one.no} is read`,
    node("p", { class: "ak-words", text: one.title }),
    labelled("Area", fields.area),
    labelled("Planned", fields.planned),
    labelled("Kind", fields.activity_type),
    labelled("Count it", fields.counting),
    partField,
    labelled("Why", reason),
    wrong,
    node(
      "p",
      {},
      node("button", {
        type: "button",
        class: "ak-primary",
        text: "Save this reading",
        onclick: save,
      }),
    ),
  );
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === reason) {
      event.preventDefault();
      save();
    }
  });
  show();
  fields.area.focus();
}
