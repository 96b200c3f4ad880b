"""Commit, publish, draw, call reserves: what is accepted, what is refused, and what is recorded."""

import json
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
from committed import (
    KNOWN,
    MADE,
    PUBLISHED,
    SEED,
    commit,
    committed_season,
    member,
    publish,
    season_of_members,
)

from assessor_kit import journey, tables
from assessor_kit.cli.lookups.next_step import next_command
from assessor_kit.errors import DrawRefused, InvalidRequest, NotFound
from assessor_kit.feedback.report.figures import combined_draws, estimates_of_year
from assessor_kit.sampling import draw_sample, frame_of, frame_root, plain_leaves, verify_files
from assessor_kit.sampling.beacon import moment_of_round
from assessor_kit.sampling.sizes import LARGEST_REMAINDERS
from assessor_kit.store import append_rows, read_table, replace_rows
from assessor_kit.store.rights.erasure import erase_member


@pytest.fixture
def season(tmp_path):
    return season_of_members(tmp_path / "w", 60)


def kinds(season):
    return list(journey.draw_record(season, cpd_year=2016)["kind"])


def draw(season, seed=SEED, now=KNOWN, **options):
    return journey.draw(season, cpd_year=2016, seed=seed, now=now, **options)


def test_a_draw_under_a_commitment_verifies_in_the_workspace_too(tmp_path):
    made = committed_season(tmp_path / "w")
    checked = journey.check_draw(made.workspace, made.draw_id)
    assert (checked.verified, checked.verifiable, checked.reasons) == (True, True, ())
    assert len(checked.again.selected) == 20
    assert {"X0000001", "X0000002", "X0000003"} < set(checked.again.selected)


def test_erasing_members_destroys_their_salt_and_leaves_the_draw_verified(tmp_path):
    made = committed_season(tmp_path / "w")
    drawn = journey.check_draw(made.workspace, made.draw_id).again.selected[0]
    for number in (drawn, "X0000100"):
        erase_member(made.workspace, number)
    frame = read_table(made.workspace, tables.FRAMES)
    assert sorted(frame["salt"])[:2] == ["", ""]
    assert journey.check_draw(made.workspace, made.draw_id).verified


@pytest.mark.parametrize(
    ("table", "change", "reason"),
    [
        (tables.FRAMES, {"member_no": "X0000001", "salt": "00" * 16}, "does not stand for"),
        (tables.SELECTIONS, {"member_no": "X0000001", "rank": 9}, "not those whom the seed draws"),
    ],
)
def test_a_change_in_the_database_is_found(tmp_path, table, change, reason):
    made = committed_season(tmp_path / "w")
    rows = read_table(made.workspace, table, member_no=change["member_no"])
    replace_rows(made.workspace, table, rows.assign(**change))
    checked = journey.check_draw(made.workspace, made.draw_id)
    assert not checked.verified
    assert reason in " ".join(checked.reasons)


def test_no_seed_is_accepted_before_its_moment_or_unpublished(season):
    commit(season, size=6)
    with pytest.raises(DrawRefused, match="No seed is accepted"):
        draw(season, now=KNOWN - timedelta(seconds=1))
    with pytest.raises(DrawRefused, match="Nobody has recorded"):
        draw(season)
    publish(season)
    with pytest.raises(DrawRefused, match="cannot have come from"):
        draw(season, seed="7 7")
    with pytest.raises(DrawRefused, match="states the size"):
        draw(season, size=7)
    draw_id, made = draw(season)
    assert len(made.selected) == 6
    assert draw(season)[0] == draw_id
    assert kinds(season) == [
        "committed",
        "refused",
        "refused",
        "published",
        "refused",
        "refused",
        "drawn",
        "repeated",
    ]
    tried = journey.draw_record(season, cpd_year=2016)
    assert list(tried.loc[tried["kind"] == "refused", "seed"]) == [SEED, SEED, "7 7", SEED]


def test_a_commitment_names_a_moment_that_is_still_to_come(season):
    with pytest.raises(DrawRefused, match="may be known already"):
        commit(season, size=6, now=KNOWN)


