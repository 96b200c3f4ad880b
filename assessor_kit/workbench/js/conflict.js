// Two windows on one return: both judgements beside each other, part by part where they differ, and the assessor chooses.
function judgementParts(setup) {
  const label = (choices, code) => {
    const found = choices.find((one) => one.code === code);
    return found ? found.label : "not chosen";
  };
  return [
    ...setup.criteria.flatMap((one) => [
      { label: one.label, said: (state) => label(setup.levels, state.levels[one.code]) },
      { label: `Comment on ${one.label}`, said: (state) => state.comments[one.code] || "" },
      {
        label: `Why ${one.label} is seen otherwise`,
        said: (state) => state.disagreements[one.code] || "",
      },
    ]),
    { label: "Outcome", said: (state) => label(setup.outcomes, state.outcome) },
    { label: "What I liked", said: (state) => state.liked || "" },
    { label: "Advice to the member", said: (state) => state.advice || "" },
    { label: "Private note", said: (state) => state.private_note || "" },
    { label: "Second look", said: (state) => (state.second_look ? "asked for" : "not asked for") },
    { label: "State", said: (state) => (state.submitted ? "submitted" : "draft") },
  ];
}

function differingParts(setup, one, other) {
  return judgementParts(setup).filter((part) => part.said(one) !== part.said(other));
}

function openConflict(root, setup, standing, mine, choose) {
  const rows = differingParts(setup, standing, mine).map((part) =>
    node(
      "tr",
      {},
      node("th", { scope: "row", text: part.label }),
      ...[standing, mine].map((state) =>
        node("td", { class: "ak-words", text: part.said(state) || "nothing" }),
      ),
    ),
  );
  const panel = openPanel(
    root,
    "This judgement was changed in another window",
    node("p", { text: "Nothing is lost: the log keeps both. Choose which one goes on." }),
    node(
      "table",
      {},
      node(
        "thead",
        {},
        node(
          "tr",
          {},
          ...["Part", "What stands", "What is here"].map((text) =>
            node("th", { scope: "col", text }),
          ),
        ),
      ),
      node("tbody", {}, ...rows),
    ),
    node(
      "p",
      { class: "ak-row" },
      node("button", {
        type: "button",
        class: "ak-theirs",
        text: "Take what stands",
        onclick: () => {
          panel.close();
          choose(false);
        },
      }),
      node("button", {
        type: "button",
        class: "ak-mine-over",
        text: "Save what is here over it",
        onclick: () => {
          panel.close();
          choose(true);
        },
      }),
    ),
  );
  panel.querySelector(".ak-panel-head button").remove(); // closing is no choice
  panel.addEventListener("cancel", (event) => event.preventDefault());
  return panel;
}
