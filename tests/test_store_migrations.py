"""Databases of every released revision become the newest one, with everything that is in them."""

from datetime import date, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from seasons import save, small_season
from server import server
from sqlalchemy import MetaData, insert, inspect, select

from assessor_kit.store.chain import check_log
from assessor_kit.store.engine import make_engine, reading, writing
from assessor_kit.store.keys import KeyRing
from assessor_kit.store.revision import HEAD_REVISION, MIGRATIONS, revision_of, upgrade_database
from assessor_kit.store.schema import METADATA


def scripts():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config)


REVISIONS = [one.revision for one in scripts().walk_revisions()]
VALUES = {
    "TEXT": "text",
    "INTEGER": 7,
    "FLOAT": 0.5,
    "DOUBLE PRECISION": 0.5,
    "DATE": date(2017, 2, 1),
    "DATETIME": datetime(2017, 2, 1, 3, 4),  # noqa: DTZ001
    "TIMESTAMP": datetime(2017, 2, 1, 3, 4),
    "BOOLEAN": True,
    "BLOB": b"bytes",
    "BYTEA": b"bytes",
}  # noqa: DTZ001  (the store keeps UTC without a zone)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request, tmp_path):
    url = (
        f"sqlite:///{tmp_path / 'assessor.db'}"
        if request.param == "sqlite"
        else server().new_database()
    )
    return make_engine(url, keys=KeyRing(tmp_path / "keys"))


def fill(engine):
    """A row in every table of a database of whatever revision: table -> row."""
    found = MetaData()
    with reading(engine) as connection:
        found.reflect(connection)
    rows = {}
    with writing(engine) as connection:
        for name, table in found.tables.items():
            if name in {"alembic_version", "log_head"}:
                continue
            rows[name] = {
                column.name: VALUES[str(column.type).split("(")[0]] for column in table.columns
            }
            connection.execute(insert(table), [rows[name]])
            if name == "judgement_events":  # linked by the server itself on PostgreSQL
                rows[name] = {
                    column: value
                    for column, value in rows[name].items()
                    if column not in {"seq", "previous_hash", "hash"}
                }
    return rows


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_database_of_every_revision_upgrades_with_its_rows(engine, revision):
    upgrade_database(engine, revision)
    rows = fill(engine)
    upgrade_database(engine)
    assert revision_of(engine) == HEAD_REVISION
    found = MetaData()
    with reading(engine) as connection:
        found.reflect(connection)
        for name, row in rows.items():
            kept = connection.execute(select(found.tables[name])).one()._asdict()
            assert row.items() <= kept.items()


def test_the_newest_revision_makes_the_tables_that_the_code_expects(engine):
    upgrade_database(engine)
    with reading(engine) as connection:
        differences = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), METADATA
        )
        assert differences == [], (
            "tables and migrations differ: write a revision with `make revision MESSAGE=…`"
        )
        assert set(inspect(connection).get_view_names()) == {
            "current_judgements",
            "returns_to_assess",
        }
    assert scripts().get_current_head() == HEAD_REVISION, (
        "HEAD_REVISION in store/revision.py names the newest revision"
    )


def test_upgrading_twice_changes_nothing(engine):
    upgrade_database(engine)
    upgrade_database(engine)
    assert revision_of(engine) == HEAD_REVISION


def test_a_season_survives_an_upgrade(tmp_path, database):
    season = small_season(tmp_path / "w")
    save(season, event="e1")
    upgrade_database(season.engine)
    with reading(season.engine) as connection:
        assert check_log(connection).verified