def test_only_one_commitment_stands_and_a_withdrawn_one_stays_on_the_record(season):
    commit(season, size=6)
    with pytest.raises(DrawRefused, match="stands"):
        commit(season, size=7)
    with pytest.raises(InvalidRequest):
        journey.withdraw_commitment(season, "2016-1", reason=" ")
    journey.withdraw_commitment(season, "2016-1", reason="a branch was missing", now=PUBLISHED)
    again = commit(season, size=7)
    assert again.commitment.draw_id == "2016-2"
    publish(season, "2016-2")
    assert draw(season)[0] == "2016-2"
    with pytest.raises(DrawRefused, match="has been made under"):
        journey.withdraw_commitment(season, "2016-2", reason="it did not please")
    assert kinds(season) == ["committed", "withdrawn", "committed", "published", "drawn"]


def test_what_was_published_too_late_or_is_another_file_is_refused(season, tmp_path):
    commit(season, size=6)
    with pytest.raises(DrawRefused, match="could already be known"):
        publish(season, now=KNOWN)
    with pytest.raises(InvalidRequest, match="cannot have been published"):
        publish(season, at=PUBLISHED + timedelta(days=1))
    (tmp_path / "other.json").write_text("{}", encoding="utf-8")
    with pytest.raises(DrawRefused, match="the digest is"):
        publish(season, file=tmp_path / "other.json")
    with pytest.raises(NotFound):
        publish(season, "2016-9")


def test_a_frame_changed_after_the_commitment_is_not_drawn_from(season):
    commit(season, size=6)
    publish(season)
    rows = read_table(season, tables.FRAMES, member_no="X0000009")
    replace_rows(season, tables.FRAMES, rows.assign(leaf="ab" * 32))
    with pytest.raises(DrawRefused, match="not the one that was committed to"):
        draw(season)


def test_members_who_join_the_register_later_are_not_in_a_committed_frame(season):
    commit(season, size=6)
    publish(season)
    append_rows(season, tables.REGISTER, pd.DataFrame([member(500)]))
    assert draw(season)[1].frame_size == 60


def test_a_draw_without_a_commitment_is_not_verifiable_and_uses_its_seed_up(season):
    draw_id, made = draw(season, seed="s", size=6)
    assert made.commitment == ""
    checked = journey.check_draw(season, draw_id)
    assert (checked.verified, checked.verifiable) == (True, False)
    assert "not verifiable" in " ".join(checked.reasons)
    with pytest.raises(DrawRefused, match="has been used"):
        draw(season, seed="s", size=7, reason="more are needed")
    with pytest.raises(DrawRefused, match="has already been drawn"):
        draw(season, seed="t", size=7)
    assert kinds(season) == ["drawn", "refused", "refused"]


def test_a_draw_of_an_old_workspace_still_comes_out_the_same(season):
    """As it was kept before there were commitments: by largest remainders, without new columns."""
    frame = frame_of(read_table(season, tables.REGISTER), rules=season.rules(2016))
    frame["stratum"] = ["a"] * 21 + ["b"] * 19 + ["c"] * 7 + ["d"] * 13
    made = draw_sample(frame, seed="4 6", size=4, sizes_rule=LARGEST_REMAINDERS)
    kept = frame.assign(draw_id="2016-1", salt="5a")
    kept["leaf"] = plain_leaves(kept)
    append_rows(season, tables.FRAMES, kept)
    append_rows(season, tables.SELECTIONS, made.selections.assign(draw_id="2016-1"))
    append_rows(
        season,
        tables.DRAWS,
        pd.DataFrame(
            [
                {
                    "draw_id": "2016-1",
                    "cpd_year": 2016,
                    "seed": "4 6",
                    "size": 4,
                    "reserve": 0,
                    "reserve_percent": 0.0,
                    "frame_size": 60,
                    "frame_digest": made.frame_digest,
                    "frame_root": frame_root(list(kept["leaf"])),
                    "drawn_at": MADE.replace(tzinfo=None),
                    "reason": "",
                    "rules_edition": "2016",
                }
            ]
        ),
    )
    checked = journey.check_draw(season, "2016-1")
    assert (checked.verified, checked.verifiable) == (True, False)
    assert journey.verify(season, "2016-1")[0]


