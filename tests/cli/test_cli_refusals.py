"""What a person or a program is told when a command cannot do what was asked."""

import json
import os
import subprocess
import sys

import pytest
from commands import run_cli
from seasons import small_season

from assessor_kit import tables
from assessor_kit.cli import doctor
from assessor_kit.cli.program import every_command
from assessor_kit.store import Workspace, read_table

NAMES = [name for name, _ in every_command()]
KEYS = {name: command.keys for name, command in every_command()}


def said(*words, **variables):
    """Run a command without --json; return exit status, standard output and standard error."""
    done = subprocess.run(
        [sys.executable, "-m", "assessor_kit", *map(str, words)],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONWARNINGS": "ignore", **variables},
    )
    return done.returncode, done.stdout, done.stderr.decode(errors="replace")


@pytest.fixture
def season(tmp_path):
    return small_season(tmp_path / "w")


@pytest.mark.parametrize("name", NAMES)
def test_a_usage_error_prints_all_keys_as_json(name):
    status, answer, message = run_cli(*name.split(), "--no-such-option")
    assert status == 2
    assert set(answer) == {*KEYS[name], "error"}
    assert answer["error"] in message
    assert "Traceback" not in message


def test_the_workspace_may_stand_before_the_command(season):
    status, out, message = said(
        "--workspace", season.folder, "--json", "status", "--cpd-year", 2016
    )
    assert status == 0, message
    assert json.loads(out)["cpd_year"] == 2016


def test_the_workspace_is_found_from_a_folder_inside_it(season, monkeypatch):
    monkeypatch.delenv("ASSESSOR_KIT_WORKSPACE", raising=False)
    monkeypatch.chdir(season.folder / "rules")
    assert run_cli("verify-log")[0] == 0


def test_the_old_name_of_a_command_still_works_and_says_the_new_one(season):
    status, answer, message = run_cli("told", workspace=season.folder)
    assert (status, answer) == (0, {"told": []})
    assert "assessor-kit raised" in message


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["feedback", "send", "--smtp", "mail.example.org"], "mail.example.org:587"),
        (["feedback", "send", "--smtp", "mail.example.org:587"], "--sender"),
        (["feedback", "send"], "--smtp, --dry-run, --mail-merge"),
        (["feedback", "approve", "--by", ""], "The name is empty"),
        (["feedback", "approve", "--by", "  "], "The name is empty"),
        (["draw", "--cpd-year", "2016", "--rate", "0.03", "--seed", "s"], "3% or 0.03%"),
        (["draw", "--cpd-year", "2016", "--seed", "s"], "Give --size or --rate"),
        (["draw", "--cpd-year", "2016", "--seed", "s", "--size", "0"], "0"),
        (["status", "--cpd-year", "soon"], "a year such as 2016"),
        (["init", "--scheme", "nobody"], "Expected: iet, imeche"),
    ],
)
def test_arguments_are_refused_by_their_type(season, words, sentence):
    status, answer, message = run_cli(*words, workspace=season.folder)
    assert status == 2
    assert sentence in answer["error"]
    assert "Traceback" not in message


def test_a_workspace_is_made_where_the_environment_says(tmp_path, monkeypatch):
    monkeypatch.setenv("ASSESSOR_KIT_WORKSPACE", str(tmp_path / "named"))
    monkeypatch.chdir(tmp_path)
    assert run_cli("init")[1]["workspace"] == str(tmp_path / "named")
    assert not (tmp_path / "workspace").exists()


def test_a_workspace_made_again_with_another_scheme_says_that_it_stays(season):
    status, answer, message = run_cli("init", "--scheme", "imeche", workspace=season.folder)
    assert (status, answer["scheme"]) == (0, "iet")
    assert "with the scheme iet: it stays" in message


def test_a_backup_is_not_overwritten_unless_asked(season, tmp_path):
    for command in ("backup", "backup-keys"):
        (tmp_path / "older").write_text("older", encoding="utf-8")
        status, _, message = run_cli(command, tmp_path / "older", workspace=season.folder)
        assert status == 2
        assert "--replace" in message
        assert (tmp_path / "older").read_text(encoding="utf-8") == "older"
        assert run_cli(command, tmp_path / "older", "--replace", workspace=season.folder)[0] == 0


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        (["score", "--cpd-year", "2016"], "import returns"),
        (["allocate", "--cpd-year", "2016", "--seed", "s"], "import returns"),
        (["trends", "--cpd-year", "2016"], "import returns"),
        (["feedback", "render", "--cpd-year", "2016"], "import returns"),
    ],
)
def test_a_step_before_its_time_says_what_is_missing_first(tmp_path, words, missing):
    folder = Workspace.create(tmp_path / "new").folder
    status, answer, message = run_cli(*words, workspace=folder)
    assert status == 2
    assert missing in answer["error"]
    assert "Traceback" not in message


def test_a_reader_who_has_gone_is_no_fault(season):
    done = subprocess.run(  # noqa: S602  (a shell's pipe is what is tested)
        f"{sys.executable} -m assessor_kit --help 2>err | head -1; cat err; rm err",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
        cwd=season.folder,
    )
    assert "Traceback" not in done.stdout + done.stderr
    assert "BrokenPipe" not in done.stdout + done.stderr


def test_the_doctor_is_not_content_where_an_extra_is_missing(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "pdf_problem", lambda: "Pango is missing.")
    pdf = next(check for check in doctor.run_checks() if check["name"] == "PDF, an extra")
    assert not pdf["ok"]
    assert pdf["advice"] == "Pango is missing."


def test_a_dry_run_of_init_makes_nothing(tmp_path):
    status, answer, _ = run_cli("init", "--dry-run", workspace=tmp_path / "new")
    assert (status, answer["workspace"]) == (0, str(tmp_path / "new"))
    text = said("init", "--dry-run", "--workspace", tmp_path / "new")[1].decode()
    assert text.startswith("Would make a workspace in ")
    assert not (tmp_path / "new").exists()


def test_a_dry_run_of_a_draw_keeps_nothing_and_names_nobody(tmp_path):
    season = Workspace.create(tmp_path / "w")
    (tmp_path / "register.csv").write_text(
        "member_no,grade\n" + "".join(f"X{number:04d},MIET\n" for number in range(60)),
        encoding="utf-8",
    )
    run_cli("import", "register", tmp_path / "register.csv", workspace=season.folder)
    words = ("draw", "--cpd-year", "2016", "--rate", "10%", "--seed", "s", "--dry-run")
    status, answer, _ = run_cli(*words, workspace=season.folder)
    assert (status, answer["frame_size"], answer["selected"]) == (0, 60, [])
    text = said(*words, "--workspace", season.folder)[1].decode()
    assert text.startswith("Would draw 6 of 60 members and 0 reserves.")
    assert read_table(season, tables.DRAWS).empty
