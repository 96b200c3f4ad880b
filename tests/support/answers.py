"""Answers what the notebooks ask, as a person does: types into fields and presses buttons.

Also run inside a notebook's kernel.
"""

from assessor_kit.workbench.steps.panel import open_panels


def say_season(*, year, folder):
    """Fill in the form at the top of a notebook, and keep it."""
    form = open_panels["form"]
    form.year.value, form.folder.value = str(year), str(folder)
    form.keep.click()
    assert form.text.startswith(f"CPD of {year}"), form.children[-1].value


def press_twice(name, **fields):
    """Fill in a step's fields, look at what would happen, do it; return what was said each time."""
    panel = open_panels[name]
    for field, value in fields.items():
        panel.fields[field].value = value
    panel.look.click()
    first = panel.said
    assert panel.plan, f"{name}: {first or panel.texts}"
    panel.do.click()
    assert "data-tone='good'" in panel.said, panel.said
    return first, panel.said


def approve_everything(name):
    """Read and approve every document that waits."""
    pile = open_panels["approvals"].step.beside
    pile = pile.__self__.pile
    pile.name.value = name
    while pile.waiting:
        before = pile.waiting
        pile.buttons["approved"].click()
        assert pile.waiting == before - 1, pile.said
        pile.onwards.click()
