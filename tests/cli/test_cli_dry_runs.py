"""A dry run says what would happen, and changes not one byte."""

import hashlib
import json
import os
import re
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from seasons import add_return, allocate, put, small_season

from assessor_kit import journey, tables
from assessor_kit.cli import main
from assessor_kit.cli.dry_runs import in_words, scratch_folder
from assessor_kit.cli.program import every_command
from assessor_kit.feedback.release import decide
from assessor_kit.files import write_private
from assessor_kit.store import (
    mask_returns,
    note_to_staff,
    read_table,
    record_judgement,
    replace_rows,
)
from assessor_kit.store.exchange.packs import hand_in, make_pack, open_pack
from assessor_kit.store.rounds.information_rounds import NewRoundEvent, record_rounds
from assessor_kit.store.upkeep.backup import back_up, back_up_keys
from assessor_kit.vocabulary import Judgement, JudgementState, RoundEvent, SecondMarkingReason

READS_ONLY = "It only reads."
NO_DRY_RUN = {
    "verify-draw": READS_ONLY,
    "frame": READS_ONLY,
    "draw-record": READS_ONLY,
    "status": READS_ONLY,
    "moderate list": READS_ONLY,
    "raised": READS_ONLY,
    "letters plan": READS_ONLY,
    "letters preview": READS_ONLY,
    "outbox list": "It only reads; what a crash left on its way it notes as unknown.",
    "outbox show": READS_ONLY,
    "told": READS_ONLY,
    "waiting": READS_ONLY,
    "notes list": READS_ONLY,
    "returns waiting": READS_ONLY,
    "rounds list": READS_ONLY,
    "query list": READS_ONLY,
    "trends": READS_ONLY,
    "similar": READS_ONLY,
    "verify-log": READS_ONLY,
    "doctor": READS_ONLY,
    "lab": "A server: it does nothing until somebody works with it.",
    "app": "A server: it does nothing until somebody works with it.",
    "demo": "It keeps to a folder of its own and invented members: it is itself a rehearsal.",
}
SERVER_ONLY = ("admit",)  # tried on PostgreSQL in tests/store/test_server.py
COMMANDS = dict(every_command())
NOW = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
PASSPHRASE = "correct horse battery staple of a season"  # noqa: S105  (of a pack made here)
DONE_WORDS = re.compile(
    r"^(Sent|Released|Queued|Decided|Rendered|Allocated|Taken in|Drawn|Erased|Written)\b",
    re.MULTILINE,
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A season in which every command has something to do, and files for those that take one."""
    home = tmp_path_factory.mktemp("season")
    season = small_season(home / "w")
    register = read_table(season, tables.REGISTER)
    replace_rows(season, tables.REGISTER, register.assign(deceased=False))
    put(
        season,
        tables.IMPORTS,
        {
            "digest": "d",
            "kind": "register",
            "cpd_year": 0,
            "accepted": 3,
            "rejected": 0,
            "imported_at": NOW,
        },
    )
    _draw(season)
    journey.commit_draw(season, cpd_year=2017, size=2, seed_from=FUTURE)
    for return_id, assessor in (("r1", "A1"), ("r1", "A2"), ("r2", "A1"), ("r3", "A2")):
        _judge(season, return_id, assessor)
    for name, number in (("r6", "X0016"), ("r7", "X0017")):
        add_return(season, name, number)
        allocate(season, name, "A1")
        mask_returns(season, [name])
    _judge(season, "r6", "A1", second_look=True)
    journey.select_second_markings(
        season, cpd_year=2016, by="Ada", choose=[SecondMarkingReason.FLAGGED]
    )
    for place, state in enumerate(("released", "approved", "waiting"), 1):
        _document(season, place, state)
    _rounds(season, home)
    _letters(season)
    files = {
        "register.csv": "member_no,grade\nX0001,MIET\nX0009,MIET\n",
        "opt_ins.csv": "member_no,name,opted_in_on\nX0001,Ada Example,2016-01-01\n",
        "declarations.csv": "member_no,cpd_year,declared_hours,declared_on\nX0001,2016,30,2017-01-20\n",
        "assessors.csv": "assessor_id,name,disciplines,capacity\nA3,Third,power,5\n",
        "circumstances.csv": (
            "member_no,cpd_year,kind,from,to,agreed_target_hours,agreed_by,agreed_on\n"
            "X0002,2016,illness,2016-02-01,2016-12-31,10,CPD team,2016-03-07\n"
        ),
        "responses.csv": "member_no,state\nX0003,left\n",
        "returns.csv": "member_no,title,started_on,hours\nX0001,A course,2016-03-01,7\n",
        "example.txt": "A clear plan was made and followed.",
        "merge.csv": f"message,by\n{4:032x},post\n",
        "bounce.eml": "From: a@example.org\nSubject: no bounce\n\nNothing\n",
    }
    for name, text in files.items():
        (home / name).write_text(text, encoding="utf-8")
    make_pack(season, "A1", home / "a1.pack", passphrase=PASSPHRASE)
    laptop = open_pack(home / "a1.pack", home / "laptop", passphrase=PASSPHRASE)
    hand_in(laptop, home / "a1.handin")
    back_up(season, home / "b.zip")
    back_up_keys(season, home / "keys.json")
    shutil.copytree(season.keys.folder, home / "restored" / "keys")
    season.engine.dispose()
    laptop.engine.dispose()
    return home


def _draw(season):
    row = {
        "draw_id": "2016-1",
        "cpd_year": 2016,
        "seed": "s",
        "size": 3,
        "reserve": 0,
        "reserve_percent": 0.0,
        "frame_size": 3,
        "frame_digest": "d",
        "frame_root": "r",
        "drawn_at": NOW,
        "reason": "",
        "rules_edition": "2016",
    }
    put(season, tables.DRAWS, row)
    put(
        season,
        tables.SELECTIONS,
        *(
            {
                "draw_id": "2016-1",
                "member_no": number,
                "stratum": "",
                "rank": rank,
                "ticket": "0.1",
                "is_reserve": number == "X0006",
                "inclusion_probability": 1.0,
            }
            for rank, number in enumerate(("X0001", "X0002", "X0003", "X0004", "X0006", "X0007"), 1)
        ),
    )
    for number, grade in (("X0004", "MIET"), ("X0007", "Student")):
        put(
            season,
            tables.REGISTER,
            {
                "member_no": number,
                "joined_on": None,
                "left_on": None,
                "deceased": False,
                "do_not_contact": False,
                "name": "Di Silent",
                "email": "di@example.org",
                "grade": grade,
                "registration": "",
                "discipline": "power",
                "employer": "",
                "opted_in_on": None,
            },
        )
    add_return(season, "r5", "X0005")
    put(
        season,
        tables.ASSESSORS,
        {
            "assessor_id": "A9",
            "member_no": "",
            "name": "Nine",
            "email": "nine@example.org",
            "disciplines": "power",
            "employer": "",
            "capacity": 9,
            "conflicts": "",
        },
    )


def _judge(season, return_id, assessor, *, second_look=False):
    judgement = Judgement(
        levels={"reflection": "sound"},
        comments={},
        outcome="advice",
        advice="Keep going.",
        second_look=second_look,
        state=JudgementState.SUBMITTED,
    )
    record_judgement(
        season,
        return_id,
        assessor_id=assessor,
        judgement=judgement,
        event_id=f"{return_id}-{assessor}",
        expected_version=0,
    )


def _document(season, place, state):
    name = f"{place:032x}"
    page = season.folder / "feedback" / "2016" / f"{name}.html"
    digest = write_private(page, f"<p>{place}</p>".encode())
    row = {
        "document_id": name,
        "cpd_year": 2016,
        "kind": "individual",
        "version": 1,
        "member_no": f"X000{place}",
        "return_id": f"r{place}",
        "input_digest": "i",
        "file": f"feedback/2016/{name}.html",
        "sha256": digest,
        "rendered_at": NOW,
        "released_at": NOW if state == "released" else None,
        "recalled_at": None,
    }
    put(season, tables.DOCUMENTS, row)
    if state == "approved":
        decide(season, [name], decision="approved", decided_by="Ada")


def _letters(season):
    """Put in a message for each act of staff, and what a reminder or feedback for all needs."""
    long_ago = NOW - timedelta(days=20)
    put(
        season,
        tables.OUTBOX,
        *(
            {
                "message_id": f"{place:032x}",
                "cpd_year": 2016,
                "kind": kind,
                "member_no": number,
                "document_id": "",
                "state": state,
                "detail": "",
                "changed_at": long_ago,
            }
            for place, (kind, number, state) in enumerate(
                (
                    ("reminder", "X0002", "unknown"),
                    ("thanks", "X0002", "queued"),
                    ("recording", "X0003", "cancelled"),
                    ("join", "X0003", "at the post"),
                    ("declaration", "X0001", "sent"),
                    ("invitation", "X0007", "sent"),
                ),
                1,
            )
        ),
    )
    row = read_table(season, tables.DOCUMENTS, document_id=f"{1:032x}")
    everybody = {"document_id": f"{9:032x}", "kind": "generic", "member_no": "", "return_id": ""}
    replace_rows(season, tables.DOCUMENTS, row.assign(**everybody))


def _rounds(season, home):
    """A note, a version that waits, a round in which more is asked for, a query and an appeal."""
    note_to_staff(season, "r2", assessor_id="A1", words="Is this 2015?", event_id="n1")
    add_return(season, "r8", "X0002", version=2)
    newer = read_table(season, tables.RETURNS, return_id="r8")
    replace_rows(season, tables.RETURNS, newer.assign(parked="newer than the version under review"))
    opened = NewRoundEvent(
        return_id="r3", kind=RoundEvent.OPENED, who="Ada", due_on=NOW.date() + timedelta(days=28)
    )
    record_rounds(season, [opened])
    asked = {
        name: journey.ask_query(
            season, member_no="X0001", cpd_year=2016, what="Why?", by="Ada", is_appeal=is_appeal
        ).query_id
        for name, is_appeal in (("query", False), ("appeal", True))
    }
    (home / "asked.json").write_text(json.dumps(asked), encoding="utf-8")


YEAR = ("--cpd-year", "2016")
FUTURE = "dice, 12 rolls, on 2090-01-15 12:00 before Ann Lee and Bo Day"
# the words after each command, and a key of its answer with what a dry run must find there
TRIED = {
    "init": ((), None),
    "import register": (("{home}/register.csv",), ("accepted", 2)),
    "import opt-ins": (("{home}/opt_ins.csv",), ("accepted", 1)),
    "import declarations": (("{home}/declarations.csv", *YEAR), ("accepted", 1)),
    "import assessors": (("{home}/assessors.csv",), ("accepted", 1)),
    "import circumstances": (("{home}/circumstances.csv",), ("accepted", 1)),
    "import responses": (("{home}/responses.csv", *YEAR), ("accepted", 1)),
    "import returns": (("{home}/returns.csv", *YEAR), ("returns", 1)),
    "template": (("{out}/t.xlsx", *YEAR), None),
    "draw": ((*YEAR, "--size", "2", "--seed", "t", "--reason", "again"), ("frame_size", 4)),
    "commit-draw": (
        ("--cpd-year", "2018", "--size", "2", "--seed-from", FUTURE, "--out", "{out}/c.json"),
        ("frame_size", 4),
    ),
    "record-publishing": (("2017-1", "--by", "Ada", "--where", "a page"), None),
    "withdraw-commitment": (("2017-1", "--reason", "a trial"), None),
    "call-reserve": (("X0001", *YEAR, "--because", "left"), ("rank", 5)),
    "allocate": ((*YEAR, "--seed", "s"), ("allocated", 2)),
    "reallocate": (("R-r2", "--to", "A9", "--started"), None),
    "dismiss": (("A9",), None),
    "score": (YEAR, ("returns", 6)),
    "letters due": (YEAR, ("queued", 2)),
    "letters join": (YEAR, ("queued", 4)),
    "letters recording": (YEAR, ("queued", 3)),
    "letters declaration": (YEAR, ("queued", 3)),
    "letters declaration-reminder": ((*YEAR, "--member", "X0001"), ("queued", 1)),
    "letters invitation": (YEAR, ("queued", 1)),
    "letters reminder": ((*YEAR, "--after", "0", "--member", "X0007"), ("queued", 1)),
    "letters thanks": (YEAR, ("queued", 2)),
    "letters generic": (YEAR, ("queued", 4)),
    "letters feedback": (YEAR, ("queued", 1)),
    "letters note": (
        (*YEAR, "--subject", "Hello", "--text", "{home}/example.txt", "--by", "Ada"),
        ("queued", 1),
    ),
    "letters test": (("thanks", *YEAR, "--to", "me@example.org", "--by", "Ada"), None),
    "letters templates": (("--copy", "thanks"), None),
    "outbox send": (YEAR, ("would_send", 2)),
    "outbox cancel": (
        (f"{2:032x}", *YEAR, "--by", "Ada", "--reason", "a trial"),
        ("changed", 1),
    ),
    "outbox put-back": ((f"{3:032x}", *YEAR, "--by", "Ada"), ("changed", 1)),
    "outbox postpone": (
        ("--all", *YEAR, "--by", "Ada", "--not-before", "2030-01-01"),
        ("changed", 1),
    ),
    "outbox first": (("--kind", "thanks", *YEAR, "--by", "Ada"), ("changed", 1)),
    "outbox settle": ((f"{1:032x}", "sent", "--by", "Ada"), None),
    "outbox posted": (("{home}/merge.csv", "--by", "Ada"), ("posted", 1)),
    "outbox bounces": (("{home}/bounce.eml",), None),
    "pack": (("A1", "{out}/a1.pack"), ("returns", 4)),
    "open-pack": (("{home}/a1.pack",), None),
    "hand-in": (("{out}/a1.handin",), ("events", 0)),
    "merge": (("{home}/a1.handin",), ("added", 0)),
    "token": (("A1",), None),
    "moderate select": (
        (*YEAR, "--share", "100%", "--seed", "s", "--by", "Ada"),
        (
            "chosen",
            [{"return": f"R-{name}", "reasons": "random share"} for name in ("r2", "r3", "r7")],
        ),
    ),
    "moderate withdraw": (("R-r6", "--because", "no room", "--by", "Ada"), None),
    "moderate take": (("R-r1", "--side", "first", "--because", "so", "--by", "Ada"), None),
    "moderate answer": (
        (
            *("R-r6", "--about", "second-look", "--answer", "stands"),
            *("--because", "so", "--by", "Ada"),
        ),
        ("waiting", 1),
    ),
    "moderate fresh": (("R-r2", "--to", "A9", "--because", "an appeal", "--by", "Ada"), None),
    "feedback render": (YEAR, ("rendered", 5)),
    "feedback approve": ((*YEAR, "--by", "Ada"), ("decided", 1)),
    "feedback release": (YEAR, ("released", 1)),
    "feedback recall": (("R-r1",), ("released", 1)),
    "feedback send": (YEAR, ("would_send", 2)),
    "feedback outbox": ((*YEAR, "--settle", f"{1:032x}", "sent"), None),
    "feedback bounces": (("{home}/bounce.eml",), None),
    "feedback example": (
        (
            *YEAR,
            "--member",
            "X0001",
            "--text",
            "{home}/example.txt",
            "--consented-on",
            "2017-03-01",
            "--by",
            "Ada",
        ),
        ("examples", 1),
    ),
    "feedback board": (YEAR, None),
    "notes write": (("R-r2", "--what", "Look.", "--by", "Ada"), None),
    "notes answer": (("n1", "--what", "Yes.", "--by", "Ada"), None),
    "returns use": (("r7", "--by", "Ada"), None),
    "rounds remind": ((*YEAR, "--by", "Ada"), ("queued", 0)),
    "rounds extend": (("R-r3", "--until", "2099-01-01", "--by", "Ada", *YEAR), None),
    "rounds end": (("R-r3", "--by", "Ada"), None),
    "query record": (("X0001", "--what", "Why?", "--by", "Ada", *YEAR), None),
    "query review": (("{appeal}", "--to", "A9", "--by", "Ada"), None),
    "query answer": (("{query}", "--what", "So.", "--unchanged", "--by", "Ada"), None),
    "erase": (("X0001",), None),
    "subject-access": (("X0001", "{out}/answer"), None),
    "retention": (("--apply",), None),
    "upgrade": ((), None),
    "backup": (("{out}/b.zip",), ("events", 5)),
    "backup-keys": (("{out}/keys.json",), None),
    "restore": (("{home}/b.zip",), ("events", 5)),
    "restore-keys": (("{home}/keys.json",), None),
}
PLACE = {
    "init": "fresh",
    "open-pack": "fresh",
    "hand-in": "laptop",
    "restore": "restored",
    "restore-keys": "fresh",
}


def bytes_of(folder):
    """Every file with its content, and every folder: what must be the same afterwards."""
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        )
        for path in sorted(folder.rglob("*"))
    }


def tried(home, name, capfd, *, as_json):
    words = [
        word.format(home=home, out=home / "out", **json.loads((home / "asked.json").read_text()))
        if "{" in word
        else word
        for word in TRIED[name][0]
    ]
    place = home / PLACE.get(name, "w")
    options = ["--workspace", str(place), *(["--json"] if as_json else [])]
    capfd.readouterr()
    status = main([*name.split(), *words, "--dry-run", *options])
    said = capfd.readouterr()
    assert status in {0, 1}, said.err  # 1: done, and something in the file was rejected
    return said.out


def test_every_command_has_a_dry_run_or_a_reason_to_have_none():
    for name, command in COMMANDS.items():
        has_one = any("--dry-run" in one.opts for one in command.params)
        assert has_one != (name in NO_DRY_RUN), (
            f"`assessor-kit {name}`: does it send, draw, remove or write? Give it `dry_run`; if"
            " not, say in NO_DRY_RUN why it needs none."
        )
        assert bool(command.dry_run) == has_one
    assert {*TRIED, *SERVER_ONLY, *NO_DRY_RUN} == set(COMMANDS), "every command is tried or excused"


@pytest.mark.parametrize("name", TRIED)
def test_a_dry_run_changes_not_one_byte_and_never_says_that_it_did(made, name, capfd, monkeypatch):
    monkeypatch.setenv("ASSESSOR_KIT_PASSPHRASE", PASSPHRASE)
    before = bytes_of(made)
    answer = json.loads(tried(made, name, capfd, as_json=True))
    assert set(answer) >= set(COMMANDS[name].keys)
    assert answer["dry_run"] is True
    assert "assessor-kit-dry-run-" not in json.dumps(answer)
    if TRIED[name][1]:
        key, number = TRIED[name][1]
        assert answer[key] == number
    text = tried(made, name, capfd, as_json=False)
    assert text.startswith("Would ")
    assert not DONE_WORDS.search(text)
    assert bytes_of(made) == before


def test_the_same_command_in_earnest_does_what_the_dry_run_said(made, tmp_path, capfd):
    season = shutil.copytree(made / "w", tmp_path / "w")
    for name, key in (
        ("allocate", "allocated"),
        ("letters invitation", "queued"),
        ("feedback release", "released"),
        ("feedback approve", "decided"),
    ):
        words = [*name.split(), *TRIED[name][0], "--workspace", str(season), "--json"]
        main([*words, "--dry-run"])
        planned = json.loads(capfd.readouterr().out)
        assert main(words) == 0
        done = json.loads(capfd.readouterr().out)
        assert done[key] == planned[key] > 0
        assert done["dry_run"] is False


def test_secrets_of_a_dry_run_are_not_told(made, capfd):
    assert json.loads(tried(made, "token", capfd, as_json=True))["token"] is None
    pack = json.loads(tried(made, "pack", capfd, as_json=True))
    assert (pack["pack_id"], pack["passphrase"]) == (None, None)


def test_send_writes_messages_to_look_at_only_where_a_folder_is_named(made, tmp_path, capfd):
    words = ["feedback", "send", *YEAR, "--workspace", str(made / "w"), "--json"]
    before = bytes_of(made)
    assert main([*words, "--dry-run", str(tmp_path / "look")]) == 0
    answer = json.loads(capfd.readouterr().out)
    assert (answer["sent"], answer["would_send"]) == (0, len(list((tmp_path / "look").iterdir())))
    assert answer["folder"] == str(tmp_path / "look")
    assert bytes_of(made) == before


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["pack", "A1", "{home}/a1.pack/inside"], "Not a directory"),
        (
            ["restore", "{home}/b.zip", "--workspace", "{home}/w"],
            "{home}/w: there is already a workspace here",
        ),
        (
            ["restore-keys", "{home}/keys.json", "--workspace", "{home}/w"],
            "{home}/w/keys: there are already keys here",
        ),
        (["backup", "{home}/b.zip", "--workspace", "{home}/w"], "--replace"),
        (["subject-access", "X0001", "{home}/w", "--workspace", "{home}/w"], "not empty"),
        (["upgrade", "--workspace", "{home}/nowhere"], "no workspace"),
        (["draw", *YEAR, "--size", "2", "--seed", "t", "--workspace", "{home}/w"], "--reason"),
    ],
)
def test_a_dry_run_refuses_what_the_command_would_refuse(made, words, sentence, capfd):
    line = [word.format(home=made) for word in words]
    if "--workspace" not in line:
        line += ["--workspace", str(made / "w")]
    before = bytes_of(made)
    assert main([*line, "--dry-run"]) == 2
    said = capfd.readouterr().err
    assert sentence.format(home=made) in said
    assert "assessor-kit-dry-run" not in said
    assert bytes_of(made) == before


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_dry_run_says_where_nothing_could_be_written(made, tmp_path, capfd):
    (tmp_path / "shut").mkdir(mode=0o500)
    words = ["backup", str(tmp_path / "shut" / "b.zip"), "--workspace", str(made / "w")]
    assert main([*words, "--dry-run"]) == 2
    assert "Permission denied" in capfd.readouterr().err


def test_the_copy_of_a_dry_run_is_gone_afterwards_also_when_it_fails():
    seen = []

    def fail():
        with scratch_folder() as scratch:
            seen.append(scratch.folder)
            assert (scratch.folder.stat().st_mode & 0o077) == 0
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not seen[0].exists()


def test_a_dry_run_counts_in_words():
    answer = {"files": ["a"], "rows": {"x": 2, "y": 3}, "replies": 0, "name": "A{1}"}
    said = in_words("write {files:file}, {rows:row}, {replies:reply/replies} of {name}", answer)
    assert said.splitlines()[0] == "Would write 1 file, 5 rows, 0 replies of A{1}."