def test_members_deferred_last_year_are_drawn_for_certain(season):
    append_rows(
        season,
        tables.RESPONSES,
        pd.DataFrame(
            [
                {"member_no": number, "cpd_year": 2015, "state": state, "noted_on": None}
                for number, state in (("X0000004", "deferred"), ("X0000005", "left"))
            ]
        ),
    )
    made = commit(season, size=6)
    certain = [one for one in made.commitment.design.strata if one.kind == "certainty"]
    assert [(one.members, one.selected) for one in certain] == [(1, 1)]
    publish(season)
    assert "X0000004" in draw(season)[1].selected


def test_the_next_reserve_replaces_a_member_who_is_ineligible(tmp_path):
    season = committed_season(tmp_path / "w").workspace
    drawn = read_table(season, tables.SELECTIONS).sort_values("rank")
    usual = drawn[drawn["stratum"] == "all"]
    gone, silent = usual["member_no"].iloc[0], usual["member_no"].iloc[1]
    replace_rows(
        season,
        tables.REGISTER,
        read_table(season, tables.REGISTER, member_no=gone).assign(deceased=True),
    )
    found = journey.replaceable_members(season, cpd_year=2016)
    assert list(found["member_no"]) == [gone]
    standing = journey.season_status(season, cpd_year=2016)
    assert standing.counts["replaceable"] == 1
    (named,) = standing.names["replaceable"]
    assert (named["member"], named["why"]) == (gone, "has died")
    steps = {step.label: step for step in journey.season_of(season, cpd_year=2016).steps}
    assert (len(steps["Reserves called"].done), len(steps["Reserves called"].waiting)) == (0, 1)
    called = journey.call_reserve(season, cpd_year=2016, member_no=gone, because="has died")
    first = usual[usual["is_reserve"]].iloc[0]
    assert (called.member_no, called.rank) == (first["member_no"], first["rank"])
    assert journey.replaceable_members(season, cpd_year=2016).empty
    steps = {step.label: step for step in journey.season_of(season, cpd_year=2016).steps}
    assert (len(steps["Reserves called"].done), len(steps["Reserves called"].waiting)) == (1, 0)
    counts = journey.status(season, cpd_year=2016)
    assert (counts["selected"], counts["awaiting"], counts["left"]) == (21, 20, 1)
    with pytest.raises(DrawRefused, match="already"):
        journey.call_reserve(season, cpd_year=2016, member_no=gone, because="has died")
    with pytest.raises(NotFound):
        journey.call_reserve(season, cpd_year=2016, member_no="X9999999", because="has died")
    assert journey.check_draw(season, "2016-1").verified
    for _ in range(3):
        journey.call_reserve(season, cpd_year=2016, member_no=silent, because="has left")
        silent = journey.check_draw(season, "2016-1").again.selected[2 + _]
    with pytest.raises(DrawRefused, match="no reserve left"):
        journey.call_reserve(
            season, cpd_year=2016, member_no=usual["member_no"].iloc[9], because="has left"
        )


def test_nobody_waits_for_a_reserve_where_none_is_left(tmp_path):
    season = committed_season(tmp_path / "w", reserve_percent=5).workspace
    drawn = read_table(season, tables.SELECTIONS, stratum="all").sort_values("rank")
    assert drawn["is_reserve"].sum() == 1
    for number in drawn["member_no"].iloc[:3]:
        gone = read_table(season, tables.REGISTER, member_no=number)
        replace_rows(season, tables.REGISTER, gone.assign(deceased=True))
    assert len(journey.replaceable_members(season, cpd_year=2016)) == 3
    assert journey.status(season, cpd_year=2016)["replaceable"] == 1
    step = next(
        one for one in journey.season_of(season, cpd_year=2016).steps if "Reserves" in one.label
    )
    assert list(step.waiting["Member"]) == [drawn["member_no"].iloc[0]]
    journey.call_reserve(
        season, cpd_year=2016, member_no=drawn["member_no"].iloc[0], because="has died"
    )
    assert journey.status(season, cpd_year=2016)["replaceable"] == 0
    steps = journey.season_of(season, cpd_year=2016).steps
    assert [len(one.waiting) for one in steps if "Reserves" in one.label] == [0]


