// Every message has a number. The screen says saved only when the store has answered, and says so when nobody answers.
const PATIENCE = 2500;

function makeLink(model, say) {
  let serial = 0;
  const waiting = new Map();
  const newId = () => (globalThis.crypto && crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random().toString(16).slice(2)}`);

  function silence(number) {
    const one = waiting.get(number);
    if (one && one.message.kind === "begin") say("Your returns are still being opened.", "busy");
    else if (one) say("NOT SAVED: the program does not answer. Your words are still here.", "bad", one.message);
  }
  function ask(message, answered = () => {}) {
    serial += 1;
    const number = serial, numbered = { event_id: newId(), ...message, serial: number };
    waiting.set(number, { message: numbered, answered, timer: setTimeout(() => silence(number), PATIENCE) });
    try {
      model.send(numbered);
    } catch (problem) {
      say("NOT SAVED: the connection is lost. Your words are still here.", "bad", numbered);
    }
    return number;
  }
  function hear(answer) {
    const one = waiting.get(answer.serial);
    if (!one) return;
    clearTimeout(one.timer);
    waiting.delete(answer.serial);
    one.answered(answer, answer.serial === serial || !anyWaiting());
  }
  function anyWaiting() { return [...waiting.values()].some((one) => one.message.kind === "save"); }
  function lost() {
    if (waiting.size) say("NOT SAVED: the program has stopped. Your words are still here; run the notebook again.", "bad");
    else say("The program has stopped. What was said to be saved is saved; run the notebook again.", "bad");
  }
  model.on("msg:custom", hear);
  model.on("comm_live_update", () => { if (!model.comm_live) lost(); });
  return { ask, anyWaiting };
}
