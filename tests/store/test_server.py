"""What can an assessor's own connection to the server do, whatever program makes it?"""

import contextlib
import json
import shutil

import psycopg
import pytest
from seasons import MEMBERS, judgement, save, small_season
from server import server
from sqlalchemy import update

from assessor_kit import tables
from assessor_kit.errors import (
    InvalidRequest,
    NotAllocated,
    NotVisibleYet,
    StaffOnly,
)
from assessor_kit.store import (
    Workspace,
    caseload,
    current_judgement,
    hand_back,
    mask_returns,
    open_return,
    other_judgements,
    read_table,
    record_judgement,
    record_reading,
    sign_in,
    texts_as_written,
)
from assessor_kit.store.access.server_roles import admit_assessor, dismiss_assessor, has_role
from assessor_kit.store.database.connections import read_transaction, write_transaction
from assessor_kit.store.database.schema import METADATA, sql_table
from assessor_kit.store.log.access_log import access_log
from assessor_kit.store.log.chain import check_log
from assessor_kit.store.upkeep.rehearsal import rehearsal_of
from assessor_kit.vocabulary import HandBackReason, Planned, Reading


@pytest.fixture
def season(tmp_path, monkeypatch):
    monkeypatch.setenv("ASSESSOR_KIT_DATABASE", server().new_database())
    return small_season(tmp_path / "w")


@pytest.fixture
def desk(season, tmp_path, monkeypatch):
    """Return A1's own machine: their database URL, and the one key that assessors need."""
    return desk_of(season, "A1", tmp_path / "desk", monkeypatch)


