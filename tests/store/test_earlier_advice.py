"""Is an assessor shown the advice that was given to the same member before?

Only what was released is shown, masked, and no longer once it is recalled or has been kept long
enough.
"""

from datetime import date, datetime

import pandas as pd
import pytest
from seasons import MEMBERS, add_return, allocate, put, save, small_season

from assessor_kit import tables
from assessor_kit.feedback.release import recall_document
from assessor_kit.store import (
    current_judgement,
    mask_members,
    mask_returns,
    open_return,
    read_table,
    record_judgement,
    replace_rows,
)
from assessor_kit.store.exchange.packs import make_pack, open_pack
from assessor_kit.store.rights.retention import apply_retention
from assessor_kit.vocabulary import Judgement

NOW = datetime(2017, 6, 1)  # noqa: DTZ001  (the store keeps UTC without a zone)


@pytest.fixture
def season(tmp_path, database):
    """Make a season in which r1 was judged by A1 in 2016 and its feedback released.

    The same member's return of 2017 is with A2.
    """
    made = small_season(tmp_path / "w")
    name = next(iter(MEMBERS.values()))[0]
    save(made, event="e1", advice=f"Dear {name}, note the hours as you go.", submitted=True)
    put(
        made,
        tables.DOCUMENTS,
        {
            "document_id": "d1",
            "cpd_year": 2016,
            "kind": "individual",
            "version": 1,
            "member_no": "X0001",
            "return_id": "r1",
            "input_digest": "",
            "file": "d1.html",
            "sha256": "",
            "rendered_at": NOW,
            "released_at": None,
            "recalled_at": None,
            "released_position": None,
        },
    )
    add_return(made, "later", "X0001", cpd_year=2017)
    allocate(made, "later", "A2")
    mask_returns(made, ["later"])
    return made


def release(season, *, at):
    replace_rows(
        season,
        tables.DOCUMENTS,
        read_table(season, tables.DOCUMENTS).assign(
            released_at=pd.Series([NOW], dtype="object"), released_position=at
        ),
    )
    mask_members(season, ["X0001"])


def shown(season):
    return open_return(season.as_assessor("A2"), "later", assessor_id="A2").earlier


def test_advice_is_shown_once_it_is_released_as_it_was_said_then_and_without_a_name(season):
    assert shown(season) is None
    release(season, at=1)
    version, standing = current_judgement(season, "r1", assessor_id="A1")
    record_judgement(
        season,
        "r1",
        assessor_id="A1",
        judgement=Judgement(**{**standing.__dict__, "advice": "changed since"}),
        event_id="e2",
        expected_version=version,
    )
    mask_members(season, ["X0001"])
    assert (shown(season).cpd_year, shown(season).advice) == (
        2016,
        "Dear [name], note the hours as you go.",
    )
    assert open_return(season, "r2", assessor_id="A1").earlier is None


def test_it_lies_sealed_and_goes_when_it_is_recalled(season):
    release(season, at=1)
    assert "note the hours" not in " ".join(read_table(season, tables.SHOWN_ROWS)["cells"])
    recall_document(season, "d1")
    assert shown(season) is None


def test_it_goes_when_the_earlier_words_have_been_kept_long_enough(season):
    release(season, at=1)
    # two years after the review year of 2016's, one after 2017's
    apply_retention(season, today=date(2019, 12, 31), dry_run=False)
    assert shown(season) is None


def test_a_laptop_gets_it_too(season, tmp_path, monkeypatch):
    release(season, at=1)
    made = make_pack(season, "A2", tmp_path / "a2.pack")
    monkeypatch.delenv("ASSESSOR_KIT_DATABASE", raising=False)
    assert (
        shown(
            open_pack(tmp_path / "a2.pack", tmp_path / "laptop", passphrase=made["passphrase"])
        ).advice
        == "Dear [name], note the hours as you go."
    )
