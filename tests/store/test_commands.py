"""The store's commands as people run them, who the assessor is, and what the doctor says."""

import json
from pathlib import Path

import pytest
from commands import run_cli
from seasons import save, small_season

from assessor_kit import tables
from assessor_kit.cli import main
from assessor_kit.cli.program import every_command
from assessor_kit.errors import InvalidRequest, NotAllocated, NotFound, UnsafePlace
from assessor_kit.store import Workspace, hand_back, make_token, read_table, sign_in
from assessor_kit.store.database.connections import make_engine, write_transaction
from assessor_kit.store.database.filesystems import network_file_system
from assessor_kit.store.upkeep.health_checks import store_checks
from assessor_kit.vocabulary import HandBackReason
from assessor_kit.workbench import open_workbench

KEYS = {name: command.keys for name, command in every_command()}
MOUNTS = """/dev/vda / ext4 rw 0 0
server:/homes /home nfs4 rw 0 0
/dev/vdb /home/local ext4 rw 0 0
//office/share /mnt/share\\040of\\040all cifs rw 0 0
me@host: /mnt/far fuse.sshfs rw 0 0
"""


@pytest.fixture
def season(tmp_path):
    return small_season(tmp_path / "w")


def unwell(season):
    return {name: advice for name, ok, advice in store_checks(season) if not ok}


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/srv/w", ""),
        ("/home/ada/w", "nfs4"),
        ("/home/local/w", ""),
        ("/mnt/share of all/w", "cifs"),
        ("/mnt/far/w", "fuse.sshfs"),
    ],
)
def test_the_innermost_mount_says_whether_a_folder_is_on_the_network(folder, kind):
    assert network_file_system(Path(folder), mounts=MOUNTS) == kind


def test_a_workspace_on_a_network_file_system_is_refused_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "assessor_kit.store.database.connections.network_file_system", lambda _folder: "nfs4"
    )
    with pytest.raises(UnsafePlace, match="ASSESSOR_KIT_DATABASE"):
        Workspace.create(tmp_path / "w")


def test_the_hub_says_who_the_assessor_is_and_no_other_can_be_claimed(season, monkeypatch):
    monkeypatch.setenv("JUPYTERHUB_USER", "A2")
    assert open_workbench(workspace=season).assessor_id == "A2"
    with pytest.raises(NotAllocated, match="signed in as assessor A2"):
        open_workbench("A1", workspace=season)
    monkeypatch.setenv("JUPYTERHUB_USER", "somebody")
    with pytest.raises(NotFound):
        open_workbench(workspace=season)


def test_the_apps_token_says_who_the_assessor_is_until_another_is_made(season, monkeypatch):
    monkeypatch.setenv("JUPYTERHUB_USER", "A1")
    monkeypatch.setenv("ASSESSOR_KIT_TOKEN", make_token(season, "A2"))
    assert sign_in(season).acting_as == "A2"
    assert make_token(season, "A2") not in read_table(season, tables.ASSESSOR_TOKENS).to_csv()
    with pytest.raises(NotAllocated, match="new link"):
        sign_in(season)


def test_staff_in_their_own_workspace_say_whose_desk_they_look_at(season):
    assert sign_in(season, claimed="A1").acting_as == "A1"
    with pytest.raises(InvalidRequest, match="A1, A2"):
        sign_in(season)


def test_a_healthy_workspace_lacks_only_a_backup_of_its_keys(season, tmp_path):
    assert set(unwell(season)) == {"keys have a backup"}
    assert run_cli("backup-keys", tmp_path / "keys.json", workspace=season.folder)[0] == 0
    assert unwell(season) == {}


def test_the_doctor_names_what_is_wrong_and_what_to_do(season, monkeypatch):
    season.folder.chmod(0o755)
    season.keys.path("signing").unlink()
    save(season, event="e1")
    with season.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER judgement_events_are_not_changed")
        connection.exec_driver_sql(
            "UPDATE judgement_events SET recorded_at = '2099-01-01 00:00:00.000000'"
        )
    monkeypatch.setattr("assessor_kit.store.upkeep.health_checks.LEAST_FREE", 1 << 60)
    found = unwell(season)
    assert set(found) == {
        "nobody else can read the workspace",
        "keys are in place",
        "the clock does not go back",
        "judgement log verifies",
        "disk space",
    }
    assert "chmod" in found["nobody else can read the workspace"]
    status, answer, _ = run_cli("doctor", workspace=season.folder)
    assert status == 1
    assert [check for check in answer["checks"] if not check["ok"] and not check["advice"]] == []


