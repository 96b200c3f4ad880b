"""What whoever uses the kit from Python is told when the database is in trouble."""

import contextlib
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest
from rights import bound_by_permissions
from seasons import save, small_season
from server import server

from assessor_kit import tables
from assessor_kit.errors import (
    DatabaseDamaged,
    DatabaseUnavailable,
    InvalidRequest,
    NoSuchWorkspace,
    NotWritten,
    OtherRevision,
    ReadOnly,
)
from assessor_kit.store import Workspace, caseload, current_judgement, read_table
from assessor_kit.store.database import connections, write_lock
from assessor_kit.store.database.addresses import database_place, is_sqlite, shown_address
from assessor_kit.store.database.connections import make_engine, read_transaction
from assessor_kit.store.database.troubles import trouble_of
from assessor_kit.store.upkeep.backup import back_up

POSIX = pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")


def said_of(refused):
    """Every part of the error says something, and where is the database."""
    error = refused.value
    assert error.where
    assert error.found
    assert error.expected
    assert error.advice
    return error.sentence()


@pytest.fixture
def season(tmp_path):
    season = small_season(tmp_path / "w")
    save(season, event="e1", advice="before")
    return season


def database_of(season):
    return season.folder / "assessor.db"


@pytest.fixture
def kept_shut(season):
    """The workspace on a place where nothing may be written."""
    home = Path(tempfile.mkdtemp(prefix="kit-shut-"))
    folder = home / "w"
    season.engine.dispose()
    shutil.copytree(season.folder, folder)
    inside = [folder, *folder.rglob("*")]
    for path in inside:
        path.chmod(0o500 if path.is_dir() else 0o400)
    with bound_by_permissions():
        yield folder
    for path in inside:
        path.chmod(0o700)
    shutil.rmtree(home)


@POSIX
def test_a_database_that_may_only_be_read_is_read(kept_shut):
    season = Workspace.open(kept_shut)
    assert len(caseload(season, "A1")) == 2
    assert current_judgement(season, "r1", assessor_id="A1")[1].advice == "before"
    assert sorted(path.name for path in kept_shut.glob("assessor.db-*")) == ["assessor.db-queue"]


@POSIX
def test_writing_to_a_database_that_may_only_be_read_is_refused(kept_shut):
    season = Workspace.open(kept_shut)
    with pytest.raises(NotWritten, match="may be read here and not written") as refused:
        save(season, 1, event="e2")
    assert str(kept_shut / "assessor.db") in said_of(refused)


@POSIX
def test_what_may_only_be_read_can_be_backed_up_elsewhere(kept_shut, tmp_path):
    assert back_up(Workspace.open(kept_shut), tmp_path / "backup.zip").events == 1
    assert (tmp_path / "backup.zip").is_file()


@POSIX
def test_once_it_may_be_written_again_the_open_workspace_saves(kept_shut):
    season = Workspace.open(kept_shut)
    assert current_judgement(season, "r1", assessor_id="A1")[0] == 1
    for path in (kept_shut, *kept_shut.rglob("*")):
        path.chmod(0o700)
    assert save(season, 1, event="e2") == 2


def created_of(season):
    with read_transaction(season.engine) as connection:
        asked = "SELECT value FROM settings WHERE name = 'created'"
        return connection.exec_driver_sql(asked).scalar()


@POSIX
def test_a_reader_sees_what_somebody_with_more_rights_changes_meanwhile(kept_shut):
    season = Workspace.open(kept_shut)
    assert created_of(season) != "changed"
    kept_shut.chmod(0o700)
    database_of(season).chmod(0o600)
    with contextlib.closing(sqlite3.connect(database_of(season))) as connection:
        connection.execute("UPDATE settings SET value = 'changed' WHERE name = 'created'")
        connection.commit()
    database_of(season).chmod(0o400)
    kept_shut.chmod(0o500)
    assert created_of(season) == "changed"


@POSIX
def test_a_folder_that_may_not_be_written_takes_no_workspace(tmp_path):
    home = tmp_path / "home"
    home.mkdir(mode=0o500)
    with bound_by_permissions(), pytest.raises(NotWritten, match="you may not write") as refused:
        Workspace.create(home / "w")
    assert str(home / "w") in said_of(refused)


