// The whole screen: what is mine, the return beside its judgement, the keys, and what the store has said.
const KEYS = [
  ["1 to 9", "choose a level"],
  ["j, k", "next and previous point"],
  ["c", "comment; Esc leaves it"],
  ["Enter", "save (Ctrl+Enter in a comment)"],
  ["u", "undo, as often as you like"],
  ["f", "show the activities behind the point"],
  ["a", "go through the activities; ↑ ↓ move, e changes how one is read"],
  ["n", "next return still to do"],
  ["r", "my returns"],
  ["p", "preview the feedback"],
  ["t, Shift+T", "next and previous step of the guided tour"],
  ["?", "show these keys"],
];
const SETTLED = 800; // milliseconds before a screen reader is told that all is saved: while somebody types it would be told without end

function render({ model, el }) {
  let setup = {},
    keysOn = singleKeys.areOn(),
    calm = null,
    asked = false,
    waiting = null;
  const root = node("main", { class: "ak ak-screen" });
  const status = node("p", { class: "ak-status" }),
    reload = node("button", {
      type: "button",
      class: "ak-reload",
      hidden: true,
      text: "Load the page again",
      onclick: () => {
        asked = true;
        location.reload();
      },
    });
  const polite = node("div", { role: "status", class: "ak-heard" }),
    urgent = node("div", { role: "alert", class: "ak-heard" });
  const progress = node("p", { class: "ak-progress" }),
    bar = node("progress", { max: "1", "aria-label": "Returns submitted" });

  // What is seen changes with every key; what is heard only when something is settled, or wrong.
  function say(text, tone = "good", remedy = "") {
    if (!text) return;
    status.textContent = text;
    status.dataset.tone = tone;
    reload.hidden = remedy !== "reload";
    clearTimeout(calm);
    if (tone === "bad") {
      urgent.textContent = text;
      polite.textContent = "";
      return;
    }
    urgent.textContent = "";
    if (tone === "good")
      calm = setTimeout(() => {
        polite.textContent = text;
      }, SETTLED);
  }
  const link = makeLink(model, say);
  const tell = (answer) => say(answer.text, answer.kind === "refused" ? "bad" : "good");
  const view = returnView({
    link,
    root,
    setup: () => setup,
    tell,
    onBehind: (code) => form.markBehind(code),
  });
  const form = judgementForm({
    link,
    setup: () => setup,
    showBehind: (code, label) => view.showBehind(code, label),
    say,
    root,
    told: (reference) => tour.compare(reference),
  });
  const table = returnsTable({
    link,
    open: (return_id) => {
      if (list) list.close();
      leaveFor({ kind: "open", return_id });
    },
  });
  const tour = makeTour({
    root,
    act: {
      leave: () => leaveFor({ kind: "leave_tour" }),
      next,
      again: () => again(form.returnId()),
    },
  });
  let list = null;
  const button = (text, onclick, kind = "ak-quiet-button") =>
    node("button", { type: "button", class: kind, text, onclick });
  const startTour = button("Guided tour", () => {
    say("Getting the practice returns ready…", "busy");
    leaveFor({ kind: "tour" });
  });
  const tools = node(
    "div",
    { class: "ak-row ak-tools", role: "group", "aria-label": "This return" },
    button("Undo", undo),
    button("Preview", preview),
    button("Hand back", handBack),
    button("Tell staff in confidence", worry),
  );
  const banner = node("p", {
    class: "ak-banner",
    text: "Sample data: invented members, nobody real.",
    hidden: true,
  });
  const top = node(
    "div",
    { class: "ak-top" },
    button("My returns", openList, "ak-mine"),
    node("div", { class: "ak-done" }, progress, bar),
    tools,
    startTour,
    button("Keys", help),
    button("Next return", next, "ak-primary ak-next"),
  );
  const done = node("section", { class: "ak-all-done", "aria-label": "No return is open" });
  const both = node(
    "div",
    { class: "ak-both" },
    view.box,
    node(
      "section",
      { class: "ak-side", "aria-label": "Judgement and saving" },
      node("div", { class: "ak-saying" }, status, reload),
      form.box,
    ),
  );
  root.append(banner, top, tour.box, both, done, polite, urgent);
  el.append(root);

  function leaveFor(message) {
    form.flush();
    link.ask(message, tell);
  }
  function next() {
    leaveFor({ kind: "next" });
  }
  function again(return_id) {
    form.flush();
    link.ask({ kind: "again", return_id }, (answer) => {
      tell(answer);
      if (answer.state && form.returnId()) form.refresh(answer.state);
    });
  }
  function undo() {
    if (form.returnId()) form.undo();
  }
  function preview() {
    if (!form.returnId()) return;
    form.flush();
    say("Making the preview…", "busy");
    link.ask({ kind: "preview", return_id: form.returnId(), state: form.state() }, (answer) => {
      if (answer.kind !== "preview") {
        tell(answer);
        return;
      }
      if (!form.isUnsaved()) say("The preview is open");
      openPanel(
        root,
        "As the member will read it",
        node("iframe", {
          class: "ak-preview",
          sandbox: "",
          title: "Preview of the feedback",
          srcdoc: answer.html,
        }),
      ).classList.add("ak-wide");
    });
  }
  function openList() {
    if (list) return;
    list = openPanel(root, "My returns", table.box);
    list.classList.add("ak-wide");
    list.addEventListener("close", () => {
      list = null;
    });
    table.focus();
  }
  function handBack() {
    const why = choiceBox(
      "Why",
      setup.hand_back_reasons,
      setup.hand_back_reasons[0].code,
      () => {},
    );
    const words = node("textarea", { rows: "2", "aria-label": "A word to staff, if you like" });
    const panel = openPanel(
      root,
      "Hand this return back",
      node("p", { text: "Staff give it to somebody else. What you wrote stays in the log." }),
      labelled("Why", why),
      labelled("A word to staff, if you like", words),
      node(
        "p",
        {},
        button(
          "Hand it back",
          () => {
            panel.close();
            leaveFor({
              kind: "hand_back",
              return_id: form.returnId(),
              reason: why.value,
              words: words.value,
            });
          },
          "ak-primary",
        ),
      ),
    );
    why.focus();
  }
  function worry() {
    const words = node("textarea", { rows: "4", "aria-label": "What worries you" });
    const panel = openPanel(
      root,
      "Tell staff in confidence",
      node("p", { text: "Only staff can read this; it is no part of the judgement." }),
      labelled("What worries you", words),
      node(
        "p",
        {},
        button(
          "Send to staff",
          () => {
            if (!words.value.trim()) {
              words.focus();
              return;
            }
            panel.close();
            leaveFor({ kind: "worry", return_id: form.returnId(), words: words.value });
          },
          "ak-primary",
        ),
      ),
    );
    words.focus();
  }
  function help() {
    const single = node("input", {
      type: "checkbox",
      checked: keysOn,
      onchange: () => {
        keysOn = single.checked;
        singleKeys.turn(keysOn);
      },
    });
    openPanel(
      root,
      "Keys",
      node(
        "dl",
        { class: "ak-keys" },
        ...KEYS.flatMap(([key, text]) => [node("dt", { text: key }), node("dd", { text })]),
      ),
      node(
        "p",
        {},
        node(
          "label",
          { class: "ak-check-label" },
          single,
          node("span", { text: "Single keys are on. This browser remembers it." }),
        ),
      ),
    );
  }
  const ANYWHERE = { r: openList, "?": help, t: tour.onwards, T: tour.backwards, n: next };
  const OF_RETURN = {
    j: form.next,
    k: form.previous,
    c: form.comment,
    u: undo,
    f: form.behind,
    a: () => view.focusActivity(1),
    e: view.editFocused,
    p: preview,
    Escape: form.here,
  };
  // Lumino, under JupyterLab, listens in the bubbling phase: what stops here never reaches the notebook's own keys.
  root.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.defaultPrevented || event.isComposing) return;
    const on = event.target,
      typing =
        ["TEXTAREA", "SELECT"].includes(on.tagName) ||
        (on.tagName === "INPUT" && !["radio", "checkbox"].includes(on.type));
    const pressing = ["BUTTON", "SUMMARY", "A"].includes(on.tagName),
      open = Boolean(form.returnId());
    if (event.key === "Escape" && typing && open) {
      form.leaveComment();
      event.preventDefault();
      return;
    }
    if (event.key === "Enter" && event.shiftKey && !typing) {
      event.preventDefault();
      return;
    }
    if (event.key === "Enter" && open && (event.ctrlKey || (!typing && !pressing))) {
      event.preventDefault();
      form.save();
      return;
    }
    if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !typing) {
      event.preventDefault();
      undo();
      return;
    }
    if (event.key === "s" && (event.ctrlKey || event.metaKey) && open) {
      event.preventDefault();
      form.save();
      return;
    }
    if (typing || event.ctrlKey || event.altKey || event.metaKey) return;
    const inActivities = on.closest && on.closest(".ak-activity");
    if (inActivities && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      view.focusActivity(event.key === "ArrowDown" ? 1 : -1);
      return;
    }
    if (!keysOn) return;
    const action = ANYWHERE[event.key] || (open && OF_RETURN[event.key]);
    if (
      open && /^[1-9]$/.test(event.key)
        ? form.choose(Number(event.key) - 1)
        : action && (action(), true)
    )
      event.preventDefault();
  });
  root.addEventListener("ak-lost-focus", view.refocus);

  function showReturns() {
    const listing = JSON.parse(model.get("returns"));
    table.show(listing, form.returnId());
    progress.textContent = `${listing.done} of ${listing.allocated} submitted${listing.due && !listing.practice ? ` · next due ${listing.due}` : ""}`;
    bar.value = listing.allocated ? listing.done / listing.allocated : 0;
    startTour.hidden = listing.practice;
    tour.show(listing.practice, listing.own);
    return listing;
  }
  function showDone(listing) {
    const words = listing.practice
      ? [
          "You have judged all the examples.",
          "Judge them again whenever you like, or go on to your own returns.",
        ]
      : listing.allocated
        ? [
            "All your returns are judged. Thank you.",
            "What you wrote goes to the members once staff have released it.",
          ]
        : [
            "No returns are allocated to you yet.",
            "Staff will tell you when they are. The guided tour shows the screen on practice returns; nothing in it is real.",
          ];
    done.replaceChildren(
      node("h2", { text: words[0], tabindex: "-1" }),
      node("p", { text: words[1] }),
      node(
        "p",
        {},
        listing.practice
          ? button("Start again", () => again(""), "ak-primary")
          : button("Take the guided tour", () => startTour.click(), "ak-primary"),
      ),
    );
    say(listing.allocated ? "All is saved" : "Nothing to save");
  }
  function showPage() {
    setup = JSON.parse(model.get("setup"));
    const page = JSON.parse(model.get("page")),
      opening = !page.return_id && !page.done;
    if (opening) {
      both.hidden = top.hidden = true;
      done.hidden = false;
      done.replaceChildren(node("h2", { text: "Opening your next return…", tabindex: "-1" }));
      return;
    }
    const sameReturn = page.return_id && page.return_id === form.returnId();
    const here =
      root.contains(document.activeElement) ||
      (document.activeElement === document.body && document.body.dataset.voila);
    banner.hidden = !page.is_sample;
    top.hidden = false;
    both.hidden = tools.hidden = page.done;
    done.hidden = !page.done;
    view.show(page);
    form.show(page);
    const listing = showReturns();
    if (page.done) showDone(listing);
    if (!sameReturn && here && !root.querySelector("dialog")) takeFocus(page.done);
  }
  // The app shows its page only when all of it is there: what cannot be seen yet takes no focus.
  function takeFocus(isDone) {
    if (!root.offsetParent) {
      waiting = setTimeout(() => takeFocus(isDone), 50);
      return;
    }
    if (!root.contains(document.activeElement) && document.activeElement !== document.body) return;
    root.scrollIntoView({ block: "start" });
    if (isDone) done.querySelector("h2").focus();
    else view.focusHeading();
  }
  const pageChanged = () => {
    form.flush();
    showPage();
  };
  const leaving = (event) => {
    form.flush();
    if (!asked && status.dataset.tone === "bad" && form.isUnsaved()) event.preventDefault();
  };
  model.on("change:page", pageChanged);
  model.on("change:returns", showReturns);
  window.addEventListener("pagehide", form.flush);
  window.addEventListener("beforeunload", leaving);
  showPage();
  // The first return is made ready while this frame is drawn.
  if (model.get("page") === "{}")
    link.ask({ kind: "begin" }, (answer) => {
      if (answer.kind === "told") return;
      say(answer.text, "bad");
      done.replaceChildren(node("h2", { text: answer.text }));
    });
  // A page loaded again may hold what was true when the return was opened: ask what stands now.
  if (form.returnId())
    link.ask({ kind: "standing", return_id: form.returnId() }, (answer) => {
      if (answer.state) form.refresh(answer.state);
    });
  return () => {
    form.flush();
    clearTimeout(waiting);
    model.off("change:page", pageChanged);
    model.off("change:returns", showReturns);
    window.removeEventListener("pagehide", form.flush);
    window.removeEventListener("beforeunload", leaving);
    link.close();
  };
}
export default { render };
