"""Does text that people wrote reach a screen as text, never as markup?

The ways in which it could become markup are named here, with the places where each may be used.
"""

import ast
from pathlib import Path

import pytest

KIT = Path(__file__).parent.parent / "assessor_kit"
PYTHON = sorted(KIT.rglob("*.py"))
SCRIPTS = sorted((KIT / "workbench" / "js").rglob("*.js"))
# The calls and attributes that assign or print markup, and the only modules that may use them.
ALLOWED = {
    # there it is a number: which of the workbook's formats a cell has
    "style": {"loaders/files/worksheets.py"},
    "HTML": {"workbench/markup.py", "feedback/document/pdf_file.py"},
    "HTMLMath": set(),
    "Markdown": set(),
    "display": set(),
    "display_html": set(),
    "display_markdown": set(),
    "to_html": set(),
    "fmt_markdown": set(),
    "Markup": {"feedback/report/blocks.py"},
    "_repr_html_": {
        "charts/readable.py",
        "feedback/report/blocks.py",
        "feedback/batch/rehearsal.py",
        "store/workspace.py",
        "journey/intake/import_files.py",
    },
}
BANNED_WORDS = {"description_allow_html", "allow_html", "escape"}
UNSAFE_SCRIPT = (
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "document.write",
    "eval(",
    "Function(",
    "DOMParser",
)


def place_of(path):
    return path.relative_to(KIT).as_posix()


def uses(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield (
                (
                    node.func.attr
                    if isinstance(node.func, ast.Attribute)
                    else getattr(node.func, "id", "")
                ),
                node.lineno,
            )
        elif isinstance(node, ast.Attribute) and node.attr == "style":
            yield "style", node.lineno
        elif isinstance(node, ast.FunctionDef) and node.name == "_repr_html_":
            yield "_repr_html_", node.lineno


@pytest.mark.parametrize("path", PYTHON, ids=place_of)
def test_no_module_makes_markup_but_those_that_are_named(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for name, line in uses(tree):
        if name in ALLOWED:
            assert place_of(path) in ALLOWED[name], (
                f"{place_of(path)}:{line} uses {name}: hand the text to workbench.markup, escaped."
            )
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in BANNED_WORDS:
            off = isinstance(node.value, ast.Constant) and node.value.value is (
                node.arg != "escape"
            )
            assert not off, (
                f"{place_of(path)}:{node.value.lineno} passes {node.arg}: text must stay escaped."
            )


@pytest.mark.parametrize("path", SCRIPTS, ids=place_of)
def test_no_script_puts_text_into_the_page_as_markup(path):
    found = [word for word in UNSAFE_SCRIPT if word in path.read_text(encoding="utf-8")]
    allowed = ["innerHTML"] if path.name == "dom.js" else []
    assert found == allowed, f"{path.name} uses {found}: use textContent or value."


def test_the_one_place_for_markup_in_a_script_takes_charts_only():
    text = (KIT / "workbench" / "js" / "dom.js").read_text(encoding="utf-8")
    assert [part.split("(")[0] for part in text.split("function ") if "innerHTML" in part] == [
        "drawnChart"
    ]
    callers = [path.name for path in SCRIPTS if "drawnChart(" in path.read_text(encoding="utf-8")]
    assert callers == ["dom.js", "return_view.js"]
