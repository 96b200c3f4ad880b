// On a narrow screen the judgement stands below the return. One tap goes from one to the other, and
// back to where one was reading.

import { button, element } from "./dom.js";

const NARROW = 900; // pixels of the screen's own width: beside JupyterLab's side bar it has less

/**
 * Where the switch leads.
 *
 * @typedef {object} Panes
 * @property {HTMLElement} root  scrolls where the screen is narrow
 * @property {HTMLElement} side  the judgement
 * @property {() => void} toReturn  moves the focus to the return
 * @property {() => void} toJudgement  moves the focus to the current point
 */

/** The two buttons at the lower edge of a narrow screen. */
export class PaneSwitch {
  #panes;
  #reading = 0;
  #return = button("Return", () => this.#toReturn());
  #judgement = button("Judgement", () => this.#toJudgement());
  box = element(
    "nav",
    { class: "ak-switch", "aria-label": "Return or judgement" },
    this.#return,
    this.#judgement,
  );

  /** @param {Panes} panes */
  constructor(panes) {
    this.#panes = panes;
    const { root } = panes;
    root.addEventListener("scroll", () => this.#showCurrent(), { passive: true });
    new ResizeObserver(() => {
      if (root.clientWidth) {
        root.classList.toggle("ak-narrow", root.offsetWidth < NARROW);
        this.#showCurrent();
      }
    }).observe(root);
  }

  /** Begins at the top, with another return. */
  begin() {
    this.#reading = 0;
    this.#panes.root.scrollTop = 0;
    this.#showCurrent();
  }

  get #isAtJudgement() {
    const { root, side } = this.#panes;
    const place = root.getBoundingClientRect();
    return side.getBoundingClientRect().top < place.top + place.height / 2;
  }

  #toJudgement() {
    const { root, side, toJudgement } = this.#panes;
    if (!this.#isAtJudgement) {
      this.#reading = root.scrollTop;
      side.scrollIntoView({ block: "start" });
    }
    toJudgement();
    this.#showCurrent();
  }

  #toReturn() {
    const { root, toReturn } = this.#panes;
    const place = this.#isAtJudgement ? this.#reading : 0;
    toReturn();
    root.scrollTop = place;
    this.#showCurrent();
  }

  #showCurrent() {
    const isAtJudgement = this.#isAtJudgement;
    setCurrent(this.#return, !isAtJudgement);
    setCurrent(this.#judgement, isAtJudgement);
  }
}

/**
 * @param {HTMLElement} one
 * @param {boolean} isCurrent
 */
function setCurrent(one, isCurrent) {
  if (isCurrent) {
    one.setAttribute("aria-current", "true");
  } else {
    one.removeAttribute("aria-current");
  }
}
