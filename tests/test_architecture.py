"""Which way do the arrows point? Every import of the kit is read from its source."""

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

KIT = Path(__file__).parent.parent / "assessor_kit"
ROWS = (
    {"errors", "lazy_names", "progress", "quick_start"},
    {"files"},
    {"vocabulary"},
    {"tables"},
    {"rules", "papermill_engine"},
    {"sampling", "allocation", "scorers", "moderation", "trends"},
    {"loaders", "store", "charts", "engines"},
    {"feedback"},
    {"journey"},
    {"workbench", "cli"},
    {"__main__"},
)
OWNERS = {
    "altair": "charts",
    "vl_convert": "charts",
    "ipywidgets": "workbench",
    "anywidget": "workbench",
    "papermill": ("feedback", "papermill_engine"),
    "nbconvert": "feedback",
    "sqlalchemy": "store",
    "alembic": "store",
    "cryptography": "store",
    "openpyxl": "loaders",
    "duckdb": "engines",
    "polars": "engines",
    "dask": "engines",
    "distributed": "engines",
    "rapidfuzz": "engines",
    "sklearn": "engines",
    "weasyprint": "feedback",
    "ortools": "allocation",
    "click": "cli",
    "rich": "cli",
    "pysqlite3": "store",
    "psycopg": "store",
    "py_ecc": "sampling",
    "fcntl": "files",
    "msvcrt": "files",
}
PURE = ROWS[5]
NOT_PURE = {"open", "print", "input"}
FILES = sorted(path for path in KIT.rglob("*.py") if path != KIT / "__init__.py")


def room_of(path):
    return path.relative_to(KIT).parts[0].removesuffix(".py")


def row_of(room):
    found = [number for number, rooms in enumerate(ROWS) if room in rooms]
    assert found, (
        f"The room {room} has no row: add it to ROWS in this test, and to the design's list, at the"
        " place where its imports allow."
    )
    return found[0]


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, (
                f"{path.name} imports relatively: write the whole name, `from assessor_kit...`."
            )
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(KIT)))
def test_each_room_imports_only_from_rooms_above_it(path):
    mine = room_of(path)
    for name in imports_of(path):
        parts = name.split(".")
        if parts[0] != "assessor_kit" or parts[1] == mine:
            continue
        assert row_of(parts[1]) < row_of(mine), (
            f"{mine} may not import {name}: move what is shared to a room above {mine}."
        )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(KIT)))
def test_each_library_has_one_owner(path):
    for name in imports_of(path):
        owner = OWNERS.get(name.split(".")[0], room_of(path))
        assert room_of(path) in ([owner] if isinstance(owner, str) else owner), (
            f"{room_of(path)} may not import {name}: ask {owner} for what is needed."
        )


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if room_of(path) in PURE],
    ids=lambda path: str(path.relative_to(KIT)),
)
def test_pure_steps_open_no_file_and_read_no_clock(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called not in NOT_PURE, (
                f"{path.name} calls {called}: data, dates and seeds are arguments of a pure step."
            )
            assert not called.endswith((".now", ".today", ".default_rng", "random.seed")), (
                f"{path.name} calls {called}: take it as an argument."
            )


def test_no_file_has_an_empty_name():
    for path in FILES:
        assert path.stem not in {
            "utils",
            "helpers",
            "common",
            "misc",
            "base",
            "manager",
            "core",
        }, f"{path.name}: name it for what it holds."


def module_name(path):
    parts = path.relative_to(KIT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in [*FILES, KIT / "__init__.py"]}


def sub_room_of(module):
    """Return the folder that contains a module; a module at the top of a room is its own."""
    path = MODULES[module]
    folder = ".".join(path.parent.relative_to(KIT.parent).parts)
    is_in_a_sub_room = len(path.parent.relative_to(KIT).parts) > 1
    return folder if is_in_a_sub_room and path.stem != "__init__" else module


def arrows_between_sub_rooms():
    arrows = {}
    for module, path in MODULES.items():
        for name in imports_of(path):
            target = name if name in MODULES else name.rpartition(".")[0]
            if target in MODULES and sub_room_of(target) != sub_room_of(module):
                arrows.setdefault(sub_room_of(module), set()).add(sub_room_of(target))
    return arrows


def circle_in(arrows):
    """Return some circle in the graph as a list of its rooms; an empty list if there is none."""
    done = set()

    def walk(room, way):
        if room in way:
            return way[way.index(room) :]
        if room in done:
            return []
        for target in sorted(arrows.get(room, ())):
            found = walk(target, [*way, room])
            if found:
                return found
        done.add(room)
        return []

    return next((found for room in sorted(arrows) if (found := walk(room, []))), [])


def test_no_room_and_no_sub_room_is_part_of_a_circle():
    found = circle_in(arrows_between_sub_rooms())
    assert not found, f"{' -> '.join(found)} is a circle: move what both need to a room below them."


def test_a_planted_circle_is_found():
    assert circle_in({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c"]
    assert circle_in({"a": {"b", "c"}, "b": {"c"}}) == []


def test_no_folder_is_crowded():
    held = Counter(
        path.parent for path in KIT.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    )
    for folder, files in held.items():
        assert files <= 20, (
            f"{folder.relative_to(KIT.parent)} holds {files} files: which sub-rooms would a newcomer "
            "look for?"
        )


def names_brought_in(path):
    """Return the names that a module imports from libraries, not from the kit."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and not node.module.startswith("assessor_kit"):
            yield from (alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.asname or alias.name).split(".")[0] for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(KIT)))
def test_nobody_gets_a_library_through_another_module(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom) or node.module not in MODULES:
            continue
        brought_in = set(names_brought_in(MODULES[node.module]))
        for alias in node.names:
            assert alias.name not in brought_in, (
                f"{path.name} takes {alias.name} from {node.module}, which only imports it: ask for "
                "what is needed, or import the library where it may be."
            )


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if room_of(path) not in {"store", "engines"}],
    ids=lambda path: str(path.relative_to(KIT)),
)
def test_only_the_store_runs_statements_on_the_database(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            called = ast.unparse(node.func)
            assert called not in {"connection.execute", "transaction.execute"}, (
                f"{path.name} calls {called}: ask the store for what is needed."
            )


def fresh(code):
    return subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()


def test_importing_the_kit_disables_no_library():
    code = (
        "import sys, assessor_kit, assessor_kit.charts, assessor_kit.feedback\n"
        "print(*[name for name, module in sys.modules.items() if module is None])"
    )
    assert fresh(code) == []


def test_dir_shows_the_public_names_and_only_these():
    for package in ("assessor_kit", "assessor_kit.charts", "assessor_kit.feedback"):
        code = f"import {package} as kit; print(*dir(kit), '|', *sorted(kit.__all__))"
        shown, public = " ".join(fresh(code)).split(" | ")
        assert shown == public


def test_only_our_own_processes_leave_out_slow_imports():
    code = (
        "import sys\n"
        "from assessor_kit.quick_start import allow_slow_imports, leave_out_slow_imports\n"
        "leave_out_slow_imports(); print('rfc3987_syntax' in sys.modules)\n"
        "allow_slow_imports(); print('rfc3987_syntax' in sys.modules)"
    )
    assert fresh(code) == ["True", "False"]
