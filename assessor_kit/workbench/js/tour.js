// The guided tour: a strip that explains the screen step by step, and the reference judgement after one's own.
const STEPS = [
  ["", "Three invented returns to practise on. Nothing here is real, and nothing reaches staff."],
  [
    ".ak-return header",
    "Each return opens with its field and the target that applies. You never see who the member is, or why a target is reduced.",
  ],
  [
    ".ak-charts",
    "The charts show the hours by kind, by area, planned or not, and through the year. A click on a bar shows what is in it; so does the list above the activities.",
  ],
  [
    ".ak-activities",
    "Now read the activities. a goes through them, ↑ and ↓ move, e says how one should be read. Long texts are folded; Enter opens them.",
  ],
  [
    ".ak-point",
    "For each point the kit says what it found, and you judge: press 1 to 4. j and k go to the next point and back, f shows the activities behind it, c writes a comment.",
  ],
  [
    ".ak-status",
    "What you do is saved as you go, and this line says so. u takes a change back, as often as you like.",
  ],
  [".ak-writing", "Say what you liked and what you advise. p shows it as the member will read it."],
  [
    ".ak-submit",
    "Judge every point, choose an outcome and submit. Then you see how experienced assessors judged this return, and why. n brings the next one.",
  ],
];

function makeTour({ root, act }) {
  let step = -1;
  const text = node("p", { role: "status", class: "ak-tour-text" });
  const back = node("button", {
    type: "button",
    class: "ak-quiet-button",
    text: "Back",
    onclick: () => go(step - 1),
  });
  const on = node("button", { type: "button", text: "Next step", onclick: () => go(step + 1) });
  const leave = node("button", {
    type: "button",
    class: "ak-quiet-button",
    text: "Leave the tour",
    onclick: act.leave,
  });
  const box = node(
    "section",
    { class: "ak-tour", "aria-label": "Guided tour", hidden: true },
    text,
    node("div", { class: "ak-row" }, back, on, leave),
  );

  function go(next) {
    root.querySelectorAll(".ak-shown").forEach((one) => one.classList.remove("ak-shown"));
    step = Math.max(0, Math.min(STEPS.length - 1, next));
    const [place, words] = STEPS[step],
      target = place && root.querySelector(place);
    text.replaceChildren(
      node("strong", { text: `Step ${step + 1} of ${STEPS.length}. ` }),
      words,
      step === 0 ? " t goes on, Shift+T goes back." : "",
    );
    back.disabled = step === 0;
    on.disabled = step === STEPS.length - 1;
    if (target) {
      target.classList.add("ak-shown");
      target.scrollIntoView({ block: "nearest" });
    }
  }
  // `practice`: whether the desk is that of the tour; `own`: whether there is another to go back to.
  function show(practice, own) {
    leave.hidden = !own;
    if (practice === !box.hidden) return;
    box.hidden = !practice;
    if (practice) go(0);
    else {
      step = -1;
      root.querySelectorAll(".ak-shown").forEach((one) => one.classList.remove("ak-shown"));
    }
  }
  function compare(reference) {
    const rows = reference.rows.map((one) =>
      node(
        "tr",
        {},
        node("th", { scope: "row", text: one.label }),
        node("td", { text: one.mine }),
        node("td", {
          class: one.same ? "ak-quiet" : "ak-other",
          text: one.same ? "the same" : one.reference,
        }),
        node("td", { text: one.why }),
      ),
    );
    const button = (label, step_, first) =>
      node("button", {
        type: "button",
        class: first ? "ak-primary" : null,
        text: label,
        onclick: () => {
          panel.close();
          step_();
        },
      });
    const panel = openPanel(
      root,
      "How experienced assessors judged this return",
      node("p", {
        text: `You chose the same level on ${reference.same} of ${reference.of} points. Where you differ, read why; there is room for judgement.`,
      }),
      node(
        "table",
        { class: "ak-compared" },
        node(
          "thead",
          {},
          node(
            "tr",
            {},
            ...["Point", "You", "They", "Why"].map((label) =>
              node("th", { scope: "col", text: label }),
            ),
          ),
        ),
        node(
          "tbody",
          {},
          ...rows,
          node(
            "tr",
            {},
            node("th", { scope: "row", text: "Outcome" }),
            node("td", { text: reference.mine }),
            node("td", { text: reference.reference }),
            node("td", { text: `They wrote: “${reference.advice}”` }),
          ),
        ),
      ),
      node(
        "p",
        { class: "ak-row" },
        button("Next example", act.next, true),
        button("Judge this one again", act.again),
      ),
    );
    return panel;
  }
  return {
    box,
    show,
    compare,
    onwards: () => {
      if (!box.hidden) go(step + 1);
    },
    backwards: () => {
      if (!box.hidden) go(step - 1);
    },
  };
}