@POSIX
def test_a_disk_that_is_full_is_told_to_whoever_saves(season):
    script = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "sys.path[:0] = sys.argv[2:]\n"
        "from seasons import save\n"
        "from assessor_kit.store import Workspace\n"
        "season = Workspace.open(Path(sys.argv[1]))\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "largest = max(path.stat().st_size for path in season.folder.glob('assessor.db*'))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))\n"
        "save(season, 1, event='e2', advice='x' * 2 * largest)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(season.folder), *sys.path],
        capture_output=True,
        text=True,
        check=False,
    )
    told = done.stderr.strip().splitlines()[-1]
    assert told.startswith("assessor_kit.errors.")
    assert "disk" in told
    assert current_judgement(season, "r1", assessor_id="A1")[1].advice == "before"


def test_a_damaged_file_is_told(season):
    season.engine.dispose()
    for beside in season.folder.glob("assessor.db*"):
        beside.write_bytes(b"not a database" * 1000)
    with pytest.raises(DatabaseDamaged, match="is damaged, or is not a database") as refused:
        Workspace.open(season.folder)
    assert "restore" in said_of(refused)


def test_damage_that_is_met_while_reading_is_told(season):
    season.engine.dispose()
    with contextlib.closing(sqlite3.connect(database_of(season))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        root, size = (
            connection.execute(
                "SELECT rootpage FROM sqlite_master WHERE name = 'returns'"
            ).fetchone()[0],
            connection.execute("PRAGMA page_size").fetchone()[0],
        )
    with database_of(season).open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)
    with pytest.raises(DatabaseDamaged) as refused:
        read_table(Workspace.open(season.folder), tables.RETURNS)
    assert str(database_of(season)) in said_of(refused)


def test_a_database_that_another_process_holds_is_told_after_some_patience(season, monkeypatch):
    monkeypatch.setattr(write_lock, "PATIENCE", 0.05)
    monkeypatch.setattr(connections, "PATIENCE", 0.05)
    script = (
        "import sqlite3, sys, time\n"
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "connection.execute('BEGIN IMMEDIATE')\n"
        "print('held', flush=True)\n"
        "time.sleep(60)"
    )
    command = [sys.executable, "-c", script, str(database_of(season))]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        assert len(caseload(season, "A1")) == 2
        with pytest.raises(DatabaseUnavailable, match="another program holds") as refused:
            save(season, 1, event="e2")
        holder.kill()
    assert str(database_of(season)) in said_of(refused)
    assert save(season, 1, event="e2") == 2


def test_a_database_that_is_not_there_is_told_and_not_made(tmp_path):
    for step in (Workspace.open, Workspace.upgrade):
        with pytest.raises(NoSuchWorkspace, match="There is no workspace in"):
            step(tmp_path / "nowhere")
    with pytest.raises(NoSuchWorkspace):
        Workspace.open(
            tmp_path, environment={"ASSESSOR_KIT_DATABASE": f"sqlite:///{tmp_path}/other.db"}
        )
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_goes_while_it_is_open_is_told_and_not_made_anew(season):
    for beside in season.folder.glob("assessor.db*"):
        beside.unlink()
    with pytest.raises(DatabaseUnavailable, match="cannot be opened") as refused:
        save(season, 1, event="e2")
    assert str(database_of(season)) in said_of(refused)
    assert not database_of(season).exists()


def test_a_file_of_another_program_is_told(tmp_path):
    with contextlib.closing(sqlite3.connect(tmp_path / "assessor.db")) as connection:
        connection.execute("CREATE TABLE photographs (name)")
        connection.commit()
    with pytest.raises(NoSuchWorkspace, match="holds no workspace") as refused:
        Workspace.open(tmp_path)
    assert str(tmp_path / "assessor.db") in said_of(refused)


def test_a_database_newer_than_the_program_is_told(season):
    with contextlib.closing(sqlite3.connect(database_of(season))) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    for step in (Workspace.open, Workspace.upgrade, Workspace.create):
        with pytest.raises(OtherRevision, match="newer than this program") as refused:
            step(season.folder)
        assert str(database_of(season)) in said_of(refused)


@pytest.mark.parametrize(
    "url",
    [
        "assessor.db",
        "sqlite://",
        "sqlite:///:memory:",
        "postgres//nowhere",
        "postgresql://user:secret@host:port/name",
        "mysql://user:secret@host/name",
    ],
)
def test_an_address_that_cannot_be_read_is_told_by_whatever_reads_it(tmp_path, url):
    environment = {"ASSESSOR_KIT_DATABASE": url}
    for step in (
        lambda: is_sqlite(url),
        lambda: shown_address(url),
        lambda: make_engine(url, keys=None),
        lambda: Workspace.open(tmp_path, environment=environment),
        lambda: Workspace.create(tmp_path, environment=environment),
    ):
        with pytest.raises(InvalidRequest, match="address cannot be read") as refused:
            step()
        assert "secret" not in str(refused.value)
        assert refused.value.expected
        assert refused.value.advice


