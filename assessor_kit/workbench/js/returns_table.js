// My returns: a native table of a few rows at a time; the rest stay with the program.
function returnsTable({ link, open }) {
  const COLUMNS = [
    ["return", "Return"],
    ["discipline", "Field"],
    ["", "Marking"],
    ["state", "State"],
    ["due", "Due"],
  ];
  const box = node("div", { class: "ak-returns" });
  const body = node("tbody");
  const told = node("p", { class: "ak-quiet", role: "status" });
  let asked = { search: "", order: "mine", only: "all", start: 0 },
    listing = null,
    timer = null;

  const search = node("input", {
    type: "search",
    "aria-label": "Search my returns",
    placeholder: "Search",
    oninput: () => {
      clearTimeout(timer);
      timer = setTimeout(() => ask({ search: search.value, start: 0 }), 150);
    },
  });
  const only = choiceBox(
    "Show",
    [
      { code: "all", label: "All" },
      { code: "waiting", label: "Still to do" },
      { code: "not started", label: "Not started" },
      { code: "draft", label: "Begun" },
      { code: "submitted", label: "Submitted" },
    ],
    "all",
    (value) => ask({ only: value, start: 0 }),
  );
  const heads = COLUMNS.map(([key, label]) =>
    node(
      "th",
      { scope: "col" },
      key
        ? node("button", {
            type: "button",
            class: "ak-sort",
            text: label,
            onclick: () => ask({ order: asked.order === key ? `-${key}` : key, start: 0 }),
          })
        : label,
    ),
  );
  const earlier = node("button", {
    type: "button",
    text: "Earlier rows",
    onclick: () => ask({ start: Math.max(0, listing.start - listing.shown) }),
  });
  const later = node("button", {
    type: "button",
    text: "Later rows",
    onclick: () => ask({ start: listing.start + listing.shown }),
  });
  box.append(
    node("div", { class: "ak-row" }, search, only, told),
    node(
      "table",
      {},
      node("caption", { text: "Choose a return to open it" }),
      node("thead", {}, node("tr", {}, ...heads)),
      body,
    ),
    node("p", { class: "ak-row" }, earlier, later),
  );

  function ask(change) {
    asked = { ...asked, ...change };
    link.ask({ kind: "list", ...asked });
  }
  function show(next, openId) {
    listing = next;
    asked = { ...asked, ...next.asked };
    const focused = body.contains(document.activeElement)
      ? document.activeElement.dataset.id
      : null;
    body.replaceChildren(
      ...next.rows.map((row) =>
        node(
          "tr",
          { "aria-current": row.return_id === openId ? "true" : null },
          node(
            "th",
            { scope: "row" },
            node("button", {
              type: "button",
              class: "ak-open",
              "data-id": row.return_id,
              text: row.return,
              onclick: () => open(row.return_id),
            }),
          ),
          node("td", { text: `${row.discipline}, CPD of ${row.cpd_year}` }),
          node("td", { text: row.marking }),
          node(
            "td",
            {},
            node("span", { class: "ak-state", "data-state": row.state, text: row.state }),
          ),
          node("td", { text: row.due }),
        ),
      ),
    );
    COLUMNS.forEach(([key], place) => {
      if (key)
        heads[place].setAttribute(
          "aria-sort",
          asked.order === key ? "ascending" : asked.order === `-${key}` ? "descending" : "none",
        );
    });
    earlier.disabled = next.start === 0;
    later.disabled = next.start + next.shown >= next.found;
    earlier.parentElement.hidden = next.found <= next.shown;
    told.textContent = next.found
      ? `Rows ${next.start + 1} to ${Math.min(next.found, next.start + next.shown)} of ${next.found}`
      : "No return fits.";
    if (focused) {
      const again = [...body.querySelectorAll("button")].find((one) => one.dataset.id === focused);
      if (again) again.focus();
    }
  }
  // Arrows, or j and k, move between rows; Enter opens, as on any button.
  box.addEventListener("keydown", (event) => {
    const buttons = [...body.querySelectorAll("button")],
      place = buttons.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1, ...(place < 0 ? {} : { j: 1, k: -1 }) }[event.key];
    if (!step || (place < 0 && document.activeElement !== search)) return;
    event.preventDefault();
    const target = buttons[Math.max(0, Math.min(buttons.length - 1, place + step))];
    if (target) target.focus();
  });
  return {
    box,
    show,
    focus: () =>
      (
        body.querySelector("[aria-current] button") ||
        body.querySelector("button") ||
        search
      ).focus(),
  };
}
