"""Draws that hang together: what was put off last year, strata, reserves and a sample that grows."""

import json
from datetime import timedelta
from fractions import Fraction

import pandas as pd
import pytest
from committed import KNOWN, MADE, PUBLISHED, SEED, SOURCE, commit, member, publish

from assessor_kit import journey, tables
from assessor_kit.cli import main
from assessor_kit.errors import DrawRefused
from assessor_kit.feedback.report.figures import combined_draws, estimates_of_year
from assessor_kit.sampling.design import CERTAIN_NAME
from assessor_kit.store import Workspace, append_rows, read_table, replace_rows

YEAR_LATER = timedelta(days=365)
NEXT_SOURCE = "dice, 12 rolls, on 2028-01-15 12:00 before Ann Lee and Bo Day"
NEXT_SEED = "1 1 3 6 5 2 4 4 6 1 2 3"
GRADES = {"FIET": 30, "MIET": 120, "TMIET": 50}


@pytest.fixture
def season(tmp_path, database):
    """Two hundred members of three grades."""
    made = Workspace.create(tmp_path / "w")
    grades = [grade for grade, number in GRADES.items() for _ in range(number)]
    rows = [member(number, grade=grade) for number, grade in enumerate(grades, 1)]
    append_rows(made, tables.REGISTER, pd.DataFrame(rows))
    return made


def note(season, cpd_year, states):
    rows = [
        {"member_no": number, "cpd_year": cpd_year, "state": state, "noted_on": None}
        for number, state in states.items()
    ]
    replace_rows(season, tables.RESPONSES, pd.DataFrame(rows))


def send_returns(season, hours_of, cpd_year=2016):
    """Take in a return of one activity for each member, of so many hours."""
    file = season.folder / f"returns_{len(hours_of)}.csv"
    lines = [
        f"{number},Talk,event,soft,yes,{cpd_year}-03-01,{hours}\n"
        for number, hours in hours_of.items()
    ]
    heading = "member_no,title,activity_type,area,planned,started_on,hours\n"
    file.write_text(heading + "".join(lines), encoding="utf-8")
    done = journey.import_returns(season, [file], cpd_year=cpd_year)
    assert done.returns == len(hours_of), done.rejected


def test_whoever_was_put_off_last_year_is_drawn_for_certain_under_a_commitment(season):
    commit(season, size=20)
    publish(season)
    _, first = journey.draw(season, cpd_year=2016, seed=SEED, now=KNOWN)
    deferred, carried, came, gone, left, silent = first.selected[:6]
    note(
        season,
        2016,
        {
            deferred: "deferred",
            carried: "carried over",
            came: "deferred",
            gone: "deferred",
            left: "left",
            silent: "no reply",
        },
    )
    send_returns(season, {came: 30})
    of_gone = read_table(season, tables.REGISTER, member_no=gone)
    replace_rows(season, tables.REGISTER, of_gone.assign(deceased=True))
    made = journey.commit_draw(
        season, cpd_year=2017, size=10, seed_from=NEXT_SOURCE, now=MADE + YEAR_LATER
    )
    assert made.carried_over.drawn == {deferred: "deferred", carried: "carried over"}
    assert made.carried_over.left_out == {gone: "has died"}
    publish(season, "2017-1", now=PUBLISHED + YEAR_LATER)
    draw_id, second = journey.draw(season, cpd_year=2017, seed=NEXT_SEED, now=KNOWN + YEAR_LATER)
    assert set(second.for_certain) == {deferred, carried}
    assert {deferred, carried} < set(second.selected)
    assert len(second.selected) == 10
    assert journey.check_draw(season, draw_id).verified
    # and once more: who is put off again is asked again, who answered is not
    note(season, 2017, {deferred: "carried over"})
    assert set(journey.carried_over(season, cpd_year=2018).drawn) == {deferred}


