// One judgement on its way to the store: what was sent, what is acknowledged, and which saves make up one change, so that an undo takes it back whole.
const EVERY = 400,
  PAUSE = 10000; // milliseconds: how often typing is sent; how long a pause ends a change

function judgementRecord({ link, say, desk, onConflict, onSaved, onUndone }) {
  const keeping = makeKeeping(desk);
  let now = null,
    timer = null,
    typed = "",
    last = { field: "", at: 0 };
  const contentOf = ({ version: _, ...content }) => content;

  // `standing`: what the store holds. What this tab still kept of the return is sent again, or shown beside what stands by now.
  function open(return_id, standing) {
    const content = contentOf(standing),
      kept = keeping.find(return_id),
      text = stable(content);
    now = {
      return_id,
      version: standing.version,
      state: structuredClone(content),
      acknowledged: text,
      sent: [],
      flying: 0,
      before: null,
      blocked: false,
    };
    last = { field: "", at: 0 };
    if (!kept || stable(kept.state) === text) {
      keeping.forget(return_id);
      return;
    }
    now = { ...now, state: kept.state, version: kept.version, sent: kept.sent, back: true };
    send("", false);
  }
  const changed = (one) => stable(one.state) !== one.acknowledged;
  const pending = (one) => (one === now && timer !== null) || one.flying > 0 || changed(one);
  function keep(one) {
    keeping.keep(one.return_id, {
      version: one.version,
      state: one.state,
      sent: [one.acknowledged, ...one.sent],
    });
  }

  // A change of one field. Typing is sent every so often, everything else at once: one save never holds two changes.
  function change(field, typing) {
    if (timer !== null && typed !== field) flush();
    if (!typing) {
      send(field, false);
      return;
    }
    typed = field;
    keep(now);
    say("Not saved yet", "busy");
    if (timer === null) timer = setTimeout(flush, EVERY);
  }
  function flush() {
    if (timer !== null) {
      clearTimeout(timer);
      timer = null;
      send(typed, true);
    }
  }
  function leave() {
    flush();
    last = { field: "", at: 0 };
  }
  function save() {
    flush();
    if (now.flying === 0 && changed(now)) send("", false);
    else if (!pending(now)) say("Saved. Nothing has changed since.");
  }
  // What a message builds on: the version that was acknowledged, or the message before it that still is not.
  const base = (one) =>
    one.before ? { base: one.version, after: one.before } : { base: one.version };
  function send(field, typing, over) {
    const one = now,
      text = stable(one.state),
      at = Date.now();
    keep(one);
    if (one.blocked) return;
    const continues =
      field === "submitted" || (typing && last.field === field && at - last.at < PAUSE);
    last = typing ? { field, at } : { field: "", at: 0 };
    one.sent = [...one.sent.slice(-20), text];
    one.flying += 1;
    say("Saving…", "busy");
    const message = {
      kind: "save",
      return_id: one.return_id,
      state: one.state,
      continues,
      ...(over === undefined ? base(one) : { base: over }),
    };
    one.before = link.ask(message, (answer) => answered(answer, one, text, message));
  }
  function answered(answer, one, text) {
    one.flying -= 1;
    if (one.flying === 0) one.before = null;
    if (answer.kind === "saved") {
      one.acknowledged = text;
      one.version = answer.version;
      if (one !== now && !changed(one)) keeping.forget(one.return_id);
      if (one !== now || pending(one)) return;
      keeping.forget(one.return_id);
      one.sent = [];
      onSaved(answer, one.back);
      one.back = false;
    } else if (answer.kind === "conflict") clash(one, answer.state);
    else {
      say(answer.text, "bad");
      if (answer.version !== undefined) one.version = answer.version;
    }
  }
  // What stands is not what this window built on: shown beside what is here, unless it is this window's own.
  function clash(one, standing) {
    const text = stable(contentOf(standing));
    if (one.blocked) return;
    if (text === one.acknowledged || one.sent.includes(text)) {
      one.version = standing.version;
      one.acknowledged = text;
      if (one.flying === 0 && one === now && changed(one)) send("", false);
      return;
    }
    if (one !== now) {
      say(
        "NOT SAVED: the return before was changed in another window. Open it again to compare both.",
        "bad",
      );
      return;
    }
    one.blocked = true;
    onConflict(standing, one.state);
  }
  // A choice between two: this window's over what stands, or what stands; then this window's is saved and taken back, so that the log keeps both.
  function settle(standing, mine) {
    now.blocked = false;
    last = { field: "", at: 0 };
    if (!mine && standing.submitted) {
      take(standing);
      onSaved({}, false);
      return;
    }
    send("", false, standing.version);
    if (!mine) undo();
  }
  function take(standing) {
    now.state = structuredClone(contentOf(standing));
    now.version = standing.version;
    now.acknowledged = stable(now.state);
    keeping.forget(now.return_id);
  }
  function undo() {
    leave();
    const one = now,
      text = stable(one.state);
    one.flying += 1;
    one.before = link.ask({ kind: "undo", return_id: one.return_id, ...base(one) }, (answer) => {
      one.flying -= 1;
      if (one.flying === 0) one.before = null;
      if (answer.kind === "conflict") {
        clash(one, answer.state);
        return;
      }
      if (answer.kind !== "undone") {
        say(answer.text, answer.kind === "refused" ? "bad" : "good");
        return;
      }
      if (one !== now || stable(one.state) !== text) {
        one.version = answer.state.version;
        return;
      }
      take(answer.state);
      onUndone(JSON.parse(text));
    });
  }
  const stands = (standing) =>
    standing.version === now.version && stable(contentOf(standing)) === now.acknowledged;
  return {
    open,
    stands,
    change,
    flush,
    leave,
    save,
    undo,
    settle,
    state: () => now && now.state,
    returnId: () => (now ? now.return_id : ""),
    isUnsaved: () => Boolean(now) && pending(now),
    clear: () => {
      now = null;
    },
  };
}
