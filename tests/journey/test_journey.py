"""The whole year on the sample data, as commands, and a small real workspace beside it."""

import hashlib
import json
import re
import shutil

import pytest
from commands import run_cli

from assessor_kit import journey, tables
from assessor_kit.errors import InvalidRequest
from assessor_kit.feedback import render_feedback
from assessor_kit.store import Workspace, read_table, record_judgement, reviewed_returns, shipped
from assessor_kit.vocabulary import Judgement, JudgementState


def test_the_demonstration_ends_with_every_report_and_twelve_returns_waiting(demonstration):
    folder, answer = demonstration
    assert (
        answer["rendered"],
        answer["failed"],
        answer["waiting"],
        answer["individual"],
        answer["generic"],
    ) == (101, [], 12, 100, 1)
    season = Workspace.open(folder)
    documents = read_table(season, tables.DOCUMENTS, cpd_year=2016)
    assert documents["kind"].value_counts().to_dict() == {"individual": 100, "generic": 1}
    for one in documents.itertuples():
        assert hashlib.sha256((folder / one.file).read_bytes()).hexdigest() == one.sha256
    lines = [
        json.loads(line)
        for line in (
            (folder / "feedback" / "2016" / "manifest.jsonl")
            .read_text(encoding="utf-8")
            .splitlines()
        )
    ]
    assert {line["document_id"] for line in lines} == set(documents["document_id"])


def test_the_demonstration_run_again_changes_nothing_and_says_so(demonstration):
    folder, _ = demonstration
    before = {path.name: path.read_bytes() for path in (folder / "feedback" / "2016").iterdir()}
    status, answer, said = run_cli("demo", "--no-lab", workspace=folder)
    assert (status, answer["rendered"], answer["unchanged"]) == (0, 0, 101)
    assert "returns: Nothing new: this was imported before." in said
    assert "Nothing has changed since the last run" in said
    assert {
        path.name: path.read_bytes() for path in (folder / "feedback" / "2016").iterdir()
    } == before


def test_a_report_speaks_of_its_member_alone_and_needs_no_network(demonstration):
    folder, _ = demonstration
    season = Workspace.open(folder)
    numbers = set(read_table(season, tables.REGISTER)["member_no"])
    for one in read_table(season, tables.DOCUMENTS, cpd_year=2016).head(20).itertuples():
        page = (folder / one.file).read_text(encoding="utf-8")
        assert {number for number in numbers if number in page} == (
            {one.member_no} if one.member_no else set()
        )
        assert "Sample data: invented members" in page
        assert not any(
            word in page for word in ("http://", "src=", "<script", "import ", "Traceback")
        ) or page.count("http://www.w3.org") == page.count("http://")
        assert len(page.encode()) < 150 * 1024


def test_the_shares_of_the_sample_are_as_promised(demonstration):
    season = Workspace.open(demonstration[0])
    state = journey.status(season, cpd_year=2016)
    assert (state["selected"], state["received"], state["judged"], state["drafts"]) == (
        120,
        112,
        100,
        1,
    )
    assert len(reviewed_returns(season, 2014)) == 36
    made = journey.agreement(season, cpd_year=2016)
    assert {one.returns for one in made} == {20}
    assert 0.65 < sum(one.raw for one in made) / len(made) < 0.85
    assert min(made, key=lambda one: one.raw).criterion == "reflection"


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        (["status", "--cpd-year", "2016"], {"counts", "received"}),
        (["verify-draw", "2016-1"], {"verified", "recomputed"}),
        (["doctor"], {"checks"}),
        (["trends", "--cpd-year", "2014", "2015", "2016"], {"estimates", "suppressed"}),
        (["score", "--cpd-year", "2015"], {"returns", "findings", "seconds"}),
        (
            ["allocate", "--cpd-year", "2016", "--seed", "s"],
            {"allocated", "unallocated", "double_marked"},
        ),
        (
            ["feedback", "render", "--cpd-year", "2016"],
            {"rendered", "failed", "unchanged", "folder", "manifest"},
        ),
    ],
)
def test_each_command_answers_with_its_keys(demonstration, words, keys):
    status, answer, said = run_cli(*words, workspace=demonstration[0])
    assert status == 0, said
    assert keys <= set(answer)


@pytest.mark.parametrize(
    "words",
    [
        ["draw", "--cpd-year", "2016", "--size", "10", "--seed", "other"],
        ["feedback", "release", "--cpd-year", "2016"],
        ["verify-draw", "none"],
        ["status", "--cpd-year", "soon"],
    ],
)
def test_a_refused_command_still_prints_all_its_keys(demonstration, words):
    status, answer, said = run_cli(*words, workspace=demonstration[0])
    assert status == 2
    assert answer.pop("error")
    assert answer
    assert set(answer.values()) == {None}
    assert said


def test_a_sample_workspace_refuses_real_files(demonstration, tmp_path):
    (tmp_path / "mine.csv").write_text("member_no,grade\n0012345,MIET\n", encoding="utf-8")
    assert run_cli("import", "register", tmp_path / "mine.csv", workspace=demonstration[0])[0] == 2