@pytest.mark.parametrize("where", ["page", "status"])
def test_before_the_draw_a_season_asks_for_a_commitment_its_publishing_and_the_draw(season, where):
    def asked():
        if where == "page":
            return journey.season_of(season, cpd_year=2016).next_step.next_step
        found = journey.season_status(season, cpd_year=2016)
        return next_command(2016, found.counts, commitment=found.commitment)

    assert "assessor-kit commit-draw --cpd-year 2016" in asked()
    commit(season, size=6)
    assert "assessor-kit record-publishing 2016-1 --by NAME --where PLACE" in asked()
    publish(season)
    assert "assessor-kit draw --cpd-year 2016 --seed S" in asked()
    draw(season)
    assert "commit" not in asked()
    assert "draw --cpd-year" not in asked()


def test_a_member_erased_before_the_draw_can_be_replaced(season):
    made = commit(season, size=59, reserve_percent=10)
    assert made.commitment.frame_size == 60
    publish(season)
    for number in ("X0000001", "X0000002"):
        erase_member(season, number)
    _, drawn = draw(season)
    erased = [number for number in drawn.selected if number.startswith("ERASED-")]
    assert erased
    found = journey.replaceable_members(season, cpd_year=2016)
    assert sorted(found["member_no"]) == sorted(erased)
    assert set(found["why"]) == {"is not a scheme member"}
    journey.call_reserve(
        season, cpd_year=2016, member_no=erased[0], because="is not a scheme member"
    )
    assert len(journey.replaceable_members(season, cpd_year=2016)) == len(erased) - 1


def test_two_draws_of_a_year_are_one_sample_and_the_figures_use_both(season):
    _, first = draw(season, seed="s", size=12)
    _, second = draw(season, seed="t", size=15, reason="too few answered")
    combined = combined_draws(season, ["2016-1", "2016-2"])
    assert combined.inclusion_probability == {"all / all": 1 - Fraction(48, 60) * Fraction(45, 60)}
    assert combined.population == {"all / all": 60}
    drawn = sorted({*first.selected, *second.selected})
    assert len(drawn) > 15
    lines = "".join(f"{number},Talk,event,soft,yes,2016-03-01,3\n" for number in drawn)
    (season.folder / "r.csv").write_text(
        "member_no,title,activity_type,area,planned,started_on,hours\n" + lines, encoding="utf-8"
    )
    journey.import_returns(season, [season.folder / "r.csv"], cpd_year=2016)
    estimates, _ = estimates_of_year(season, 2016)
    hours = estimates[estimates["measure"] == "Mean hours recorded"].iloc[0]
    assert (hours["number"], hours["value"]) == (len(drawn), 3.0)


def test_the_frame_says_for_each_reason_how_many_are_out(tmp_path):
    season = season_of_members(tmp_path / "w", 5)
    rows = [
        member(11, grade="Fellow"),
        member(12, grade="Fellow", deceased=True),
        member(13, left_on=pd.Timestamp("2016-05-01").date()),
        member(14, joined_on=pd.Timestamp("2017-05-01").date()),
        member(15, do_not_contact=True),
    ]
    append_rows(season, tables.REGISTER, pd.DataFrame(rows))
    scope = journey.scope_of(season, cpd_year=2016)
    assert scope.frame_size == 5
    assert scope.excluded == {
        "grade Fellow is not in the frame's rules": 1,
        "had left by 31 December 2016": 1,
        "has died": 1,
        "joined after 31 December 2016": 1,
        "must not be contacted": 1,
    }
    assert journey.scope_of(season, cpd_year=2014).excluded["had not opted in by 31 December 2014"]


