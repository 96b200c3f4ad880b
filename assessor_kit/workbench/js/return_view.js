// One return: what it is, its charts, its plan and its activities.
function returnView({ link, root, setup }) {
  const box = node("article", { class: "ak-return" });
  let page = null, filter = { by: "", value: "", label: "" }, body = null, told = null;

  function heading() {
    const { pseudonym, discipline, cpd_year, marking, due } = page.heading;
    const parts = [discipline, `CPD of ${cpd_year}`, marking === "second" ? "second marking" : "", due ? `due ${due}` : ""].filter(Boolean);
    return node("header", {}, page.is_sample ? node("p", { class: "ak-banner", text: "Sample data: invented members, nobody real." }) : null,
      node("h2", { text: `Return ${pseudonym}`, tabindex: "-1" }), node("p", { class: "ak-quiet", text: parts.join(" · ") }),
      node("p", { class: "ak-target", text: page.target }), ...page.notices.map((text) => node("p", { text })),
      page.masked ? node("p", { class: "ak-quiet" }, "Words in [brackets] stand for what says who the member is. ",
        node("button", { type: "button", class: "ak-link", text: "Show them as written (it is noted)", onclick: () => link.ask({ kind: "unmask", return_id: page.return_id }) })) : null);
  }
  function chartsGrid() {
    const grid = node("section", { class: "ak-charts", "aria-label": "Hours by category" });
    for (const chart of page.charts) {
      const drawn = drawnChart(chart.html);
      if (chart.by) drawn.querySelectorAll('[aria-roledescription="bar"]').forEach((bar) => {
        bar.classList.add("ak-bar");
        bar.addEventListener("click", () => choose(chart.by, bar.getAttribute("aria-label")));
      });
      grid.append(drawn);
    }
    return grid;
  }
  function plan() {
    if (!page.plan.length) return node("section", {}, node("h3", { text: "Plan" }), node("p", { text: "No plan was sent; a plan is welcome and not required." }));
    return node("section", {}, node("h3", { text: "Plan" }), node("ul", { class: "ak-plan" }, ...page.plan.map((goal) => node("li", {},
      node("button", { type: "button", class: "ak-link", text: goal.goal_id, onclick: () => choose("goal_id", goal.goal_id) }),
      node("span", { text: ` ${goal.goal} ` }), node("span", { class: "ak-quiet", text: goal.served === 1 ? "1 activity" : `${goal.served} activities` })))));
  }
  const named = { activity_type: () => setup().activity_types, area: () => setup().areas,
    planned: () => [{ code: "yes", label: "Planned" }, { code: "no", label: "Not planned" }, { code: "unmarked", label: "Planned or not is not stated" }],
    goal_id: () => page.plan.map((goal) => ({ code: goal.goal_id, label: `Goal ${goal.goal_id}` })) };
  function labelOf(by, value) { const found = named[by]().find((one) => one.code === value); return found ? found.label : "Not stated"; }
  function choose(by, value) {
    const same = filter.by === by && filter.value === value;
    filter = same ? { by: "", value: "", label: "" } : { by, value, label: labelOf(by, value) };
    showRows();
  }
  function showBehind(code, label) {
    const same = filter.by === "behind" && filter.value === code;
    filter = same ? { by: "", value: "", label: "" } : { by: "behind", value: code, label: `behind “${label}”` };
    showRows();
    if (body) body.closest("section").scrollIntoView({ block: "nearest" });
  }
  function kept(one) { return !filter.by || (filter.by === "behind" ? page.behind[filter.value].includes(one.no) : one[filter.by] === filter.value); }
  function activities() {
    body = node("tbody");
    told = node("span", { role: "status" });
    const by = choiceBox("Show activities", [{ code: "", label: "All activities" }, ...["activity_type", "area", "planned"].flatMap((one) =>
      [...named[one](), { code: "", label: "Not stated" }].filter((each) => page.activities.some((line) => line[one] === each.code))
        .map((each) => ({ code: `${one}=${each.code}`, label: each.label })))], "", (value) => {
      const [column, code] = [value.slice(0, value.indexOf("=")), value.slice(value.indexOf("=") + 1)];
      filter = { by: "", value: "", label: "" };
      if (value) choose(column, code); else showRows();
    });
    const section = node("section", { "aria-label": "Activities" }, node("div", { class: "ak-row" }, node("h3", { text: "Activities" }), by, told),
      node("table", { class: "ak-activities" }, node("thead", {}, node("tr", {}, ...["Activity", "When", "Time", "Kind and area", "Planned"].map((text) => node("th", { scope: "col", text })))), body));
    showRows();
    return section;
  }
  function showRows() {
    const chosen = page.activities.filter(kept);
    body.replaceChildren(...chosen.map(row));
    told.textContent = filter.by ? `${filter.label}: ${chosen.length} of ${page.activities.length}` : `${page.activities.length} in all`;
    box.querySelectorAll(".ak-bar").forEach((bar) => bar.classList.remove("ak-chosen"));
  }
  function row(one) {
    const changed = one.reading ? node("p", { class: "ak-read", text: `Your reading${one.reading.reason ? `: ${one.reading.reason}` : ""}` }) : null;
    return node("tr", { tabindex: "-1", class: "ak-activity", "data-no": one.no },
      node("th", { scope: "row" }, node("span", { class: "ak-words", text: one.title }), ...one.texts.map(words),
        ...one.checks.map((text) => node("p", { class: "ak-check", text: `Please check: ${text}` })), changed,
        one.raw.length ? node("details", { class: "ak-raw" }, node("summary", { text: "As it stood in the file" }), node("dl", { class: "ak-keys" },
          ...one.raw.flatMap(([heading, text]) => [node("dt", { text: heading }), node("dd", { class: "ak-words", text })]))) : null,
        node("button", { type: "button", class: "ak-link", text: "Change how it is read", "aria-label": `Change how activity ${one.no} is read`, onclick: () => edit(one) })),
      node("td", { text: one.when }), node("td", {}, one.time, one.counts ? null : node("p", { class: "ak-quiet", text: "not counted" })),
      node("td", {}, one.kind, node("br"), one.of_area, one.competences ? node("p", { class: "ak-quiet", text: `competences ${one.competences}` }) : null),
      node("td", {}, one.is_planned, one.goal_id ? node("p", { class: "ak-quiet", text: `goal ${one.goal_id}` }) : null));
  }
  function words(text) {
    if (text.length <= 160) return node("p", { class: "ak-words ak-text", text });
    return node("details", {}, node("summary", { class: "ak-words", text: `${text.slice(0, 90)}…` }), node("p", { class: "ak-words ak-text", text }));
  }
  function edit(one) { openReading({ link, root, setup: setup(), page, one }); }
  function below() {
    const unread = page.unread.length ? node("section", {}, node("h3", { text: "Could not be read" }), node("ul", {}, ...page.unread.map((one) =>
      node("li", { text: `Line ${one.line || "?"}: ${one.found}${one.expected ? ` (expected ${one.expected})` : ""}` })))) : null;
    const notes = page.notes.length ? node("details", {}, node("summary", { text: `How ${page.notes.length} cells were read` }), node("ul", {}, ...page.notes.map((one) =>
      node("li", { text: `Line ${one.line || "?"}: ${one.found}` })))) : null;
    return [unread, notes].filter(Boolean);
  }
  function show(next) {
    const same = page && page.return_id === next.return_id;
    page = next;
    if (!same) filter = { by: "", value: "", label: "" };
    if (page.done) { tell("All your returns are judged. Thank you."); return; }
    box.replaceChildren(heading(), chartsGrid(), plan(), activities(), ...below());
  }
  function tell(text) { box.replaceChildren(node("h2", { text, tabindex: "-1" })); }
  function focusActivity(step) {
    const rows = [...body.querySelectorAll("tr")], place = rows.indexOf(document.activeElement.closest("tr"));
    const target = rows[Math.max(0, Math.min(rows.length - 1, place + step))];
    if (target) { target.focus(); target.scrollIntoView({ block: "nearest" }); }
  }
  function editFocused() {
    const here = document.activeElement.closest(".ak-activity");
    const one = here && page.activities.find((each) => String(each.no) === here.dataset.no);
    if (one) edit(one); else focusActivity(1);
  }
  return { box, show, tell, showBehind, focusActivity, editFocused, focusHeading: () => { const top = box.querySelector("h2"); if (top) top.focus({ preventScroll: true }); } };
}