def test_returns_are_taken_without_a_register_and_a_second_file_supersedes(tmp_path):
    season = Workspace.create(tmp_path / "w")
    header = "member_no,title,started_on,hours\n"
    (tmp_path / "a.csv").write_text(
        header + "X0001,Talk,2016-03-01,1.5\nX0001,Bad,2016-03-41,1\n", encoding="utf-8"
    )
    (tmp_path / "b.csv").write_text(header + "X0001,Talk,2016-03-01,2\n", encoding="utf-8")
    status, answer, _ = run_cli(
        "import", "returns", tmp_path / "a.csv", "--cpd-year", "2016", workspace=season.folder
    )
    assert (
        status,
        answer["returns"],
        answer["activities"],
        answer["minutes"],
        len(answer["rejected"]),
    ) == (1, 1, 1, 90, 1)
    assert answer["rejected"][0]["row"] == 3
    assert (
        run_cli(
            "import", "returns", tmp_path / "a.csv", "--cpd-year", "2016", workspace=season.folder
        )[1]["unchanged"]
        == 1
    )
    journey.import_returns(season, [tmp_path / "b.csv"], cpd_year=2016)
    assert list(read_table(season, tables.RETURNS).sort_values("version")["parked"]) == [
        "superseded",
        "",
    ]


def test_a_body_that_counts_no_hours_goes_through_the_whole_year(tmp_path):
    season = Workspace.create(tmp_path / "w", scheme="imeche", sample=True)
    sample = shipped("sample_data")
    journey.import_register(season, [sample / "register.csv"])
    journey.import_assessors(season, [sample / "assessors.csv"])
    _, drawn = journey.draw(season, cpd_year=2015, seed="2 2 4 6 1 5", size=1500)
    taken = journey.import_returns(season, [sample / "returns_2015.csv"], cpd_year=2015)
    assert taken.returns == 55
    assert journey.score(season, cpd_year=2015).findings == 55 * 3
    made, waiting = journey.allocate(season, cpd_year=2015, seed="s")
    assert (len(made.allocated), waiting) == (55, [])
    judged = made.allocated.head(12)
    rules = season.rules(2015)
    for place, one in enumerate(judged.itertuples()):
        phrase = next(phrase for phrase in rules.phrases if phrase.tone == "advice")
        judgement = Judgement(
            levels={criterion.code: rules.levels[1].code for criterion in rules.judged_criteria},
            comments={},
            outcome=rules.outcomes[0].code,
            advice=phrase.theme_text,
            themes=(phrase.theme,),
            state=JudgementState.SUBMITTED,
        )
        record_judgement(
            season,
            one.return_id,
            assessor_id=one.assessor_id,
            judgement=judgement,
            event_id=f"e{place}",
            expected_version=0,
        )
    done = render_feedback(season, cpd_year=2015)
    assert (done.rendered, done.failed) == (13, [])
    reports = [
        (season.folder / one.file).read_text(encoding="utf-8")
        for one in read_table(
            season, tables.DOCUMENTS, cpd_year=2015, kind="individual"
        ).itertuples()
    ]
    assert all(
        "This scheme sets no number of hours" in report and "Activities by type" in report
        for report in reports
    )
    assert not any(
        re.search(r"\d+ h\b|TWAVES|Institution of Engineering and Technology", report)
        for report in reports
    )
    estimates, _ = journey.trends(season, cpd_years=[2015])
    told = season.rules(2015)
    in_frame = [
        name
        for name in drawn.selected
        if name in set(read_table(season, tables.RETURNS, cpd_year=2015, parked="")["member_no"])
    ]
    assert len(in_frame) >= 10
    assert "Mean hours recorded" not in set(estimates["measure"])
    assert {
        criterion.label for criterion in told.criteria if criterion.scorer == "activity_mix"
    } <= {measure.split(":")[0] for measure in estimates["measure"]}


@pytest.mark.parametrize(("size", "reserve_percent"), [(7, 20), (11, 15), (3, 50), (13, 30)])
def test_a_draw_with_any_number_of_reserves_can_be_repeated(tmp_path, size, reserve_percent):
    season = Workspace.create(tmp_path / "w")
    (tmp_path / "register.csv").write_text(
        "member_no,grade\n" + "".join(f"X{number:04d},MIET\n" for number in range(60)),
        encoding="utf-8",
    )
    journey.import_register(season, [tmp_path / "register.csv"])
    draw_id, made = journey.draw(
        season, cpd_year=2016, seed="6 2 4", size=size, reserve_percent=reserve_percent
    )
    same, again = journey.verify(season, draw_id)
    assert same
    assert (again.selected, again.reserves) == (made.selected, made.reserves)


def test_the_demonstration_leaves_a_workspace_of_real_members_alone(tmp_path):
    season = Workspace.create(tmp_path / "real")
    before = (season.folder / "assessor.db").read_bytes()
    status, answer, said = run_cli("demo", "--no-lab", workspace=season.folder)
    assert (status, answer["rendered"]) == (2, None)
    assert "a folder of its own" in said
    assert (season.folder / "assessor.db").read_bytes() == before


@pytest.mark.parametrize("where", ["in its folder", "its folder", "a copy", "a folder of copies"])
def test_no_invented_member_gets_into_a_real_register(tmp_path, where):
    """The notebooks' defaults once put two thousand of them there."""
    season = Workspace.create(tmp_path / "real")
    sample = shipped("sample_data")
    (tmp_path / "ours").mkdir()
    copy = tmp_path / "ours" / "members.csv"
    shutil.copy(sample / "register.csv", copy)
    named = {
        "in its folder": sample / "register.csv",
        "its folder": sample,
        "a copy": copy,
        "a folder of copies": copy.parent,
    }[where]
    before = (season.folder / "assessor.db").read_bytes()
    with pytest.raises(InvalidRequest, match="invented members, and the workspace is a real one"):
        journey.import_register(season, [named])
    assert (season.folder / "assessor.db").read_bytes() == before


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    status, answer, said = run_cli("init", workspace=tmp_path / "file" / "w")
    assert (status, answer["workspace"]) == (2, None)
    assert "a file stands where a folder is needed" in said
