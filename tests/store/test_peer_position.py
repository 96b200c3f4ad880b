"""How does a return compare with others that have the same target?"""

import json

import pytest
from seasons import put, save, small_season
from server import server

from assessor_kit import tables
from assessor_kit.errors import NotVisibleYet
from assessor_kit.store import PeerPosition, peer_position_of


def record_minutes(season, return_id, **numbers):
    put(
        season,
        tables.FINDINGS,
        {
            "return_id": return_id,
            "criterion": "total_hours",
            "standing": "met",
            "numbers": json.dumps(numbers),
            "thresholds": "{}",
            "rules_edition": "e",
            "rules_digest": "d",
        },
    )


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_others_with_the_same_target_are_counted_once_the_judgement_is_submitted_and_not_before(
    tmp_path, monkeypatch, database
):
    if database == "postgresql":
        monkeypatch.setenv("ASSESSOR_KIT_DATABASE", server().new_database())
    season = small_season(tmp_path / "w")
    for return_id, numbers in (
        ("r1", {"sure": 600, "doubtful": 60}),
        ("r2", {"sure": 660, "doubtful": 0}),
        ("r3", {"sure": None, "doubtful": 659}),
    ):
        record_minutes(season, return_id, **numbers)
    with pytest.raises(NotVisibleYet):
        peer_position_of(season, "r1", assessor_id="A1", criterion="total_hours")
    save(season, event="e1", submitted=True)
    assert peer_position_of(
        season, "r1", assessor_id="A1", criterion="total_hours"
    ) == PeerPosition(others=2, fewer=1, more=0)
