// The parts of anywidget's model and of Jupyter's kernel that the screen uses, as types only. The
// page that shows the screen, JupyterLab or the app, brings both.

/** @import { Answer, NumberedMessage } from "./messages.js" */

/**
 * One of Jupyter's signals.
 *
 * @template Value
 * @typedef {object} Signal
 * @property {(heard: (sender: unknown, value: Value) => void) => void} connect
 * @property {(heard: (sender: unknown, value: Value) => void) => void} disconnect
 */

/**
 * The connection to the program.
 *
 * @typedef {object} Kernel
 * @property {Signal<string>} statusChanged
 * @property {Signal<string>} connectionStatusChanged
 */

/**
 * Starts or stops listening for the program's answers or for a change.
 *
 * @typedef {{
 *   (event: "msg:custom", heard: (answer: Answer) => void): void,
 *   (event: "comm_live_update" | "change:page" | "change:returns", heard: () => void): void,
 * }} Listening
 */

/**
 * The widget's model: three texts that the program sets, and messages both ways.
 *
 * @typedef {object} Model
 * @property {(name: "setup" | "returns" | "page") => string} get
 * @property {(message: NumberedMessage) => void} send
 * @property {Listening} on
 * @property {Listening} off
 * @property {boolean} [comm_live]
 * @property {{ kernel?: Kernel | null } | null} [widget_manager]
 */

export {};
