"""Databases of every released revision become the newest one and keep everything in them."""

from datetime import date, datetime

import pandas as pd
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from seasons import save, small_season
from server import server
from sqlalchemy import MetaData, insert, inspect, select

from assessor_kit.journey.draws.checking import check_draw
from assessor_kit.sampling import LARGEST_REMAINDERS, draw_sample, frame_root, plain_leaves
from assessor_kit.store import Workspace
from assessor_kit.store.database.connections import make_engine, read_transaction, write_transaction
from assessor_kit.store.database.revision import (
    HEAD_REVISION,
    MIGRATIONS,
    revision_of,
    upgrade_database,
)
from assessor_kit.store.database.schema import METADATA
from assessor_kit.store.keys import KeyRing
from assessor_kit.store.log.chain import check_log


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
    # The store keeps UTC without a zone.
    "TIMESTAMP": datetime(2017, 2, 1, 3, 4),  # noqa: DTZ001
    "BOOLEAN": True,
    "BLOB": b"bytes",
    "BYTEA": b"bytes",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request, tmp_path):
    url = (
        f"sqlite:///{tmp_path / 'assessor.db'}"
        if request.param == "sqlite"
        else server().new_database()
    )
    return make_engine(url, keys=KeyRing(tmp_path / "keys"))


def fill(engine):
    """Write a row to every table of a database of any revision; return table -> row."""
    found = MetaData()
    with read_transaction(engine) as connection:
        found.reflect(connection)
    rows = {}
    with write_transaction(engine) as connection:
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
    with read_transaction(engine) as connection:
        found.reflect(connection)
        for name, row in rows.items():
            kept = connection.execute(select(found.tables[name])).one()._asdict()
            assert row.items() <= kept.items()


def test_the_newest_revision_makes_the_tables_that_the_code_expects(engine):
    upgrade_database(engine)
    with read_transaction(engine) as connection:
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
        "HEAD_REVISION in store/database/revision.py names the newest revision"
    )


def test_upgrading_twice_changes_nothing(engine):
    upgrade_database(engine)
    upgrade_database(engine)
    assert revision_of(engine) == HEAD_REVISION


def test_a_season_survives_an_upgrade(tmp_path, database):
    season = small_season(tmp_path / "w")
    save(season, event="e1")
    upgrade_database(season.engine)
    with read_transaction(season.engine) as connection:
        assert check_log(connection).verified


def test_a_draw_of_the_first_revision_still_comes_out_the_same_and_is_not_verifiable(tmp_path):
    """Drawn by largest remainders, before there were commitments."""
    folder = tmp_path / "w"
    keys = KeyRing(folder / "keys")
    keys.create()
    first = make_engine(f"sqlite:///{folder / 'assessor.db'}", keys=keys)
    upgrade_database(first, "0001")
    frame = pd.DataFrame(
        {
            "member_no": [f"X{number:04d}" for number in range(61)],
            "stratum": list("abc") * 20 + ["a"],
        }
    )
    made = draw_sample(frame, seed="4 6 3", size=7, sizes_rule=LARGEST_REMAINDERS)
    kept = frame.assign(draw_id="2016-1", salt="5a")
    kept["leaf"] = plain_leaves(kept)
    drawn = {
        "draw_id": "2016-1",
        "cpd_year": 2016,
        "seed": "4 6 3",
        "size": 7,
        "reserve": 0,
        "reserve_percent": 0.0,
        "frame_size": 61,
        "frame_digest": made.frame_digest,
        "frame_root": frame_root(list(kept["leaf"])),
        "drawn_at": VALUES["DATETIME"],
        "reason": "",
        "rules_edition": "2016",
    }
    there = MetaData()
    with write_transaction(first) as connection:
        there.reflect(connection)
        connection.execute(insert(there.tables["draws"]), [drawn])
        connection.execute(insert(there.tables["frames"]), kept.to_dict("records"))
        connection.execute(
            insert(there.tables["selections"]),
            made.selections.assign(draw_id="2016-1").to_dict("records"),
        )
    first.dispose()
    season = Workspace.create(folder)  # brings the database to the newest revision
    checked = check_draw(season, "2016-1")
    assert (checked.verified, checked.verifiable) == (True, False)
    assert checked.again.selected == made.selected