@pytest.fixture(scope="module")
def standing(tmp_path_factory):
    """Make a season and A1's desk for tests that change nothing.

    A2 has saved something of their own on r3.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASSESSOR_KIT_DATABASE", server().new_database())
        made = small_season(tmp_path_factory.mktemp("standing") / "w")
        save(made, event="s1", return_id="r3", assessor_id="A2")
        return made, desk_of(made, "A1", tmp_path_factory.mktemp("standing") / "desk", patch)


def desk_of(season, assessor_id, folder, monkeypatch):
    url = admit_assessor(season, assessor_id)
    (folder / "keys").mkdir(parents=True)
    shutil.copy(season.keys.path("subjects"), folder / "keys")
    monkeypatch.setenv("ASSESSOR_KIT_DATABASE", url.render_as_string(hide_password=False))
    opened = Workspace.open(folder)
    monkeypatch.setenv("ASSESSOR_KIT_DATABASE", season.database_url)
    return opened


def rows(desk, statement):
    """Return what the server answers to this assessor, without any code of ours."""
    with psycopg.connect(desk.database_url) as connection:
        return connection.execute(statement).fetchall()


def test_the_server_says_who_the_assessor_is(desk):
    assert desk.acting_as == "A1"
    assert sign_in(desk).acting_as == "A1"
    with pytest.raises(NotAllocated, match="signed in as assessor A1"):
        sign_in(desk, claimed="A2")


def test_an_assessor_does_the_whole_work_over_their_own_connection(season, desk):
    assert sorted(caseload(desk, "A1")["return_id"]) == ["r1", "r2"]
    opened = open_return(desk, "r2", assessor_id="A1")
    assert (len(opened.activities), opened.discipline, len(opened.problems)) == (2, "power", 1)
    assert save(desk, event="e1", return_id="r2", advice="over the wire") == 1
    record_reading(
        desk,
        "r2",
        assessor_id="A1",
        reading_of=Reading(activity_no=1, planned=Planned.YES),
        event_id="e2",
    )
    hand_back(
        desk, "r2", assessor_id="A1", reason=HandBackReason.NO_TIME, words="Sorry.", event_id="e3"
    )
    assert current_judgement(season, "r2", assessor_id="A1")[1] == judgement("over the wire")
    with read_transaction(season.engine) as connection:
        assert check_log(connection).verified


@pytest.mark.parametrize("table", sorted(METADATA.tables))
def test_no_table_gives_an_assessor_a_row_of_anothers_return(standing, table):
    """Each table is asked for what the assessor may read of it; r3 is allocated to A2 alone."""
    with psycopg.connect(standing[1].database_url) as connection:
        columns = [
            row[0]
            for row in connection.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s", (table,)
            )
            if connection.execute(
                "SELECT has_column_privilege(%s, %s, 'SELECT')", (table, row[0])
            ).fetchone()[0]
        ]
        if not columns:
            return
        found = connection.execute(
            f"SELECT {', '.join(f'{chr(34)}{name}{chr(34)}' for name in columns)} FROM {table}"
        ).fetchall()
    assert "r3" not in str(found)
    assert not any(word in str(found) for person in MEMBERS.values() for word in person)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT name FROM register",
        "SELECT email FROM register",
        "SELECT employer FROM register",
        "SELECT member_no FROM returns",
        "SELECT kind FROM circumstances",
        "SELECT * FROM circumstances",
        "SELECT professional_status FROM statuses",
        "SELECT member_no FROM selections",
        "SELECT file FROM problems",
        "SELECT email FROM assessors",
        "SELECT * FROM documents",
        "SELECT * FROM access_log",
        "SELECT * FROM assessor_roles",
        "SELECT * FROM log_head",
        "UPDATE judgement_events SET payload = '{}'",
        "DELETE FROM judgement_events",
        "TRUNCATE judgement_events",
        "DELETE FROM allocations",
        "INSERT INTO allocations VALUES ('r3', 'A1', 'second', now(), now())",
        "INSERT INTO assessor_roles VALUES (session_user, 'A2')",
        "DELETE FROM subject_keys",
        "ALTER TABLE register DISABLE ROW LEVEL SECURITY",
        "DROP POLICY staff ON register",
        "SET ROLE scheme_staff",
        (
            "CREATE OR REPLACE FUNCTION current_assessor() RETURNS text LANGUAGE sql AS $$ SELECT"
            " 'A2' $$"
        ),
    ],
)
def test_what_is_not_an_assessors_is_refused_by_the_server(standing, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        rows(standing[1], statement)


def test_the_workspaces_secret_is_not_told(standing):
    desk = standing[1]
    assert "secret" not in str(rows(desk, "SELECT * FROM settings"))
    assert desk.secret == ""


def test_neither_marking_reads_the_other_over_any_connection_before_both_are_in(
    season, desk, tmp_path, monkeypatch
):
    other = desk_of(season, "A2", tmp_path / "other", monkeypatch)
    save(desk, event="e1", advice="one", submitted=True)
    save(other, event="s1", assessor_id="A2", advice="two")
    for each, name in ((desk, "A1"), (other, "A2")):
        assert {row[0] for row in rows(each, "SELECT assessor_id FROM judgement_events")} == {name}
        assert {row[0] for row in rows(each, "SELECT assessor_id FROM current_judgements")} == {
            name
        }
        with pytest.raises(NotVisibleYet):
            other_judgements(each, "r1", assessor_id=name)
    save(other, 1, event="s2", assessor_id="A2", advice="two", submitted=True)
    assert other_judgements(desk, "r1", assessor_id="A1")["A2"].advice == "two"
    assert other_judgements(other, "r1", assessor_id="A2")["A1"].advice == "one"


INSERT = (
    "INSERT INTO judgement_events (seq, event_id, return_id, assessor_id, kind, version, origin,"
    " state, payload, sealed, made_at, recorded_at, digest, previous_hash, hash) VALUES (0, 'x',"
    " '{return_id}', '{assessor_id}', 'judgement', {version}, '{origin}', 'draft', '{{}}', '',"
    " now(), now(), 'd', '', '')"
)


@pytest.mark.parametrize(
    ("return_id", "assessor_id", "origin"),
    [("r1", "A2", ""), ("r3", "A1", ""), ("r1", "A1", "pack")],
)
def test_nobody_writes_in_anothers_name_or_on_anothers_return(
    standing, return_id, assessor_id, origin
):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        rows(
            standing[1],
            INSERT.format(return_id=return_id, assessor_id=assessor_id, version=1, origin=origin),
        )


def test_once_both_are_submitted_the_server_takes_no_more(season, desk):
    save(desk, event="e1", submitted=True)
    save(season, event="s1", assessor_id="A2", submitted=True)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        rows(desk, INSERT.format(return_id="r1", assessor_id="A1", version=2, origin=""))


def test_an_event_written_past_our_code_is_linked_by_the_server_and_shows_in_the_check(
    season, desk
):
    with psycopg.connect(desk.database_url) as connection:
        connection.execute(INSERT.format(return_id="r2", assessor_id="A1", version=1, origin=""))
    with read_transaction(season.engine) as connection:
        assert check_log(connection).problems == ("event 1 was altered",)


def test_security_is_forced_on_every_table_and_views_run_with_the_readers_rights(standing):
    with psycopg.connect(standing[0].database_url) as connection:
        forced = connection.execute(
            "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relkind ="
            " 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'"
        ).fetchall()
        views = connection.execute(
            "SELECT relname, reloptions FROM pg_class WHERE relkind = 'v' AND relnamespace ="
            " 'public'::regnamespace"
        ).fetchall()
    assert {name for name, is_forced in forced if is_forced} == set(METADATA.tables)
    assert sorted(views) == [
        ("current_judgements", ["security_invoker=true"]),
        ("returns_to_assess", ["security_invoker=true"]),
    ]


def test_a_dry_run_makes_no_role(season):
    assert admit_assessor(season, "A1", dry_run=True) is None
    assert not has_role(season, "A1")
    assert admit_assessor(season, "A1") is not None
    assert has_role(season, "A1")


def test_a_step_is_tried_on_a_copy_and_the_server_stays_as_it_was(season, tmp_path):
    save(season, event="e1", return_id="r3", assessor_id="A2")
    with rehearsal_of(season, tmp_path / "copy") as copy:
        assert copy.database_url.startswith("sqlite:")
        save(copy, 1, event="e2", return_id="r3", assessor_id="A2", advice="Other words.")
        assert current_judgement(copy, "r3", assessor_id="A2")[1].advice == "Other words."
    assert current_judgement(season, "r3", assessor_id="A2")[0] == 1


def test_a_dismissed_assessor_cannot_sign_in(season, desk):
    dismiss_assessor(season, "A1")
    with pytest.raises(psycopg.OperationalError):
        rows(desk, "SELECT 1")


def test_roles_are_for_staff_to_give_and_for_servers_alone(desk, tmp_path, monkeypatch):
    with pytest.raises(StaffOnly):
        admit_assessor(desk, "A2")
    monkeypatch.delenv("ASSESSOR_KIT_DATABASE")
    with pytest.raises(InvalidRequest, match="assessor-kit pack"):
        admit_assessor(Workspace.create(tmp_path / "file"), "A1")


def test_the_tables_that_an_assessor_reads_through_the_kit_are_those_that_the_server_grants(
    standing,
):
    desk = standing[1]
    assert set(read_table(desk, tables.ALLOCATIONS)["return_id"]) == {"r1", "r2"}
    with pytest.raises(NotAllocated):
        record_judgement(
            desk, "r3", assessor_id="A1", judgement=judgement(), event_id="x", expected_version=0
        )


NAMED = "Ada Example of Brightwater Grid, ada@example.org, X0001"


@pytest.fixture(scope="module")
def telling(tmp_path_factory):
    """Return A1's desk in a season where X0001 reveals who they are in every text they write."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASSESSOR_KIT_DATABASE", server().new_database())
        season = small_season(tmp_path_factory.mktemp("telling") / "w")
        with write_transaction(season.engine) as connection:
            for table in (tables.ACTIVITIES, tables.GOALS, tables.PROBLEMS):
                words = {
                    column.name: json.dumps({NAMED: NAMED}) if column.kind == "json" else NAMED
                    for column in table.columns
                    if column.personal
                }
                connection.execute(
                    update(sql_table(table)).where(sql_table(table).c.return_id == "r1"), words
                )
            for table in (tables.ACTIVITIES, tables.GOALS):
                connection.execute(
                    update(sql_table(table)).where(sql_table(table).c.return_id == "r1"),
                    {"goal_id": NAMED},
                )
        mask_returns(season, ["r1"])
        return season, desk_of(season, "A1", tmp_path_factory.mktemp("telling") / "desk", patch)


