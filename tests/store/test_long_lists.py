"""A query takes any number of texts as one parameter, on both databases alike."""

import pandas as pd
import pytest

from assessor_kit import tables
from assessor_kit.store import Workspace, append_rows, read_table
from assessor_kit.store.database.connections import read_transaction
from assessor_kit.store.database.schema import sql_table
from assessor_kit.store.rows.typed_rows import FEW, among

ODD = ["", "it's", 'a "b"', "a\\b", "Zoë", "日本", "%", "_", "a,b", "{a}", "NULL", "null", "1"]


@pytest.fixture
def season(tmp_path, database):
    made = Workspace.create(tmp_path / "w")
    rows = [
        {"return_id": name, "chosen_on": pd.Timestamp("2017-02-01").date()}
        for name in [*ODD, *(f"r{number}" for number in range(3_000))]
    ]
    append_rows(made, tables.DOUBLE_MARKINGS, pd.DataFrame(rows))
    return made


@pytest.mark.parametrize("more", [0, FEW, 70_000])
def test_every_text_is_found_whatever_it_holds_and_however_many_there_are(season, more):
    wanted = [*ODD, *(f"x{number}" for number in range(more))]
    found = read_table(season, tables.DOUBLE_MARKINGS, return_id=wanted)
    assert set(found["return_id"]) == set(ODD)
    assert len(found) == len(ODD)


def test_an_empty_list_finds_nothing(season):
    assert read_table(season, tables.DOUBLE_MARKINGS, return_id=[]).empty


def test_many_texts_are_one_parameter_and_use_the_index(season):
    column = sql_table(tables.DOUBLE_MARKINGS).c.return_id
    with read_transaction(season.engine) as connection:
        asked = among(connection, column, [f"r{number}" for number in range(100)])
        assert len(asked.compile(connection).params) == 1
        if connection.dialect.name == "sqlite":
            plan = connection.exec_driver_sql(
                "EXPLAIN QUERY PLAN SELECT * FROM double_markings WHERE return_id IN"
                " (SELECT value FROM json_each('[\"r1\"]'))"
            ).all()
            assert any("SEARCH double_markings USING" in str(row) for row in plan)
