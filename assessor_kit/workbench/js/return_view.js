// One return: what it is, its charts, its plan and its activities.
const FOLD = 160,
  FOLDED = 90; // letters: longer texts are folded to their beginning

function returnView({ link, root, setup, tell, onBehind }) {
  const box = node("article", { class: "ak-return", "aria-label": "Return" });
  const NONE = { by: "", value: "", label: "" };
  let page = null,
    filter = NONE,
    body = null,
    told = null,
    select = null,
    all = null,
    edited = "";

  function heading() {
    const { pseudonym, discipline, cpd_year, marking, due } = page.heading;
    const parts = [
      discipline,
      `CPD of ${cpd_year}`,
      marking === "second" ? "second marking" : "",
      due ? `due ${due}` : "",
    ].filter(Boolean);
    return node(
      "header",
      {},
      node("h2", { text: `Return ${pseudonym}`, tabindex: "-1" }),
      node("p", { class: "ak-quiet", text: parts.join(" · ") }),
      node("p", { class: "ak-target", text: page.target }),
      ...page.notices.map((text) => node("p", { text })),
      page.masked
        ? node(
            "p",
            { class: "ak-quiet" },
            "Words in [brackets] stand for what says who the member is. ",
            node("button", {
              type: "button",
              class: "ak-link",
              text: "Show them as written (it is noted)",
              onclick: () => link.ask({ kind: "unmask", return_id: page.return_id }, tell),
            }),
          )
        : null,
      page.earlier
        ? node(
            "section",
            { class: "ak-earlier", "aria-label": `Advice on CPD of ${page.earlier.cpd_year}` },
            node("h3", { text: `Advice on CPD of ${page.earlier.cpd_year}` }),
            node("p", { class: "ak-words", text: page.earlier.advice }),
            node("p", {
              class: "ak-quiet",
              text: "The member received this. You may look at what became of it.",
            }),
          )
        : null,
    );
  }
  function chartsGrid() {
    const grid = node("section", { class: "ak-charts", "aria-label": "Hours by category" });
    for (const chart of page.charts) {
      const drawn = drawnChart(chart.html);
      if (chart.by)
        drawn.querySelectorAll('[aria-roledescription="bar"]').forEach((bar) => {
          bar.classList.add("ak-bar");
          bar.dataset.by = chart.by;
          bar.dataset.value = bar.getAttribute("aria-label");
          bar.addEventListener("click", () => choose(chart.by, bar.dataset.value));
        });
      grid.append(drawn);
    }
    return grid;
  }
  function plan() {
    if (!page.plan.length)
      return node(
        "section",
        { "aria-label": "Plan" },
        node("h3", { text: "Plan" }),
        node("p", {
          class: "ak-quiet",
          text: "No plan was sent; a plan is welcome and not required.",
        }),
      );
    return node(
      "section",
      { "aria-label": "Plan" },
      node("h3", { text: "Plan" }),
      node(
        "ul",
        { class: "ak-plan" },
        ...page.plan.map((goal) =>
          node(
            "li",
            {},
            node("span", { class: "ak-words", text: `${goal.goal_id}: ${goal.goal} ` }),
            node("button", {
              type: "button",
              class: "ak-link ak-filter",
              "data-by": "goal_id",
              "data-value": goal.goal_id,
              "aria-pressed": "false",
              "aria-label": `Show the activities for goal ${goal.goal_id}`,
              text: goal.served === 1 ? "1 activity" : `${goal.served} activities`,
              onclick: () => choose("goal_id", goal.goal_id),
            }),
          ),
        ),
      ),
    );
  }
  const named = {
    activity_type: () => setup().activity_types,
    area: () => setup().areas,
    planned: () => [
      { code: "yes", label: "Planned" },
      { code: "no", label: "Not planned" },
      { code: "unmarked", label: "Planned or not is not stated" },
    ],
    goal_id: () => page.plan.map((goal) => ({ code: goal.goal_id, label: `Goal ${goal.goal_id}` })),
  };
  const SILENT = {
    activity_type: "Kind not stated",
    area: "Area not stated",
    planned: "",
    goal_id: "No goal",
  };
  function labelOf(by, value) {
    const found = named[by]().find((one) => one.code === value);
    return found ? found.label : SILENT[by];
  }
  function choose(by, value) {
    set({ by, value, label: labelOf(by, value) });
  }
  function showBehind(code, label) {
    set({ by: "behind", value: code, label: `Behind “${label}”` });
    if (body) body.closest("section").scrollIntoView({ block: "nearest" });
  }
  // The same filter again takes it off.
  function set(next) {
    filter = next.by === filter.by && next.value === filter.value ? NONE : next;
    showRows();
  }
  function kept(one) {
    return (
      !filter.by ||
      (filter.by === "behind"
        ? page.behind[filter.value].includes(one.no)
        : one[filter.by] === filter.value)
    );
  }
  function activities() {
    body = node("tbody");
    told = node("span", { role: "status" });
    const values = (by) =>
      [...named[by](), { code: "", label: SILENT[by] }].filter((each) =>
        page.activities.some((line) => line[by] === each.code),
      );
    select = choiceBox(
      "Show activities",
      [
        { code: "", label: "All activities" },
        ...["activity_type", "area", "planned", "goal_id"].flatMap((by) =>
          values(by).map((each) => ({ code: `${by}=${each.code}`, label: each.label })),
        ),
      ],
      "",
      (value) => {
        const by = value.slice(0, value.indexOf("="));
        filter = value
          ? {
              by,
              value: value.slice(by.length + 1),
              label: labelOf(by, value.slice(by.length + 1)),
            }
          : NONE;
        showRows();
      },
    );
    all = node("button", {
      type: "button",
      class: "ak-link",
      text: "Show all",
      onclick: () => {
        filter = NONE;
        showRows();
        select.focus();
      },
    });
    const section = node(
      "section",
      { "aria-label": "Activities" },
      node("div", { class: "ak-row" }, node("h3", { text: "Activities" }), select, told, all),
      node(
        "table",
        { class: "ak-activities" },
        node(
          "thead",
          {},
          node(
            "tr",
            {},
            ...["Activity", "When", "Time", "Kind and area", "Planned"].map((text) =>
              node("th", { scope: "col", text }),
            ),
          ),
        ),
        body,
      ),
    );
    showRows();
    return section;
  }
  function showRows() {
    const chosen = page.activities.filter(kept),
      code = `${filter.by}=${filter.value}`;
    body.replaceChildren(...chosen.map(row));
    told.textContent = filter.by
      ? `${filter.label}: ${chosen.length} of ${page.activities.length}`
      : `${page.activities.length} in all`;
    all.hidden = !filter.by;
    select.querySelectorAll(".ak-passing").forEach((one) => one.remove());
    if (filter.by && ![...select.options].some((one) => one.value === code))
      select.append(node("option", { class: "ak-passing", value: code, text: filter.label }));
    select.value = filter.by ? code : "";
    const on = (one) => one.dataset.by === filter.by && one.dataset.value === filter.value;
    box.querySelectorAll(".ak-bar").forEach((bar) => bar.classList.toggle("ak-chosen", on(bar)));
    box
      .querySelectorAll(".ak-filter")
      .forEach((one) => one.setAttribute("aria-pressed", String(on(one))));
    onBehind(filter.by === "behind" ? filter.value : "");
  }
  function row(one) {
    const changed = one.reading
      ? node("p", {
          class: "ak-read",
          text: `Your reading${one.reading.reason ? `: ${one.reading.reason}` : ""}`,
        })
      : null;
    const made = node(
      "tr",
      { tabindex: "-1", class: "ak-activity", "data-no": one.no },
      node(
        "th",
        { scope: "row" },
        node("span", { class: "ak-words", text: one.title }),
        ...one.texts.map(words),
        one.evidence
          ? node("p", { class: "ak-words ak-text ak-quiet", text: `Evidence: ${one.evidence}` })
          : null,
        ...one.checks.map((text) =>
          node("p", { class: "ak-check", text: `Please check: ${text}` }),
        ),
        changed,
        node(
          "div",
          { class: "ak-row ak-under" },
          node("button", {
            type: "button",
            class: "ak-link",
            text: "Change how it is read",
            "aria-label": `Change how activity ${one.no} is read`,
            onclick: () => edit(one),
          }),
          one.raw.length
            ? node(
                "details",
                { class: "ak-raw" },
                node("summary", { text: "As it stood in the file" }),
                node(
                  "dl",
                  { class: "ak-keys" },
                  ...one.raw.flatMap(([label, text]) => [
                    node("dt", { text: label }),
                    node("dd", { class: "ak-words", text }),
                  ]),
                ),
              )
            : null,
        ),
      ),
      node("td", { text: one.when }),
      node(
        "td",
        {},
        one.time,
        one.counts ? null : node("p", { class: "ak-quiet", text: "not counted" }),
      ),
      node(
        "td",
        {},
        one.kind,
        node("br"),
        one.of_area,
        one.competences
          ? node("p", { class: "ak-quiet", text: `competences ${one.competences}` })
          : null,
      ),
      node(
        "td",
        {},
        one.is_planned,
        one.goal_id ? node("p", { class: "ak-quiet", text: `goal ${one.goal_id}` }) : null,
      ),
    );
    made.addEventListener("focusin", () => {
      body
        .querySelectorAll("[aria-current]")
        .forEach((each) => each.removeAttribute("aria-current"));
      made.setAttribute("aria-current", "true");
    });
    return made;
  }
  function words(text) {
    if (text.length <= FOLD) return node("p", { class: "ak-words ak-text", text });
    const fold = node(
      "details",
      { class: "ak-fold" },
      node("summary", { class: "ak-words", text: `${text.slice(0, FOLDED)}…` }),
      node("p", { class: "ak-words ak-text", text }),
    );
    fold.addEventListener("toggle", () => {
      fold.firstChild.textContent = fold.open ? "Fold it again" : `${text.slice(0, FOLDED)}…`;
    });
    return fold;
  }
  function edit(one) {
    edited = String(one.no);
    openReading({ link, root, setup: setup(), page, one, tell });
  }
  function below() {
    const unread = page.unread.length
      ? node(
          "section",
          { "aria-label": "Could not be read" },
          node("h3", { text: "Could not be read" }),
          node(
            "ul",
            {},
            ...page.unread.map((one) =>
              node("li", {
                class: "ak-words",
                text: `Line ${one.line || "?"}: ${one.found}${one.expected ? ` (expected ${one.expected})` : ""}`,
              }),
            ),
          ),
        )
      : null;
    const notes = page.notes.length
      ? node(
          "details",
          { class: "ak-notes" },
          node("summary", { text: `How ${page.notes.length} cells were read` }),
          node(
            "ul",
            {},
            ...page.notes.map((one) =>
              node("li", { class: "ak-words", text: `Line ${one.line || "?"}: ${one.found}` }),
            ),
          ),
        )
      : null;
    return [unread, notes].filter(Boolean);
  }
  function show(next) {
    const same = page && page.return_id === next.return_id;
    page = next;
    if (page.done) return;
    if (!same) {
      filter = NONE;
      edited = "";
      box.scrollTop = 0;
    }
    const inside = same && box.contains(document.activeElement);
    box.replaceChildren(heading(), chartsGrid(), plan(), activities(), ...below());
    if (inside) refocus();
  }
  // What had the focus was drawn anew: the activity that was being read, or the heading.
  function refocus() {
    const one = edited && body && [...body.children].find((each) => each.dataset.no === edited);
    if (one) focusRow(one);
    else focusHeading();
  }
  function focusHeading() {
    const top = box.querySelector("h2");
    if (top) top.focus({ preventScroll: true });
  }
  function focusRow(target) {
    if (target) {
      target.focus({ preventScroll: true });
      target.scrollIntoView({ block: "nearest" });
    }
  }
  function focusActivity(step) {
    const rows = [...body.querySelectorAll("tr")],
      place = rows.indexOf(document.activeElement.closest("tr"));
    focusRow(rows[Math.max(0, Math.min(rows.length - 1, place + step))]);
  }
  function editFocused() {
    const here = document.activeElement.closest(".ak-activity");
    const one = here && page.activities.find((each) => String(each.no) === here.dataset.no);
    if (one) edit(one);
    else focusActivity(1);
  }
  return { box, show, showBehind, focusActivity, editFocused, refocus, focusHeading };
}
