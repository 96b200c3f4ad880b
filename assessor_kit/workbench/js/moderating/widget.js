// The entry point: anywidget calls `render` for each place where the page is shown.

import { ModerationPage } from "./moderation_page.js";

/** @import { ModerationModel } from "./messages.js" */

/**
 * Shows the moderator's page in an element.
 *
 * @param {{ model: ModerationModel, el: HTMLElement }} view
 * @returns {() => void} closes the page
 */
function render({ model, el }) {
  const page = new ModerationPage(model);
  el.append(page.root);
  page.start();
  return () => page.stop();
}

export default { render };
