"""The only place where the kit's screens make markup.

Every text must be escaped by the caller.
"""

from __future__ import annotations

import json
import re
from html import escape

import ipywidgets

# The notebooks by the number under which sentences mention them.
NOTEBOOKS = {
    "01": "01_register_and_declarations",
    "02": "02_draw_the_sample",
    "03": "03_load_and_score_returns",
    "04": "04_allocate_returns",
    "05": "05_assess",
}


# JupyterLab takes colour and line from links in a notebook's outputs.
LINK = "color:var(--accent);text-decoration:underline"


def safe_html(content: str) -> ipywidgets.HTML:
    """Return a widget for HTML made by the kit; nothing else on the screens makes one."""
    return ipywidgets.HTML(f'<div class="ak mathjax_ignore tex2jax_ignore">{content}</div>')


def sample_banner(*, is_sample: bool) -> str:
    """Return the banner on every screen of a sample workspace; empty for any other."""
    return (
        '<p class="ak-banner">Sample data: invented members, nobody real.</p>' if is_sample else ""
    )


def notebook_link(notebook: str, words: str = "") -> str:
    """Return a link that opens a notebook beside this one in JupyterLab."""
    path = escape(f"{notebook}.ipynb", quote=True)
    asked = escape(json.dumps({"path": f"{notebook}.ipynb"}), quote=True)
    return (
        f"<a href='{path}' style='{LINK}' data-commandlinker-command='docmanager:open'"
        f" data-commandlinker-args='{asked}'>{escape(words or notebook)}</a>"
    )


def linked_text(text: str) -> str:
    """Return a sentence as HTML, in which `notebook 03` is a link to that notebook."""
    return re.sub(
        r"notebook (0[1-5])",
        lambda found: notebook_link(NOTEBOOKS[found[1]], found[0]),
        escape(text),
    )