def test_nothing_that_an_assessors_own_connection_can_read_says_who_the_member_is(telling):
    """Every readable column of every table and view, and every function callable for a return."""
    found = {}
    with psycopg.connect(telling[1].database_url, autocommit=True) as connection:
        columns = connection.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema ="
            " 'public' AND has_column_privilege(quote_ident(table_name), column_name, 'SELECT')"
        ).fetchall()
        for table, column in columns:
            found[f"{table}.{column}"] = str(
                connection.execute(f'SELECT "{column}" FROM "{table}"').fetchall()
            )
        for (name,) in connection.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND"
            " pronargs = 1"
        ).fetchall():
            with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
                found[name] = str(connection.execute(f"SELECT {name}('r1')").fetchall())
    telltale = [*MEMBERS["X0001"], "X0001", "Example", "Brightwater", "long illness"]
    assert {
        place for place, rows in found.items() if any(word in rows for word in telltale)
    } == set()
    assert "[name] of [employer], [e-mail], [membership number]" in found["shown_rows.cells"]
    assert {place.split(".")[0] for place in found} >= {
        "shown_rows",
        "activities",
        "returns",
        "returns_to_assess",
        "judgement_events",
        "field_of",
    }


@pytest.mark.parametrize(
    "column", ["title", "learning", "reflection", "evidence", "raw", "goal_id", "*"]
)
def test_an_assessors_own_connection_cannot_read_the_lines_themselves(telling, column):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        rows(telling[1], f"SELECT {column} FROM activities WHERE return_id = 'r1'")
    for table in ("goals", "problems", "originals"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            rows(telling[1], f"SELECT 1 FROM {table}")


NOTED = (
    "INSERT INTO access_log (return_id, who, what, accessed_at) VALUES ('{}', 'A1', 'unmasked',"
    " '{}')"
)
AS_WRITTEN = "SELECT reflection FROM texts_as_written('r1')"


def test_what_was_written_is_shown_only_after_it_was_noted_for_good(telling):
    season, desk = telling
    noted = len(access_log(season, return_id="r1"))
    for steps in (
        [],
        [NOTED.format("r1", "2099-01-01")],
        ["SAVEPOINT a", NOTED.format("r1", "2099-01-01"), "RELEASE a"],
        [NOTED.format("r2", "2099-01-01")],
    ):
        with psycopg.connect(desk.database_url) as connection:
            for step in steps:
                connection.execute(step)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(AS_WRITTEN)
    assert len(access_log(season, return_id="r1")) == noted
    assert texts_as_written(desk, "r1", assessor_id="A1")[1]["reflection"] == NAMED
    assert list(access_log(season, return_id="r1")["what"])[noted:] == ["unmasked"]
    assert texts_as_written(season, "r1", assessor_id="A1") == texts_as_written(
        desk, "r1", assessor_id="A1"
    )
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        rows(desk, "SELECT reflection FROM texts_as_written('r3')")


def test_a_note_has_the_servers_time_and_an_old_one_opens_nothing(telling):
    season, desk = telling
    with psycopg.connect(desk.database_url, autocommit=True) as connection:
        connection.execute(NOTED.format("r1", "2099-01-01"))
        connection.execute(AS_WRITTEN)
        with write_transaction(season.engine) as staff:
            assert staff.exec_driver_sql(
                "SELECT max(accessed_at) < now() + interval '1 day' FROM access_log"
            ).scalar()
            staff.exec_driver_sql(
                "UPDATE access_log SET accessed_at = accessed_at - interval '2 minutes'"
            )
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(AS_WRITTEN)


def test_a_return_without_copies_shows_an_assessor_nothing(season, desk):
    with write_transaction(season.engine) as connection:
        connection.exec_driver_sql("DELETE FROM shown_rows WHERE return_id = 'r2'")
    assert len(open_return(desk, "r2", assessor_id="A1").activities) == 0
    # staff's side makes them
    assert len(open_return(season, "r2", assessor_id="A1").activities) == 2
    assert len(open_return(desk, "r2", assessor_id="A1").activities) == 2
