"""Every command, with every trouble that a machine can make: a sentence, never a traceback.

With --json standard output holds the one object with all keys of the command, and nothing else.
"""

import contextlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from rights import bound_by_permissions
from seasons import save, small_season

from assessor_kit.cli import main, servers
from assessor_kit.cli.command import TABLE_FORMATS
from assessor_kit.cli.mail.letters import TO_MEMBERS
from assessor_kit.cli.program import every_command
from assessor_kit.feedback.document import pdf_file
from assessor_kit.store import raise_in_confidence
from assessor_kit.store.database import connections, write_lock

KEYS = {name: command.keys for name, command in every_command()}
YEAR = ("--cpd-year", "2016")
REGISTER = "{out}/register.csv"
# What each command is called with, so that it is the trouble that it meets.
SEED_FROM = "dice, 12 rolls, on 2030-01-15 12:00 before Ann Lee and Bo Day"
WORDS = {
    "init": (),
    "import register": (REGISTER,),
    "import opt-ins": (REGISTER,),
    "import declarations": (REGISTER, *YEAR),
    "import assessors": (REGISTER,),
    "import circumstances": (REGISTER,),
    "import responses": (REGISTER, *YEAR),
    "import returns": (REGISTER, *YEAR),
    "template": ("{out}/template.xlsx", *YEAR, "--scheme", "iet"),
    "frame": YEAR,
    "commit-draw": (*YEAR, "--size", "1", "--seed-from", SEED_FROM),
    "record-publishing": ("2016-1", "--by", "Ann Lee", "--where", "our page"),
    "withdraw-commitment": ("2016-1", "--reason", "a mistake"),
    "draw": (*YEAR, "--size", "1", "--seed", "s"),
    "draw-record": YEAR,
    "call-reserve": ("X0001", "--because", "died", *YEAR),
    "verify-draw": ("D1",),
    "allocate": (*YEAR, "--seed", "s"),
    "reallocate": ("--assessor", "A1", "--started", *YEAR),
    "score": YEAR,
    "status": YEAR,
    "letters plan": YEAR,
    "letters due": YEAR,
    **{f"letters {kind}": YEAR for kind in TO_MEMBERS},
    "letters feedback": YEAR,
    "letters note": (*YEAR, "--subject", "Hello", "--text", REGISTER, "--by", "Ada"),
    "letters preview": ("reminder", *YEAR),
    "letters test": (
        *("reminder", *YEAR, "--to", "me@example.org", "--by", "Ada"),
        *("--smtp", "127.0.0.1:9", "--sender", "cpd@example.org"),
    ),
    "letters templates": ("--copy", "reminder"),
    "outbox list": YEAR,
    "outbox show": ("0123456789abcdef",),
    "outbox send": (*YEAR, "--dry-run", "{out}/mail"),
    "outbox cancel": (*YEAR, "--all", "--by", "Ada", "--reason", "a trial"),
    "outbox put-back": (*YEAR, "--all", "--by", "Ada"),
    "outbox postpone": (*YEAR, "--all", "--by", "Ada", "--not-before", "2030-01-01"),
    "outbox first": (*YEAR, "--all", "--by", "Ada"),
    "outbox settle": ("0123456789abcdef", "sent", "--by", "Ada"),
    "outbox posted": ("{out}/register.csv", "--by", "Ada"),
    "outbox bounces": ("{out}/register.csv",),
    "lab": (),
    "app": ("--assessor", "A1", "--no-browser"),
    "pack": ("A1", "{out}/pack"),
    "open-pack": ("{out}/register.csv",),
    "hand-in": ("{out}/hand-in",),
    "merge": ("{out}/register.csv",),
    "token": ("A1",),
    "admit": ("A1",),
    "dismiss": ("A1",),
    "raised": (),
    "told": (),
    "moderate list": YEAR,
    "moderate select": (*YEAR, "--share", "100%", "--seed", "s", "--by", "Ada"),
    "moderate withdraw": ("R-r2", "--because", "no room", "--by", "Ada"),
    "moderate take": ("R-r2", "--side", "first", "--because", "so", "--by", "Ada"),
    "moderate answer": (
        *("R-r2", "--about", "second-look", "--answer", "stands"),
        *("--because", "so", "--by", "Ada"),
    ),
    "moderate fresh": ("R-r2", "--to", "A2", "--because", "an appeal", "--by", "Ada"),
    "feedback render": YEAR,
    "feedback approve": (*YEAR, "--by", "Staff"),
    "feedback release": YEAR,
    "feedback recall": ("D1",),
    "feedback send": (*YEAR, "--dry-run", "{out}/mail"),
    "feedback outbox": YEAR,
    "feedback bounces": ("{out}/register.csv",),
    "feedback example": (*YEAR, "--member", "X0001", "--withdraw"),
    "feedback board": YEAR,
    "waiting": YEAR,
    "notes list": YEAR,
    "notes write": ("R-r2", "--what", "Look.", "--by", "Ada"),
    "notes answer": ("n1", "--what", "Yes.", "--by", "Ada"),
    "returns waiting": YEAR,
    "returns use": ("R-r2", "--by", "Ada"),
    "rounds list": YEAR,
    "rounds remind": (*YEAR, "--by", "Ada"),
    "rounds extend": ("R-r2", "--until", "2099-01-01", "--by", "Ada"),
    "rounds end": ("R-r2", "--by", "Ada"),
    "query list": YEAR,
    "query record": ("X0001", "--what", "Why?", "--by", "Ada", *YEAR),
    "query review": ("Q-77777", "--to", "A2", "--by", "Ada"),
    "query answer": ("Q-77777", "--what", "So.", "--unchanged", "--by", "Ada"),
    "trends": YEAR,
    "similar": YEAR,
    "erase": ("X0001",),
    "subject-access": ("X0001", "{out}/access"),
    "retention": (),
    "verify-log": (),
    "doctor": (),
    "upgrade": (),
    "backup": ("{out}/backup.zip", "--replace"),
    "backup-keys": ("{out}/keys.json", "--replace"),
    "restore": ("{out}/register.csv",),
    "restore-keys": ("{out}/register.csv",),
    "demo": ("--no-lab",),
}
TROUBLES = {
    "absent": "There is no workspace in",
    "corrupt": "is damaged, or is not a database",
    "locked": "another program holds the database",
    "server down": "the database server cannot be reached",
    "malformed address": "address cannot be read",
    "newer": "newer than this program",
}
# What needs no database that is there, or sets it aside.
ELSEWHERE = {
    "absent": {"init", "open-pack", "restore", "restore-keys", "template", "demo"},
    "corrupt": {"open-pack", "restore", "restore-keys", "template"},
    "locked": {"open-pack", "restore", "restore-keys", "template"},
    "server down": {"open-pack", "restore", "restore-keys", "template", "demo"},
    "malformed address": {"open-pack", "restore", "restore-keys", "template", "demo"},
    "newer": {"open-pack", "restore", "restore-keys", "template"},
}
LONG = {("absent", "demo"), ("server down", "demo"), ("malformed address", "demo")}
# What a database that may only be read still answers.
READERS = (
    "status",
    "frame",
    "draw-record",
    "reallocate",  # there is nothing to be moved
    "moderate list",
    "raised",
    "told",
    "waiting",
    "notes list",
    "returns waiting",
    "rounds list",
    "query list",
    "trends",
    "similar",
    "upgrade",
    "retention",
    "verify-log",
    "doctor",
    "feedback outbox",
    "letters plan",
    "letters preview",
    "outbox list",
    "backup",
    "backup-keys",
    "template",
)
# A demonstration takes long; the processes that render have the rights of whoever starts them.
MADE_ELSEWHERE = {"demo", "feedback render"}
IN_STEP = [(trouble, name) for trouble in TROUBLES for name in KEYS]


