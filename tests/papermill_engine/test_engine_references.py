"""Does our papermill engine treat special cells and messages as papermill's own does?

Such as marked cells, allowed errors and comms. The notebooks here are of the kinds that nbclient
keeps with the outputs they must have. Its own notebooks are not in its wheel: name the folder of
its unpacked source distribution in $NBCLIENT_SOURCE, and they are run as well.
"""

import json
import os
import re
import threading
from pathlib import Path
from xml.etree.ElementTree import canonicalize

import nbformat
import pytest
from executed import joined, notebook_of, put_out
from nbconvert.filters import strip_ansi
from nbformat.v4 import new_code_cell, new_markdown_cell
from papermill.engines import papermill_engines
from papermill.iorw import load_notebook_node

ALLOWED = {"allow_errors": True}
INTERRUPTED = {"execution_timeout": 2, "interrupt_on_timeout": True, "allow_errors": True}
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
ATTACHED = {"picture.png": {"image/png": PICTURE}}
COMMS = (
    (
        "from comm import create_comm\nfirst = create_comm(target_name='assessor', data={'opened':"
        " 1}, metadata={'m': [1, None]})\nlen(first.comm_id)"
    ),
    (
        "first.send({'n': 1}); first.send(data={'bytes': True}, buffers=[b'\\x00\\xff',"
        " memoryview(b'abc')])\n'sent'"
    ),
    (
        "heard = []\nfirst.on_msg(heard.append); first.on_close(lambda message:"
        " heard.append('closed'))\nfirst.close()\nheard"
    ),
    (
        "get_ipython().kernel.comm_manager.register_target('assessor', lambda comm, message:"
        " comm.send({'answer': 1}))\n'registered'"
    ),
)
LATE = (
    "import asyncio\nasync def late():\n    await asyncio.sleep(0.2)\n    print('late')\ntask ="
    " asyncio.create_task(late())"
)
ASKS = "try:\n    input()\nexcept Exception as e:\n    print(type(e).__name__)"
# Each: cells (source, or source with a tag), then the engine's options.
KINDS = {
    "errors that are allowed": (
        ["1 / 0", "print('goes on')", "raise KeyError('k')", "'last'"],
        ALLOWED,
    ),
    "a syntax error that is allowed": (["def f(:\n    pass", "1", "%nosuchmagic", "2"], ALLOWED),
    "errors that a tag allows": (
        [
            ("raise ValueError('expected')", "raises-exception"),
            "print('after')",
            ("1", "raises-exception"),
            "'last'",
        ],
        {},
    ),
    "an error that no tag allows": ([("1 / 0", "raises-exception"), "1 / 0", "print('never')"], {}),
    "cells that a tag leaves out": (
        [
            "a = 1",
            ("a = 2\nprint('left out')", "skip-execution"),
            "a",
            ("1 / 0", "skip-execution"),
            "'last'",
        ],
        {},
    ),
    "a cell that takes too long and is interrupted": (
        ["print('before')", "import time\ntime.sleep(60)", "print('goes on')"],
        INTERRUPTED,
    ),
    "a loop that is interrupted": (["while True:\n    pass", "'after'"], INTERRUPTED),
    "comms": (list(COMMS), {}),
    "a page with attachments": (["'beside it'"], {}),
    "large outputs": (
        [
            "print('x' * 3_000_000)",
            "for number in range(20_000):\n    print(number)",
            "'y' * 2_000_000",
            "list(range(3000))",
            "from IPython.display import HTML\nHTML('<p>' + 'z' * 1_000_000 + '</p>')",
        ],
        {},
    ),
    "many outputs of a cell": (
        [
            (
                "from IPython.display import display\n"
                "for number in range(300):\n    display(number)\n    print(number)"
            )
        ],
        {},
    ),
    "every letter": (
        [
            "print('☃ é \\x7f \\U0001f469\\u200d\\U0001f52c \\u202e')",
            "'☃', 'é', 'ß'",
            "ÄÖ = 'a name'; ÄÖ",
            "raise ValueError('ünï ☃')",
        ],
        ALLOWED,
    ),
    "arithmetic": (
        ["i, j = 1, 1", "for m in range(10):\n    i, j = j, i + j\n    print(j)", "2 ** 4000"],
        {},
    ),
    "drawings": (
        [
            (
                'from IPython.display import SVG\nSVG(\'<svg xmlns="http://www.w3.org/2000/svg"'
                ' width="10" height="10"><rect width="10" height="10"/></svg>\')'
            ),
            (
                "from IPython.display import Image\nimport"
                f" base64\nImage(data=base64.b64decode({PICTURE!r}), width=5, metadata={{'alt': 'a"
                " dot'})"
            ),
            "from IPython.display import Latex, Math\nMath('y')",
            "Latex('$z$')",
        ],
        {},
    ),
    "one display in several cells": (
        [
            "from IPython.display import display\ndisplay('one', display_id='here')",
            "display('two', display_id='here')",
            "display('three', display_id='here', update=True)",
            "display('other', display_id='there')",
            "display({'text/plain': 'four'}, raw=True, display_id='here', update=True)",
        ],
        {},
    ),
    "history": (
        [
            "a = 1",
            "%history",
            "In",
            "get_ipython().history_manager.hist_file",
            "sorted(Out)",
            "%history -g a",
            "%recall 1",
            "get_ipython().history_manager.session_number",
            "list(get_ipython().history_manager.get_tail(3))",
        ],
        {},
    ),
    "tasks that print later": ([LATE, "await asyncio.sleep(0.5)", "'done'"], {}),
    "threads that print": (
        [
            (
                "import threading\nt = threading.Thread(target=lambda: print('from a thread'));"
                " t.start(); t.join()"
            ),
            "'done'",
        ],
        {},
    ),
    "leaving with nothing": (["print('a')", "import sys\nsys.exit()", "print('never')"], {}),
    "leaving with a text": (["import sys\nsys.exit('a reason')", "print('never')"], {}),
    "questions": ([ASKS, ASKS.replace("input()", "import getpass; getpass.getpass()")], {}),
}