def test_an_empty_frame_says_that_nobody_is_in_scope(tmp_path):
    season = season_of_members(tmp_path / "w", 5, grade="Fellow")
    with pytest.raises(DrawRefused, match="nobody is in scope"):
        draw(season, size=2)


def test_grades_and_fields_that_the_rules_do_not_know_are_flagged_at_import(tmp_path):
    season = season_of_members(tmp_path / "w", 1)
    (tmp_path / "r.csv").write_text(
        "member_no,grade,discipline\nX0000021,Fellow,power\nX0000022,Fellow,cooking\n"
        "X0000023,Student,rail\nX0000024,MIET,\n",
        encoding="utf-8",
    )
    done = journey.import_register(season, [tmp_path / "r.csv"])
    assert [(flag.column, flag.found) for flag in done.flags] == [
        ("grade", "Fellow, in 2 rows"),
        ("discipline", "cooking, in 1 row"),
    ]


def test_a_letter_carries_the_code_and_the_pages_address(tmp_path):
    made = committed_season(tmp_path / "w", page_address="https://example.org/draw.html")
    row = {
        "cpd_year": 2016,
        "kind": "invitation",
        "message_id": "m",
        "document_id": "",
    }
    from assessor_kit.feedback.mail.building import build_message  # noqa: PLC0415

    checked = journey.check_draw(made.workspace, made.draw_id)
    usual = next(number for number in checked.again.selected if number > "X0000003")
    text = build_message(
        made.workspace, {**row, "member_no": usual}, sender="a@example.org"
    ).get_content()
    assert f"\n{usual}:" in text
    assert "https://example.org/draw.html" in text
    assert "drawn at random" in text
    certain = build_message(
        made.workspace, {**row, "member_no": "X0000001"}, sender="a@example.org"
    ).get_content()
    assert "You were not drawn at random" in certain


def test_a_recorded_round_of_drand_draws_and_verifies(season):
    pytest.importorskip("py_ecc")
    recorded = json.loads(
        (Path(__file__).parent.parent / "reference" / "drand_vectors.json").read_text(
            encoding="utf-8"
        )
    )["quicknet"]
    source = f"drand quicknet round {recorded['round']}"
    known = moment_of_round("quicknet", recorded["round"])
    made = commit(season, size=6, seed_from=source, now=known - timedelta(days=9))
    publish(season, now=known - timedelta(days=8))
    with pytest.raises(DrawRefused, match="not that of round"):
        draw(season, seed="b7" * 48, now=known)
    draw_id, drawn = draw(season, seed=recorded["signature"], now=known)
    assert drawn.seed == recorded["randomness"]
    assert journey.check_draw(season, draw_id).verified
    content = journey.read_json(journey.draw_file_of(season, draw_id))
    assert verify_files(made.commitment.as_dict(), content).verified
    content["signature"] = "b7" * 48
    assert not verify_files(made.commitment.as_dict(), content).verified


def test_files_that_were_lost_are_written_again_when_the_draw_is_repeated(tmp_path):
    made = committed_season(tmp_path / "w")
    before = made.files[1].read_bytes()
    made.files[1].unlink()
    draw(made.workspace)
    assert made.files[1].read_bytes() == before


def test_publishing_that_is_recorded_afterwards_is_said_to_be(season):
    commit(season, size=6)
    publish(season, at=PUBLISHED, now=KNOWN + timedelta(days=1))
    draw_id, _ = draw(season, now=KNOWN + timedelta(days=2))
    page = journey.draw_file_of(season, draw_id).with_suffix(".html").read_text(encoding="utf-8")
    assert (
        "2 January 2027, 00:00 UTC: https://example.org/draw, by Ann Lee (recorded afterwards)"
        in page
    )


def test_nothing_can_be_taken_off_the_record(season):
    commit(season, size=6)
    for statement in ("DELETE FROM draw_events", "UPDATE draw_events SET detail = ''"):
        with pytest.raises(Exception, match="append-only"), season.engine.begin() as connection:
            connection.exec_driver_sql(statement)
    assert kinds(season) == ["committed"]