def test_the_doctor_looks_at_a_server_too(tmp_path, database):
    assert set(unwell(small_season(tmp_path / "w"))) == {"keys have a backup"}


def test_a_year_of_a_workspaces_life_by_commands(season, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ASSESSOR_KIT_WORKSPACE", "given with each command")
    save(season, event="e1", return_id="r2", advice="words")
    hand_back(
        season,
        "r1",
        assessor_id="A1",
        reason=HandBackReason.CONFLICT,
        words="a colleague",
        event_id="h1",
    )

    def done(*words, workspace=season.folder):
        status = main([*map(str, words), "--workspace", str(workspace), "--json"])
        said = capsys.readouterr()
        assert status == 0, said.err
        answer = json.loads(said.out)
        assert set(answer) >= set(KEYS[words[0]])
        return answer

    head = done("verify-log")["head"]
    assert done("verify-log", "--head", head)["verified"]
    assert done("raised")["raised"][0]["words"] == "a colleague"
    assert done("told")["told"][0]["words"] == "a colleague"
    pack = done("pack", "A1", tmp_path / "a1.pack")
    laptop = tmp_path / "laptop"
    monkeypatch.setenv("ASSESSOR_KIT_PASSPHRASE", pack["passphrase"])
    assert (
        done(
            "open-pack",
            tmp_path / "a1.pack",
            "--fingerprint",
            pack["fingerprint"],
            workspace=laptop,
        )["assessor_id"]
        == "A1"
    )
    save(Workspace.open(laptop), 1, event="l1", return_id="r2", advice="more words")
    assert done("hand-in", tmp_path / "back", workspace=laptop)["events"] == 1
    assert done("merge", tmp_path / "back")["added"] == 1
    assert done("token", "A1")["token"]
    assert done("backup", tmp_path / "b.zip")["events"] == 3
    assert done("backup-keys", tmp_path / "keys.json")["fingerprint"]
    assert done("doctor")["checks"]
    assert {
        path.rsplit("/")[-1]
        for path in done("subject-access", "X0002", tmp_path / "answer")["files"]
    } >= {"judgements.json", "register.json"}
    assert done("erase", "X0002", "--dry-run")["erased"] is None
    assert done("erase", "X0002")["erased"].startswith("ERASED-")
    assert done("retention")["applied"] is False
    assert done("retention", "--apply")["applied"] is True
    assert done("restore-keys", tmp_path / "keys.json", workspace=tmp_path / "again")["fingerprint"]
    assert done("restore", tmp_path / "b.zip", workspace=tmp_path / "again")["events"] == 3
    assert done("verify-log", "--head", head, workspace=tmp_path / "again")["verified"]
    assert done("upgrade")["revision"]


def test_an_altered_log_ends_the_command_with_status_one(season):
    save(season, event="e1")
    with write_transaction(season.engine) as connection:
        connection.exec_driver_sql("DROP TRIGGER judgement_events_are_not_removed")
        connection.exec_driver_sql("DELETE FROM judgement_events")
    status, answer, _ = run_cli("verify-log", workspace=season.folder)
    assert (status, answer["verified"], answer["problems"]) == (
        1,
        False,
        ["the log ends at event 0 but should end at event 1"],
    )


def test_every_command_has_keys():
    assert [name for name, keys in KEYS.items() if not keys] == []


def test_no_password_is_shown(season):
    engine = make_engine("postgresql://staff:secret-password@db/scheme", keys=season.keys)
    # The class's own order.
    shown = Workspace(
        season.folder,
        "iet",
        False,  # noqa: FBT003
        "postgresql://staff:secret-password@db/scheme",
        "s",
    )
    assert "secret-password" not in repr(shown) + shown.database + str(engine.url) + json.dumps(
        str(shown._repr_html_())
    )