def made_notebook(name):
    cells, _ = KINDS[name]
    notebook = notebook_of([cell if isinstance(cell, str) else cell[0] for cell in cells])
    for made, cell in zip(notebook.cells[1:], cells, strict=True):
        made.metadata["tags"] = [] if isinstance(cell, str) else [cell[1]]
    if "attachments" in name:
        notebook.cells += [
            new_markdown_cell(
                "![picture](attachment:picture.png)", id="attached", attachments=ATTACHED
            ),
            new_code_cell("", id="empty"),
        ]
    return notebook


def run_by(engine, notebook, folder, **options):
    """Run a notebook as papermill does, without raising the error at the end."""
    path = str(folder / f"{engine}.ipynb")
    nbformat.write(notebook, path)
    return papermill_engines.execute_notebook_with_engine(
        engine,
        load_notebook_node(path),
        kernel_name="python3",
        input_path=path,
        output_path=path,
        progress_bar=False,
        log_output=False,
        **options,
    )


@pytest.mark.parametrize("name", KINDS)
def test_outputs_are_those_of_papermills_own_engine(name, tmp_path, monkeypatch):
    # where it is set, ipykernel does not catch what other programs write
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    stock, made = (
        run_by(engine, made_notebook(name), tmp_path, **KINDS[name][1])
        for engine in ("nbclient", "assessor-kit")
    )
    assert put_out(made) == put_out(stock)


