// The entry point: anywidget calls `render` for each place where the screen is shown.

import { Screen } from "./screen.js";

/** @import { Model } from "./model.js" */

/**
 * Shows the screen in an element.
 *
 * @param {{ model: Model, el: HTMLElement }} view
 * @returns {() => void} closes the screen
 */
function render({ model, el }) {
  const screen = new Screen(model);
  el.append(screen.root);
  screen.start();
  return () => screen.stop();
}

export default { render };
