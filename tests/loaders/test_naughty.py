"""Texts that programs get wrong pass through import, store, JSON and Parquet unchanged."""

import csv
import io
import json

import pandas as pd
import pytest
from made_files import sheet, workbook
from naughty_strings import NAUGHTY

from assessor_kit import journey, tables
from assessor_kit.store import Workspace, read_table

# a blank title is no activity; blank reflections are tried too
TEXTS = [text for text in NAUGHTY if text.strip()]
XML_TEXTS = [
    text
    for text in TEXTS
    if not any((ord(c) < 32 and c not in "\t\n") or c in "\ufffe\uffff" for c in text)
    and "_x0" not in text
]


def csv_bytes():
    file = io.StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerows(
        [
            ["member_no", "title", "started_on", "hours", "reflection"],
            *(["X0001", text, "2016-03-01", "1", text] for text in TEXTS),
            *(
                ["X0001", f"blank {place}", "2016-03-01", "1", text]
                for place, text in enumerate(text for text in NAUGHTY if not text.strip())
            ),
        ]
    )
    return file.getvalue().encode()


@pytest.fixture(scope="module")
def season(tmp_path_factory):
    place = tmp_path_factory.mktemp("naughty")
    made = Workspace.create(place / "w")
    (place / "n.csv").write_bytes(csv_bytes())
    done = journey.import_returns(made, [place / "n.csv"], cpd_year=2016)
    assert (done.activities, done.rejected) == (len(NAUGHTY), [])
    return made


def test_there_are_more_than_three_hundred_of_them():
    assert len(NAUGHTY) >= 300


def test_they_pass_through_import_and_store_byte_for_byte(season):
    kept = read_table(season, tables.ACTIVITIES)
    assert sorted(kept["reflection"]) == sorted(NAUGHTY)
    assert [title for title in kept["title"] if not title.startswith("blank ")] == TEXTS
    assert [json.loads(raw)["reflection"] for raw in kept["raw"]] == list(kept["reflection"])


def test_they_pass_through_json_and_parquet_byte_for_byte(season, tmp_path):
    kept = read_table(season, tables.ACTIVITIES)[["activity_no", "title", "reflection"]]
    assert json.loads(json.dumps(kept.to_dict("list"), ensure_ascii=False)) == kept.to_dict("list")
    kept.to_parquet(tmp_path / "n.parquet")
    assert pd.read_parquet(tmp_path / "n.parquet").to_dict("list") == kept.to_dict("list")


def test_they_pass_through_a_workbook_too(tmp_path):
    rows = [("X0001", text, "2016-03-01", 1, text) for text in XML_TEXTS]
    (tmp_path / "n.xlsx").write_bytes(
        workbook(sheet(("member_no", "title", "started_on", "hours", "reflection"), *rows))
    )
    made = Workspace.create(tmp_path / "w")
    assert not journey.import_returns(made, [tmp_path / "n.xlsx"], cpd_year=2016).rejected
    kept = read_table(made, tables.ACTIVITIES)
    assert list(kept["title"]) == list(kept["reflection"]) == XML_TEXTS
    assert len(XML_TEXTS) > 300


def test_the_flagged_ones_are_those_that_cannot_be_seen(season):
    flagged = read_table(season, tables.PROBLEMS)
    assert flagged["found"].str.contains("cannot be seen").any()
    assert not flagged["found"].str.contains("\u202e").any()
