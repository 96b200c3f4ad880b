"""The screen's scripts and style sheets are formatted, typed, bundled and readable.

Prettier, tsc and esbuild run on the Node of a wheel that only developers have. Without it their
tests are skipped, or fail where CI is set.
"""

import json
import re
from pathlib import Path

import pytest
import screen_tools
from screen_tools import BUNDLE, BUNDLES, MODULES, ROOT, TOOLS
from system_parts import need

from assessor_kit.store.practice import PRACTICE_ASSESSOR
from assessor_kit.workbench.messages import ScreenAnswer
from assessor_kit.workbench.moderating.moderation_page import ModerationPage
from assessor_kit.workbench.opening import Workbench
from assessor_kit.workbench.practice import practice_workspace
from assessor_kit.workbench.screen import Sitting

SCRIPTS = sorted(MODULES.rglob("*.js"))
STYLE_SHEETS = sorted((ROOT / "assessor_kit").rglob("*.css"))
WIDE = 120


@pytest.fixture
def tools():
    need("Node")
    return screen_tools


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def test_scripts_style_sheets_and_markdown_are_laid_out_by_prettier(tools):
    done = tools.check_format()
    assert done.returncode == 0, (
        f"Run `make format`, which lays these out: {done.stdout.split()} {done.stderr}"
    )


def test_the_types_in_the_scripts_hold(tools):
    done = tools.check_types()
    assert done.returncode == 0, f"tsc finds in the scripts' types:\n{done.stdout}{done.stderr}"


def test_a_message_that_the_program_does_not_know_is_a_type_error(tools, tmp_path):
    planted = tmp_path / "planted.js"
    link = (MODULES / "saving.js").as_posix()
    planted.write_text(
        f'import {{ Link }} from "{link}";\n'
        "/** @param {Link} link */\n"
        'export const ask = (link) => link.ask({ kind: "open", return_id: 7 });\n',
        encoding="utf-8",
    )
    project = tmp_path / "tsconfig.json"
    settings = {"extends": (TOOLS / "tsconfig.json").as_posix(), "include": [planted.as_posix()]}
    project.write_text(json.dumps(settings), encoding="utf-8")
    done = tools.run_tool(tools.TYPESCRIPT, "--project", str(project))
    assert done.returncode != 0
    assert "Type 'number' is not assignable to type 'string'" in done.stdout


@pytest.mark.parametrize("bundle", BUNDLES, ids=name_of)
def test_the_bundle_is_made_from_the_modules_as_they_stand(tools, tmp_path, bundle):
    made = tmp_path / "screen.js"
    done = tools.bundle(made, BUNDLES[bundle])
    assert done.returncode == 0, done.stderr
    assert made.read_bytes() == bundle.read_bytes(), (
        f"{name_of(bundle)} is not made from the modules in {name_of(MODULES)} as they stand:"
        " run `make bundle` and commit what it writes."
    )


def test_the_widget_loads_the_bundle_and_the_bundle_loads_nothing():
    script = BUNDLE.read_text(encoding="utf-8")
    assert str(Workbench._esm) == script  # noqa: SLF001  (anywidget's own name)
    assert script.startswith(screen_tools.BANNER)
    assert not re.search(r"^import |\bimport\(|sourceMappingURL|https?:", script, re.MULTILINE)


def test_the_moderators_page_sends_just_the_messages_that_the_program_knows():
    text = (MODULES / "moderating" / "messages.js").read_text(encoding="utf-8")
    kinds = set(re.findall(r'@typedef \{\{ kind: "(\w+)"[,} ]', text)) - {"told"}
    assert kinds == set(ModerationPage(lambda: "nothing here").heard)


def test_the_screen_sends_just_the_messages_that_the_program_knows():
    text = (MODULES / "messages.js").read_text(encoding="utf-8")
    described = text[text.index("SaveMessage") - 200 : text.index("NumberedMessage")]
    kinds = {
        kind
        for choices in re.findall(r"kind: ([^,}]+)", described)
        for kind in re.findall(r'"(\w+)"', choices)
    }
    assert kinds == set(Sitting(practice_workspace(), PRACTICE_ASSESSOR).heard)


def test_the_screen_knows_every_part_of_an_answer():
    text = (MODULES / "messages.js").read_text(encoding="utf-8")
    described = text[text.index("@typedef {object} Answer\n") :].split("*/")[0]
    parts = set(re.findall(r"@property \{.+\} \[?(\w+)\]?$", described, re.MULTILINE))
    assert parts == set(ScreenAnswer.__dataclass_fields__)


def test_the_npm_packages_are_locked_with_digests_and_without_addresses_to_fetch_from():
    lock = json.loads((TOOLS / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    assert [name for name, package in packages.items() if "integrity" not in package] == []
    assert [name for name, package in packages.items() if "resolved" in package] == []


def test_at_most_one_line_in_a_hundred_of_the_scripts_is_wide():
    lines = [line for path in SCRIPTS for line in path.read_text(encoding="utf-8").splitlines()]
    wide = [line for line in lines if len(line) > WIDE]
    assert len(wide) <= len(lines) / 100, wide


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_every_export_of_a_script_has_its_sentence(path):
    text = path.read_text(encoding="utf-8")
    bare = re.findall(r"(?<!\*/\n)^export (?:class|function) (\w+)", text, re.MULTILINE)
    assert bare == [], f"{path.name}: write a JSDoc sentence above {bare}."


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_no_conditional_expression_stands_in_another(path):
    text = path.read_text(encoding="utf-8")
    nested = re.findall(r"^\s*[?:] [^;]*\n\s*\? | \? [^,\n]+ : [^,\n]+ \? ", text, re.MULTILINE)
    assert nested == [], f"{path.name}: give the cases a function with `if`."


@pytest.mark.parametrize("path", STYLE_SHEETS, ids=name_of)
def test_no_line_of_a_style_sheet_holds_two_rules_or_two_declarations(path):
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    crowded = [
        line
        for line in text.splitlines()
        if line.count("{") > 1 or line.count(";") > 1 or re.search(r"[{}].*\S", line[:-1])
    ]
    assert crowded == [], f"{Path(path).name}: run `make format`."
