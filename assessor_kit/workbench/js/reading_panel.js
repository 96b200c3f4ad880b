// A reading: what the assessor takes an activity to be, beside what the member wrote.
function openReading({ link, root, setup, page, one }) {
  const before = one.reading || {};
  const leave = { code: "", label: "As the member wrote it" };
  const fields = {
    area: choiceBox("Area", [leave, ...setup.areas], before.area || "", () => {}),
    planned: choiceBox("Planned", [leave, { code: "yes", label: "Planned" }, { code: "no", label: "Not planned" }], before.planned || "", () => {}),
    activity_type: choiceBox("Kind", [leave, ...setup.activity_types], before.activity_type || "", () => {}),
    counting: choiceBox("Count it", [leave, { code: "count", label: "Count all of it" }, { code: "part", label: "Count a part" }, { code: "do not count", label: "Do not count it" }],
      before.counting || "", (value) => { part.parentElement.hidden = value !== "part"; }),
  };
  const part = node("input", { type: "number", min: "0", max: String(one.minutes), value: before.part_minutes ?? "", "aria-label": "Minutes that count" });
  const reason = node("input", { type: "text", value: before.reason || "", "aria-label": "Why" });
  const labelled = (label, field) => node("p", { class: "ak-field" }, node("label", {}, node("span", { text: label }), field));
  const partField = labelled("Minutes that count", part);
  partField.hidden = fields.counting.value !== "part";
  part.parentElement.hidden = false;
  fields.counting.addEventListener("change", () => { partField.hidden = fields.counting.value !== "part"; });
  const save = node("button", { type: "button", class: "ak-primary", text: "Save this reading", onclick: () => {
    const reading = { activity_no: one.no, reason: reason.value, part_minutes: fields.counting.value === "part" ? part.value : "" };
    for (const [name, field] of Object.entries(fields)) reading[name] = field.value;
    link.ask({ kind: "reading", return_id: page.return_id, reading }, () => {});
    panel.close();
  } });
  const panel = openPanel(root, `How activity ${one.no} is read`, node("p", { class: "ak-words", text: one.title }), labelled("Area", fields.area),
    labelled("Planned", fields.planned), labelled("Kind", fields.activity_type), labelled("Count it", fields.counting), partField, labelled("Why", reason), node("p", {}, save));
  fields.area.focus();
}