def test_a_draw_without_a_commitment_carries_over_too_and_comes_out_the_same(season):
    note(season, 2015, {"X0000004": "deferred", "X0000190": "carried over", "X0000009": "left"})
    asked = {"cpd_year": 2016, "seed": "4 17 23", "size": 12, "stratify_by": "grade"}
    draw_id, made = journey.draw(season, reserve_percent=25, now=MADE, **asked)
    assert set(made.for_certain) == {"X0000004", "X0000190"}
    assert len(made.selected) == 12
    kept = read_table(season, tables.SELECTIONS, stratum=CERTAIN_NAME)
    assert set(kept["inclusion_probability"]) == {1.0}
    checked = journey.check_draw(season, draw_id)
    assert (checked.verified, checked.verifiable) == (True, False)
    again, _ = journey.draw(season, reserve_percent=25, now=MADE, **asked)
    assert again == draw_id
    rows = read_table(season, tables.FRAMES, member_no="X0000004")
    replace_rows(season, tables.FRAMES, rows.assign(stratum="FIET"))
    assert not journey.check_draw(season, draw_id).verified


def test_without_carrying_over_everybody_has_the_same_chance(season):
    note(season, 2015, {"X0000004": "deferred"})
    _, made = journey.draw(season, cpd_year=2016, seed="4 17", size=12, carry_over=(), now=MADE)
    assert made.for_certain == []


@pytest.mark.parametrize("option", [{"carry_over": ()}, {"stratify_by": "grade"}])
def test_what_a_commitment_states_is_not_said_again_at_the_draw(season, option):
    commit(season, size=6)
    publish(season)
    with pytest.raises(DrawRefused, match="states the size, the strata"):
        journey.draw(season, cpd_year=2016, seed=SEED, now=KNOWN, **option)


def test_the_commands_say_who_is_carried_over_and_who_cannot_be(season, capfd):
    note(season, 2015, {"X0000004": "deferred", "X0000005": "carried over", "X0009999": "deferred"})
    words = ["commit-draw", "--cpd-year", "2016", "--size", "8", "--workspace", str(season.folder)]
    words += ["--seed-from", SOURCE.replace("2027", "2090")]
    capfd.readouterr()
    assert main([*words, "--dry-run"]) == 0
    assert "in 2 strata, with 2 members carried over from last year" in capfd.readouterr().out
    assert main(words) == 0
    said = capfd.readouterr().out
    assert "From last year, drawn for certain: 1 carried over, 1 deferred." in said
    assert "From last year, but outside the frame: 1 is not in the register" in said
    journey.withdraw_commitment(season, "2016-1", reason="a test")
    assert main([*words, "--json"]) == 0
    made = json.loads(capfd.readouterr().out)
    assert made["carried_over"] == [
        {"member": "X0000004", "state": "deferred"},
        {"member": "X0000005", "state": "carried over"},
    ]
    assert made["not_carried_over"] == [{"member": "X0009999", "why": "is not in the register"}]
    journey.withdraw_commitment(season, "2016-2", reason="a test")
    words = ["draw", "--cpd-year", "2016", "--size", "8", "--seed", "4 17"]
    assert main([*words, "--workspace", str(season.folder)]) == 0
    assert "2 of them for certain, as targeted or carried over." in capfd.readouterr().out


