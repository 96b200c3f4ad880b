const tried = (step) => {
  try {
    return step();
  } catch (problem) {
    return null;
  }
}; // a browser may forbid storage: then the page itself is all there is

// Whether single keys are on: the reader's own habit, which this browser remembers.
const singleKeys = {
  areOn: () => tried(() => localStorage.getItem("assessor-kit single keys")) !== "off",
  turn: (on) => tried(() => localStorage.setItem("assessor-kit single keys", on ? "on" : "off")),
};

// What the store has not acknowledged yet is also kept in this tab, and nowhere else; the browser drops it with the tab.
function makeKeeping(desk) {
  const name = (return_id) => `assessor-kit ${desk()} ${return_id}`;
  return {
    keep: (return_id, kept) =>
      tried(() => sessionStorage.setItem(name(return_id), JSON.stringify(kept))),
    find: (return_id) => tried(() => JSON.parse(sessionStorage.getItem(name(return_id)))),
    forget: (return_id) => tried(() => sessionStorage.removeItem(name(return_id))),
  };
}