def test_an_address_is_shown_without_its_password(tmp_path):
    url = "postgresql://staff:secret@host/scheme"
    assert database_place(url) == "postgresql://staff:***@host/scheme"
    assert database_place(f"sqlite:///{tmp_path / 'assessor.db'}") == str(tmp_path / "assessor.db")


def opened_on(tmp_path, url):
    return Workspace.open(tmp_path, environment={"ASSESSOR_KIT_DATABASE": url})


@pytest.fixture
def closed_port():
    """A port of this machine that nobody listens on."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        yield place.getsockname()[1]


def test_a_server_that_does_not_run_is_told(tmp_path, closed_port):
    url = f"postgresql://staff:secret@127.0.0.1:{closed_port}/scheme"
    with pytest.raises(DatabaseUnavailable, match="server cannot be reached") as refused:
        opened_on(tmp_path, url)
    assert "secret" not in said_of(refused)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda url: url.replace("scheme_staff@", "nobody_here@"), "does not let you in"),
        (lambda url: url.replace("?host", "_not_there?host"), "has no database of this name"),
    ],
)
def test_a_server_that_refuses_a_name_is_told(tmp_path, change, found):
    with pytest.raises(DatabaseUnavailable, match=found) as refused:
        opened_on(tmp_path, change(server().new_database()))
    assert "ASSESSOR_KIT_DATABASE" in said_of(refused)


def test_an_empty_database_of_a_server_holds_no_workspace(tmp_path):
    with pytest.raises(NoSuchWorkspace, match="holds no workspace") as refused:
        opened_on(tmp_path, server().new_database())
    assert "assessor-kit init" in said_of(refused)


def test_a_server_that_breaks_off_is_told_and_serves_the_next_question(tmp_path):
    url = server().new_database()
    Workspace.create(tmp_path, environment={"ASSESSOR_KIT_DATABASE": url})
    season = opened_on(tmp_path, url)
    name = url.split("/")[3].split("?")[0]
    ended = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    with read_transaction(season.engine) as connection:
        connection.exec_driver_sql("SELECT 1")
        server().run(ended)
        with pytest.raises(DatabaseUnavailable, match="broken off") as refused:
            connection.exec_driver_sql("SELECT 1")
        assert said_of(refused)
    assert read_table(season, tables.RETURNS).empty


def test_a_server_that_takes_no_changes_is_told(tmp_path):
    url = server().new_database()
    Workspace.create(tmp_path, environment={"ASSESSOR_KIT_DATABASE": url})
    with (
        read_transaction(opened_on(tmp_path, url).engine) as connection,
        pytest.raises(NotWritten, match="may be read at present and not written") as refused,
    ):
        connection.exec_driver_sql("DELETE FROM settings")
    assert "password" not in said_of(refused)


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (psycopg.errors.DiskFull("no space left"), NotWritten),
        (psycopg.errors.TooManyConnections("too many clients"), DatabaseUnavailable),
        (psycopg.errors.DeadlockDetected("deadlock"), DatabaseUnavailable),
        (psycopg.errors.DataCorrupted("invalid page"), DatabaseDamaged),
        (
            psycopg.errors.FeatureNotSupported(
                "cannot set transaction read-write mode during recovery"
            ),
            ReadOnly,
        ),
        (psycopg.OperationalError("connection failed: fe_sendauth: no password supplied"), None),
    ],
)
def test_what_a_server_answers_rarely_is_told_by_its_code(problem, kind):
    told = trouble_of(problem, where="the server")
    assert type(told) is (kind or DatabaseUnavailable)
    assert told.advice


@pytest.mark.parametrize(
    "problem",
    [
        psycopg.errors.UniqueViolation("twice"),
        psycopg.errors.RaiseException("append-only"),
        psycopg.errors.SyntaxError("near"),
        sqlite3.IntegrityError("UNIQUE constraint failed"),
        sqlite3.OperationalError('near "SELEC": syntax error'),
        ValueError("locked"),
    ],
)
def test_what_is_no_trouble_of_the_database_stays_what_it_is(problem):
    assert trouble_of(problem, where="the database") is None