def test_two_notebooks_that_wait_for_each_other_run_at_once(tmp_path, monkeypatch):
    monkeypatch.setenv("MEETING", str(tmp_path))
    meet = (
        "import os, time, pathlib\nplace = pathlib.Path(os.environ['MEETING'])\n(place /"
        " {mine!r}).touch()\nwhile not (place / {other!r}).exists(): time.sleep(0.05)\n{mine!r}"
    )
    made = {}

    def run(mine, other):
        folder = tmp_path / f"of_{mine}"
        folder.mkdir()
        made[mine] = run_by(
            "assessor-kit",
            notebook_of([meet.format(mine=mine, other=other)]),
            folder,
            execution_timeout=60,
        )

    threads = [threading.Thread(target=run, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {
        mine: notebook.cells[1].outputs[0].data["text/plain"] for mine, notebook in made.items()
    } == {"a": "'a'", "b": "'b'"}


SOURCE = Path(os.environ.get("NBCLIENT_SOURCE", "nowhere")) / "tests"
OPTIONS = {
    "Interrupt": {"execution_timeout": 3, "interrupt_on_timeout": True, "allow_errors": True},
    "Skip Exceptions": ALLOWED,
}
# Those that its own test of reference outputs runs; the others are about dying kernels and the
# like, and have tests of their own here.
REFERENCES = (
    "Other Comms",
    "Clear Output",
    "Empty Cell",
    "Factorials",
    "HelloWorld",
    "Inline Image",
    "Interrupt",
    "JupyterWidgets",
    "Skip Exceptions with Cell Tags",
    "Skip Exceptions",
    "Skip Execution with Cell Tag",
    "SVG",
    "Unicode",
    "UnicodePy3",
    "update-display-id",
    "Check History in Memory",
)


# kept with fewer lines around an error than today's IPython shows, on any engine
OF_ANOTHER_IPYTHON = {"Skip Exceptions with Cell Tags"}
PLACES = (
    (r"0x[0-9a-f]+", "ADDRESS"),
    (r"(Input In |Cell In|<ipython-input-)[^\n]*?(?=\n|$)", "PLACE"),
    (r"File [^\n]*?ipykernel_[^\n]*", "PLACE"),
)


def told(cell):
    """Return a cell's number and outputs, as nbclient compares them.

    What changes with the version of IPython, or from run to run, is left out.
    """
    outputs = []
    for output in joined(cell.get("outputs", [])):
        data = {
            kind: (
                canonicalize(shown, strip_text=True)
                if kind == "image/svg+xml"
                else "".join(shown.split())
                if kind.startswith("image/")
                else shown
            )
            for kind, shown in output.get("data", {}).items()
        }
        if "application/vnd.jupyter.widget-view+json" in data:
            data["application/vnd.jupyter.widget-view+json"]["model_id"] = "ID"
        text = json.dumps(
            [
                output.output_type,
                output.get("name"),
                output.get("text"),
                data,
                output.get("ename"),
                output.get("evalue"),
            ],
            sort_keys=True,
        ) + "\n".join(output.get("traceback", []))
        for pattern, word in PLACES:
            text = re.sub(pattern, word, strip_ansi(text))
        outputs.append(text)
    return cell.get("execution_count"), outputs


@pytest.mark.skipif(
    not SOURCE.is_dir(), reason="$NBCLIENT_SOURCE names no unpacked source distribution of nbclient"
)
@pytest.mark.parametrize("name", REFERENCES)
def test_nbclients_own_notebooks_come_out_as_it_keeps_them(name, tmp_path, monkeypatch):
    for variable, size in (("COLUMNS", "80"), ("LINES", "24")):
        monkeypatch.setenv(variable, size)
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    monkeypatch.chdir(SOURCE / "files")
    kept, made = nbformat.read(SOURCE / "files" / f"{name}.ipynb", as_version=4), {}
    for engine in ("nbclient", "assessor-kit"):
        clean = nbformat.read(SOURCE / "files" / f"{name}.ipynb", as_version=4)
        clean.nbformat_minor = 5  # the first in which cells have names
        for place, cell in enumerate(clean.cells):
            cell |= {
                "id": f"cell-{place}",
                **({"outputs": [], "execution_count": None} if cell.cell_type == "code" else {}),
            }
        made[engine] = run_by(engine, clean, tmp_path, **OPTIONS.get(name, {}))
    stock, ours, wanted = (
        [told(cell) for cell in notebook.cells]
        for notebook in (made["nbclient"], made["assessor-kit"], kept)
    )
    assert ours == wanted or (name in OF_ANOTHER_IPYTHON and stock != wanted)
    assert put_out(made["assessor-kit"]) == put_out(made["nbclient"])
