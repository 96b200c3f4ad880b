"""A process that reads a file can harm nobody, and if it dies, the next file is read."""

import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from made_files import activity, flat_sheet, workbook

from assessor_kit.errors import UnusableFile, WrongYear
from assessor_kit.loaders import LoadedReturns, Readers, ReceivedFile
from assessor_kit.loaders.process.messages import packed, unpacked
from assessor_kit.rules import load_rules

RULES = load_rules("iet", 2016)
GOOD = ReceivedFile(
    file="good.csv", data=b"member_no,title,started_on,hours\nX0001,Talk,2016-03-01,1\n"
)
WRITTEN = Path(tempfile.gettempdir()) / "assessor-kit-must-not-be-written"
CHILD = """
import sys
from assessor_kit.loaders.process import reader_process as reading_process
def read(data, *, file):
    exec(data.decode(), {})
reading_process.seconds_for = lambda data: 1
reading_process.READ["returns"] = lambda data, *, file, **options: read(data, file=file)
reading_process.main()
"""


@pytest.fixture
def careless(monkeypatch):
    """Return readers that run what a file says, as if a parser had been taken over.

    Only the limits of the process are left to stop it.
    """
    popen = subprocess.Popen
    monkeypatch.setattr(
        subprocess,
        "Popen",
        lambda _words, **options: popen([sys.executable, "-B", "-c", CHILD], **options),
    )
    with Readers("returns", processes=1, rules=RULES) as made:
        yield made


def outcome(readers, code):
    _, result = next(readers.read([ReceivedFile(file="evil", data=code.encode())]))
    assert isinstance(result, UnusableFile)
    return result.found


def test_good_files_are_read_in_the_order_given():
    files = [
        ReceivedFile(file=f"{number}.csv", data=GOOD.data.replace(b"X0001", b"X%04d" % number))
        for number in range(40)
    ]
    with Readers("returns", processes=2, rules=RULES) as readers:
        assert [result.returns[0].member_no for _, result in readers.read(files)] == [
            f"X{number:04d}" for number in range(40)
        ]


@pytest.mark.skipif(sys.platform == "win32", reason="limits of the operating system")
@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("while True: pass", "too long"),
        ("held = bytearray(300 * 2**20)", "too much memory"),
        ("import os; os.kill(os.getpid(), 9)", "was stopped"),
        ("import os; os.write(1, b'rubbish'); raise SystemExit", "was stopped"),
        ("1 / 0", "was stopped"),
        ("import sys; sys.setrecursionlimit(10**6)\ndef f(): f()\nf()", ""),
        ("def f(): f()\nf()", "nested too deeply"),
        (f"open({str(WRITTEN)!r}, 'w').write('x' * 10)", "was stopped"),
    ],
)
def test_whatever_a_reading_process_dies_of_the_next_file_is_read(
    careless, monkeypatch, code, said
):
    monkeypatch.setattr("assessor_kit.loaders.process.readers.MOST_WAIT_SECONDS", 30.0)
    assert said in outcome(careless, code)
    assert "was stopped" in outcome(careless, "raise SystemExit")  # a process is there again
    assert not WRITTEN.exists() or WRITTEN.read_text() == ""


def test_a_process_that_never_answers_is_stopped(careless, monkeypatch):
    monkeypatch.setattr("assessor_kit.loaders.process.readers.MOST_WAIT_SECONDS", 1.0)
    assert "too long" in outcome(careless, "import time; time.sleep(600)")


def test_a_reading_process_knows_no_secret_of_its_owner(careless, monkeypatch):
    monkeypatch.setenv("ASSESSOR_KIT_DATABASE", "postgresql://user:secret@host/db")
    code = (
        "import os\nfrom assessor_kit.errors import UnusableFile\nraise UnusableFile('"
        " '.join(os.environ))"
    )
    assert "ASSESSOR_KIT" not in outcome(careless, code)


def test_an_answer_that_is_no_json_is_not_believed(monkeypatch):
    popen = subprocess.Popen
    taken_over = CHILD.replace(
        "reading_process.main()",
        "reading_process.packed = lambda result:"
        " b'\\x80\\x04cos\\nsystem\\n'\nreading_process.main()",
    )
    monkeypatch.setattr(
        subprocess,
        "Popen",
        lambda _words, **options: popen([sys.executable, "-B", "-c", taken_over], **options),
    )
    with Readers("returns", processes=1, rules=RULES) as readers:
        assert "makes no sense" in outcome(readers, "pass")


def test_a_process_makes_room_for_a_fresh_one_after_many_files(monkeypatch):
    monkeypatch.setattr("assessor_kit.loaders.process.readers.FILES_PER_PROCESS", 3)
    with Readers("returns", processes=1, rules=RULES) as readers:
        seen = set()
        for _, result in readers.read([GOOD] * 7):
            assert isinstance(result, LoadedReturns)
            seen.add(readers.all[0].process.pid if readers.all[0].process else None)
        assert len(seen) >= 2


def test_nothing_is_left_running():
    threads_before = set(threading.enumerate())
    with Readers("returns", processes=2, rules=RULES) as readers:
        list(readers.read([GOOD] * 4))
        processes = [one.process for one in readers.all if one.process]
    assert processes
    assert all(process.poll() is not None for process in processes)
    assert not [one for one in threading.enumerate() if one not in threads_before]


def test_the_importing_process_loads_no_reader_of_documents(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(workbook(flat_sheet(activity())))
    code = (
        "import sys, json\nfrom pathlib import Path\nfrom assessor_kit import journey\nfrom"
        f" assessor_kit.store import Workspace\nplace = Path({str(tmp_path)!r})\ndone ="
        " journey.import_returns(Workspace.create(place / 'w'), [place / 'a.xlsx'],"
        " cpd_year=2016)\nprint(json.dumps([done.returns, sorted({'openpyxl', 'docx',"
        " 'pdfplumber', 'lxml', 'zipfile_deflate'} & set(sys.modules))]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    assert json.loads(done.stdout) == [1, []]


@pytest.mark.parametrize("kind", [UnusableFile, WrongYear])
def test_a_refusal_travels_whole(kind):
    sent = kind("found", where="where", expected="expected", advice="advice")
    arrived = unpacked(packed(sent))
    assert type(arrived) is kind
    assert vars(arrived) == vars(sent)