def called(name, out):
    return [*name.split(), *(word.format(out=out) for word in WORDS[name])]


def told(capsys, *words):
    """(exit status, the one JSON object, standard error) of a command in this process."""
    capsys.readouterr()
    status = main([*map(str, words), "--json"])
    out, err = capsys.readouterr()
    assert "Traceback" not in err, err
    assert out.count("\n") == 1, out
    return status, json.loads(out), err


@pytest.fixture(scope="module")
def out():
    """A folder that every account may write to, with a file for what wants one."""
    folder = Path(tempfile.mkdtemp(prefix="kit-troubles-"))
    folder.chmod(0o777)
    (folder / "register.csv").write_text("member_no\n", encoding="utf-8")
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    season = small_season(tmp_path_factory.mktemp("sound") / "w")
    save(season, event="e1", return_id="r2", submitted=True)
    return season.folder


@pytest.fixture(scope="module")
def troubled(sound, tmp_path_factory):
    """The workspace's folder and the environment of each trouble, made once."""
    folders = {name: tmp_path_factory.mktemp("troubled") / "w" for name in TROUBLES}
    for folder in folders.values():
        shutil.copytree(sound, folder)
    for beside in folders["absent"].glob("assessor.db*"):
        beside.unlink()
    for beside in folders["corrupt"].glob("assessor.db*"):
        beside.write_bytes(b"not a database" * 1000)
    with contextlib.closing(sqlite3.connect(folders["newer"] / "assessor.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    addresses = {
        "server down": "postgresql://n@127.0.0.1:9/none",
        "malformed address": "postgres//nowhere:none",
    }
    return {name: (folder, addresses.get(name)) for name, folder in folders.items()}


@pytest.fixture(scope="module")
def holder(troubled):
    """Another program that holds the database of `locked` and lets nobody read either."""
    script = (
        "import sqlite3, sys, time\n"
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "connection.execute('PRAGMA locking_mode=EXCLUSIVE')\n"
        "connection.execute('BEGIN EXCLUSIVE')\n"
        "print('held', flush=True)\n"
        "time.sleep(600)"
    )
    command = [sys.executable, "-c", script, str(troubled["locked"][0] / "assessor.db")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"held\n"
        yield
        process.kill()


@pytest.fixture
def impatient(monkeypatch):
    """Nobody waits half a minute for a lock here, and no server is started."""
    monkeypatch.setattr(write_lock, "PATIENCE", 0.02)
    monkeypatch.setattr(connections, "PATIENCE", 0.02)
    monkeypatch.setattr(servers.Server, "run", lambda _self: None)
    monkeypatch.setenv("ASSESSOR_KIT_WORKSPACE", "")


def test_every_command_is_walked():
    assert set(WORDS) == set(KEYS), "Say in WORDS what a new command is called with."


@pytest.mark.usefixtures("holder", "impatient")
@pytest.mark.parametrize(("trouble", "name"), [one for one in IN_STEP if one not in LONG])
def test_no_command_meets_a_trouble_of_the_database_with_a_traceback(
    troubled, out, monkeypatch, capsys, trouble, name
):
    folder, address = troubled[trouble]
    if address:
        monkeypatch.setenv("ASSESSOR_KIT_DATABASE", address)
    if name in ELSEWHERE[trouble]:
        folder = out / f"new for {trouble} {name}"
    status, answer, said = told(capsys, *called(name, out), "--workspace", folder)
    assert set(answer) - {"error"} == set(KEYS[name])
    if name in ELSEWHERE[trouble]:
        assert TROUBLES[trouble] not in said
        return
    if name == "doctor":
        assert status == 1
        assert TROUBLES[trouble] in answer["checks"][-1]["advice"]
        return
    assert status == 2, said
    assert TROUBLES[trouble] in answer["error"]
    assert answer["error"] in said


@pytest.fixture(scope="module")
def kept_shut(sound):
    """A workspace that the account at work may read and not write, wherever tests run."""
    home = Path(tempfile.mkdtemp(prefix="kit-read-only-"))
    folder = home / "w"
    shutil.copytree(sound, folder)
    inside = [home, folder, *folder.rglob("*")]
    for path in inside:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield folder
    for path in inside:
        path.chmod(0o755)
    shutil.rmtree(home)


@pytest.fixture
def bound():
    with bound_by_permissions():
        yield


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
@pytest.mark.usefixtures("bound", "impatient")
@pytest.mark.parametrize("name", [name for name in KEYS if name not in MADE_ELSEWHERE])
def test_a_database_that_may_only_be_read_is_read_and_writing_is_refused(
    kept_shut, out, capsys, name
):
    before = sorted(kept_shut.rglob("*"))
    status, answer, said = told(capsys, *called(name, out), "--workspace", kept_shut)
    if name in READERS:
        assert status < 2, said
    else:
        assert "error" in answer or answer["rejected"]
    assert sorted(kept_shut.rglob("*")) == before


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
@pytest.mark.usefixtures("bound", "impatient")
@pytest.mark.parametrize("name", ["token", "allocate", "score"])
def test_the_refusal_says_that_reading_is_allowed(kept_shut, out, capsys, name):
    _, answer, _ = told(capsys, *called(name, out), "--workspace", kept_shut)
    assert (
        f"{kept_shut / 'assessor.db'}: the database may be read here and not written"
        in (answer["error"])
    )


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
@pytest.mark.usefixtures("bound", "impatient")
@pytest.mark.parametrize("name", ["lab", "app"])
def test_a_screen_without_a_home_to_write_to_says_so(sound, kept_shut, capsys, monkeypatch, name):
    monkeypatch.setenv("HOME", str(kept_shut.parent))
    for variable in ("JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    status, answer, _ = told(capsys, *called(name, "x"), "--workspace", sound)
    assert status == 2
    assert "JUPYTER_RUNTIME_DIR" in answer["error"]


@pytest.mark.parametrize("name", KEYS)
def test_ctrl_c_is_answered_with_a_sentence(sound, out, capsys, monkeypatch, name):
    def stopped(*_arguments, **_options):
        raise KeyboardInterrupt

    command = dict(every_command())[name]
    monkeypatch.setattr(command, "callback", stopped)
    status, answer, said = told(capsys, *called(name, out), "--workspace", sound)
    assert (status, set(answer)) == (1, {*KEYS[name], "error"})
    assert answer["error"].startswith("Stopped.")
    assert answer["error"] in said


@pytest.fixture
def closed_pipe(monkeypatch):
    """Standard output whose reader has gone, as behind `| head`."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w", encoding="utf-8") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        yield


@pytest.mark.usefixtures("closed_pipe", "impatient")
@pytest.mark.parametrize("name", KEYS)
def test_a_reader_who_has_gone_is_no_fault_of_any_command(troubled, out, capsys, name):
    folder, _ = troubled["newer"]
    place = out / f"piped {name}" if name in ELSEWHERE["newer"] else folder
    status = main([*called(name, out), "--json", "--workspace", str(place)])
    assert status in {0, 1, 2}
    assert not {"Traceback", "BrokenPipe"} & set(capsys.readouterr().err.split())


@pytest.mark.parametrize("name", KEYS)
def test_a_name_that_the_output_lacks_letters_for_ends_no_command(monkeypatch, name):
    streams = {}
    for stream in ("stdout", "stderr"):
        streams[stream] = io.TextIOWrapper(io.BytesIO(), encoding="cp1252", write_through=True)
        monkeypatch.setattr(sys, stream, streams[stream])
    status = main([*name.split(), "--Dvořák", "--json"])
    out, err = (streams[one].buffer.getvalue().decode("cp1252") for one in streams)
    assert status == 2
    assert "Dvořák" in json.loads(out)["error"]
    assert "Dvo\\u0159ák" in err


@pytest.mark.parametrize(
    ("name", "form"), [*(("raised", form) for form in TABLE_FORMATS), ("status", "table")]
)
def test_a_person_whose_name_the_output_lacks_letters_for_ends_nothing(
    tmp_path, monkeypatch, name, form
):
    season = small_season(tmp_path / "w")
    raise_in_confidence(season, "r1", assessor_id="A1", words="Ask Dvořák.", event_id="e1")
    stream = io.TextIOWrapper(io.BytesIO(), encoding="cp1252", write_through=True)
    monkeypatch.setattr(sys, "stdout", stream)
    words = [*name.split(), *WORDS[name], "--workspace", str(season.folder)]
    assert main([*words, *(["--format", form] if form != "table" else [])]) == 0
    shown = stream.buffer.getvalue().decode("cp1252")
    assert shown
    if name == "raised":
        assert "Dvo\\u0159ák" in shown


@pytest.fixture
def without_pango(tmp_path, monkeypatch):
    """WeasyPrint as it is without Pango: it prints a banner, and fails."""
    (tmp_path / "weasyprint").mkdir()
    (tmp_path / "weasyprint" / "__init__.py").write_text(
        "print('-----\\nWeasyPrint could not import some external libraries.')\n"
        "raise OSError('cannot load library')\n",
        encoding="utf-8",
    )
    for module in [one for one in sys.modules if one.split(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.syspath_prepend(tmp_path)
    forget = pdf_file._weasyprint.cache_clear  # noqa: SLF001  (it is kept for a whole process)
    forget()
    yield
    forget()


@pytest.mark.usefixtures("without_pango")
@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (("feedback", "render", *YEAR, "--format", "pdf"), 2, "Pango"),
        (("feedback", "board", *YEAR), 0, ""),
        (("doctor",), 1, "Pango"),
    ],
)
def test_without_pango_standard_output_is_still_the_one_object(
    sound, capsys, words, status, sentence
):
    found, answer, _ = told(capsys, *words, "--workspace", sound)
    assert found == status
    assert sentence in json.dumps(answer)


def test_processes_of_their_own_say_the_same(troubled):
    """All at once, as each takes its time to start; the held database is in the walk alone."""
    running = {
        trouble: subprocess.Popen(
            [sys.executable, "-m", "assessor_kit", "verify-log", "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                "ASSESSOR_KIT_WORKSPACE": str(troubled[trouble][0]),
                "ASSESSOR_KIT_DATABASE": troubled[trouble][1] or "",
            },
        )
        for trouble in TROUBLES
        if trouble != "locked"
    }
    for trouble, process in running.items():
        out, err = process.communicate(timeout=120)
        assert process.returncode == 2
        assert TROUBLES[trouble] in json.loads(out)["error"]
        assert "Traceback" not in err
