"""What a saved notebook shows when it is opened again and nothing of it runs.

JupyterLab would say "model not found" in place of every screen. While a notebook is saved, the
server therefore writes beside each screen a small page that stands in for it: what it said last,
and a button that runs the notebook. JupyterLab shows it only where the screen itself is not there.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from assessor_kit.cli.jupyter_parts.warm_programs import start_warm_process

VIEW = "application/vnd.jupyter.widget-view+json"
STATES = "application/vnd.jupyter.widget-state+json"
CONTROLS = "@jupyter-widgets/controls"
BASE = "@jupyter-widgets/base"
VERSION = "2.0.0"
RUN_ALL = "notebook:run-all-cells"
BUTTON = (
    "<p><strong>Nothing runs in this notebook yet.</strong> Press"
    f" <button type='button' data-commandlinker-command='{RUN_ALL}'>Run all steps</button>,"
    " or choose <em>Run → Run All Cells</em>.</p>"
)
LAST = "<p>When it was last saved:</p><pre style='white-space:pre-wrap'>{text}</pre>"


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Return this module, as Jupyter's server finds its extensions."""
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:  # noqa: ANN401  (Jupyter's ServerApp)
    """Have the server write the stand-ins whenever it saves a notebook, and warm up."""
    start_warm_process()
    server.contents_manager.register_pre_save_hook(add_way_in)


def add_way_in(model: dict[str, Any], **_place: object) -> None:
    """Write the stand-ins into a notebook that is about to be saved."""
    if model.get("type") != "notebook" or not model.get("content"):
        return
    notebook = model["content"]
    states: dict[str, Any] = {}
    for place, (model_id, text) in enumerate(_screens(notebook)):
        states |= _stand_in(model_id, text, with_button=place == 0)
    notebook["metadata"].pop("widgets", None)
    if states:
        notebook["metadata"]["widgets"] = {
            STATES: {"version_major": 2, "version_minor": 0, "state": states}
        }


def _screens(notebook: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the name of each screen's model, and the text that is saved beside it."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            model_id = data.get(VIEW, {}).get("model_id", "")
            if model_id:
                yield model_id, "".join(data.get("text/plain", ""))


def _stand_in(model_id: str, text: str, *, with_button: bool) -> dict[str, Any]:
    said = LAST.format(text=escape(text)) if text else ""
    layout = f"{model_id}-layout"
    style = f"{model_id}-style"
    return {
        model_id: {
            "model_module": CONTROLS,
            "model_module_version": VERSION,
            "model_name": "HTMLModel",
            "state": {
                "layout": f"IPY_MODEL_{layout}",
                "style": f"IPY_MODEL_{style}",
                "value": f"{BUTTON if with_button else ''}{said}",
            },
        },
        layout: {
            "model_module": BASE,
            "model_module_version": VERSION,
            "model_name": "LayoutModel",
            "state": {},
        },
        style: {
            "model_module": CONTROLS,
            "model_module_version": VERSION,
            "model_name": "HTMLStyleModel",
            "state": {},
        },
    }