def test_a_stratified_year_from_the_commitment_to_the_figures(season, tmp_path):
    """Commit, publish, draw, verify from the two files, call a reserve, grow, estimate."""
    made = commit(season, size=20, reserve_percent=20, stratify_by="grade")
    strata = {one.name: one for one in made.commitment.design.strata}
    assert {name: one.members for name, one in strata.items()} == GRADES
    assert sum(one.selected for one in strata.values()) == 20
    assert min(one.selected for one in strata.values()) >= 2
    file = tmp_path / "commitment.json"
    file.write_text(made.content, encoding="utf-8")
    publish(season, file=file)
    draw_id, first = journey.draw(season, cpd_year=2016, seed=SEED, now=KNOWN)
    drawn_file = journey.draw_file_of(season, draw_id)
    verify = ["verify-draw", "--commitment", str(file), "--draw", str(drawn_file)]
    assert main([*verify, "--published", made.digest]) == 0
    tampered = json.loads(drawn_file.read_text(encoding="utf-8"))
    tampered["seed"] = NEXT_SEED
    (tmp_path / "tampered.json").write_text(json.dumps(tampered), encoding="utf-8")
    assert main([*verify[:-1], str(tmp_path / "tampered.json")]) != 0

    kept = read_table(season, tables.SELECTIONS, draw_id=draw_id).sort_values("rank")
    of_grade = kept[kept["stratum"] == "MIET"]
    gone = of_grade["member_no"].iloc[0]
    rows = read_table(season, tables.REGISTER, member_no=gone)
    replace_rows(season, tables.REGISTER, rows.assign(deceased=True))
    called = journey.call_reserve(season, cpd_year=2016, member_no=gone, because="has died")
    assert called.member_no == of_grade.loc[of_grade["is_reserve"], "member_no"].iloc[0]
    assert main(["verify-draw", draw_id, "--workspace", str(season.folder)]) == 0

    # the sample grows by a second commitment with a seed of its own
    later = KNOWN + timedelta(days=30)
    source = "dice, 12 rolls, on 2027-02-20 12:00 before Ann Lee and Bo Day"
    more = commit(season, size=15, stratify_by="grade", seed_from=source, now=later)
    publish(season, "2016-2", now=later)
    known = later + timedelta(days=30)
    _, second = journey.draw(
        season, cpd_year=2016, seed=NEXT_SEED, reason="more assessors came", now=known
    )
    assert journey.check_draw(season, "2016-2").verified
    grown = {one.name: one for one in more.commitment.design.strata}

    asked = sorted({*first.selected, *second.selected, called.member_no} - {gone})
    grade_of = dict(
        read_table(season, tables.REGISTER)[["member_no", "grade"]].itertuples(index=False)
    )
    hours_of_grade = {"FIET": 10, "MIET": 20, "TMIET": 40}
    send_returns(season, {number: hours_of_grade[grade_of[number]] for number in asked})
    combined = combined_draws(season, [draw_id, "2016-2"])
    alive = GRADES["MIET"] - 1  # of the second frame: whoever has died is out of it
    chance = {
        name: 1 - (1 - strata[name].inclusion_probability) * (1 - grown[name].inclusion_probability)
        for name in GRADES
    }
    assert grown["MIET"].members == alive
    assert combined.inclusion_probability == {
        **{f"{name} / {name}": chance[name] for name in GRADES},
        "MIET / -": strata["MIET"].inclusion_probability,
    }
    assert combined.inclusion_probability["FIET / FIET"] > Fraction(2, 30)
    estimates, _ = estimates_of_year(season, 2016)
    hours = estimates[estimates["measure"] == "Mean hours recorded"].iloc[0]
    # every grade weighs as in the frame, however many of it were drawn
    frame_mean = sum(GRADES[name] * hours_of_grade[name] for name in GRADES) / 200
    assert hours["value"] == pytest.approx(frame_mean)
    assert hours["number"] == len(asked)
    plain = sum(hours_of_grade[grade_of[number]] for number in asked) / len(asked)
    assert abs(plain - frame_mean) > 0.1  # so that the weights matter


def test_a_second_draw_under_a_commitment_needs_a_reason_that_stays_on_the_record(season):
    commit(season, size=6)
    publish(season)
    journey.draw(season, cpd_year=2016, seed=SEED, now=KNOWN)
    later = KNOWN + timedelta(days=30)
    source = "dice, 12 rolls, on 2027-02-20 12:00 before Ann Lee and Bo Day"
    commit(season, size=4, seed_from=source, now=later)
    publish(season, "2016-2", now=later)
    asked = {"cpd_year": 2016, "seed": NEXT_SEED, "now": later + timedelta(days=30)}
    with pytest.raises(DrawRefused, match="Give --reason"):
        journey.draw(season, **asked)
    draw_id, made = journey.draw(season, reason="more assessors came", **asked)
    assert list(read_table(season, tables.DRAWS, draw_id=draw_id)["reason"]) == [
        "more assessors came"
    ]
    again, same = journey.draw(season, **asked)  # the same once more asks for nothing
    assert (again, list(same.selected)) == (draw_id, list(made.selected))
