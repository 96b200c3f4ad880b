// Every message has a name of its own. The screen says saved only when the store has answered; when nobody answers, or can, it says so.
const PATIENCE = 2000,
  CHANGES = new Set(["save", "undo", "reading", "hand_back", "worry"]);
const GONE = new Set(["dead", "restarting", "autorestarting", "terminating"]);

function makeLink(model, say) {
  const waiting = new Map(),
    kernel = model.widget_manager && model.widget_manager.kernel;
  let gone = false;
  const newId = () =>
    globalThis.crypto && crypto.randomUUID
      ? crypto.randomUUID()
      : `${Date.now()}-${Math.random().toString(16).slice(2)}`;
  const inLab = () => !document.body.dataset.voila;

  function silence(id) {
    const one = waiting.get(id);
    if (one && !gone)
      say(
        CHANGES.has(one.message.kind)
          ? "NOT SAVED: the program does not answer. Your words are still here."
          : "The program has not answered yet.",
        "bad",
      );
  }
  function ask(message, answered = () => {}) {
    const event_id = newId(),
      numbered = { event_id, ...message };
    waiting.set(event_id, {
      message: numbered,
      answered,
      timer: setTimeout(() => silence(event_id), PATIENCE),
    });
    if (gone) {
      lost();
      return event_id;
    }
    try {
      model.send(numbered);
    } catch (problem) {
      lost();
    }
    return event_id;
  }
  function hear(answer) {
    const one = waiting.get(answer.to);
    if (!one) return; // it answers another window on the same program
    clearTimeout(one.timer);
    waiting.delete(answer.to);
    one.answered(answer);
  }
  function unsaved() {
    return [...waiting.values()].some((one) => CHANGES.has(one.message.kind));
  }
  function lost() {
    gone = true;
    const again = inLab() ? "Choose Run > Run All Cells" : "Load the page again";
    say(
      unsaved()
        ? `NOT SAVED: the program has stopped. Your words are kept in this tab. ${again}, and they are saved.`
        : `The program has stopped. All that was said to be saved is saved. ${again}.`,
      "bad",
      inLab() ? "" : "reload",
    );
  }
  function status(_, now) {
    if (GONE.has(now) && !gone) lost();
  }
  function connection(_, now) {
    if (gone) return;
    if (now === "disconnected") lost();
    else if (now === "connecting")
      say("NOT SAVED: the connection is interrupted. Your words are still here.", "bad");
    else if (now === "connected" && !unsaved()) say("The connection is back. All is saved.");
  }
  const live = () => {
    if (!model.comm_live) lost();
  };
  model.on("msg:custom", hear);
  model.on("comm_live_update", live);
  if (kernel) {
    kernel.statusChanged.connect(status);
    kernel.connectionStatusChanged.connect(connection);
  }
  function close() {
    model.off("msg:custom", hear);
    model.off("comm_live_update", live);
    if (kernel) {
      kernel.statusChanged.disconnect(status);
      kernel.connectionStatusChanged.disconnect(connection);
    }
  }
  return { ask, unsaved, close, isGone: () => gone };
}
