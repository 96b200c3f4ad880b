"""The only place where the kit's screens make markup. Every text is escaped by whoever hands it in."""

from __future__ import annotations

import ipywidgets


def safe_html(content: str) -> ipywidgets.HTML:
    """A widget for HTML made by the kit; nothing else on the screens makes one."""
    return ipywidgets.HTML(f'<div class="ak">{content}</div>')


def sample_banner(*, is_sample: bool) -> str:
    """What every screen of a sample workspace wears."""
    return (
        '<p class="ak-banner">Sample data: invented members, nobody real.</p>' if is_sample else ""
    )
