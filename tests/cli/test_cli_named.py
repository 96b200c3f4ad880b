"""A person and a return have one set of names, which every command that takes one accepts."""

import json
from datetime import datetime

import pytest
from seasons import add_return, judgement, put, save, small_season

from assessor_kit import tables
from assessor_kit.cli import main
from assessor_kit.cli.argument_types import NameInWorkspace
from assessor_kit.cli.lookups.named import document_named, member_named, return_named
from assessor_kit.cli.program import every_command
from assessor_kit.errors import InvalidRequest, NotFound
from assessor_kit.store import read_table, record_judgement, replace_rows

COMMANDS = dict(every_command())
TAKEN = {
    (name, option)
    for name, command in COMMANDS.items()
    for option in command.params
    if isinstance(option.type, NameInWorkspace)
}
# how each command is given the name; the key of the answer that shows what it found
CALLS = {
    "erase": (["{name}", "--dry-run"], "rows"),
    "subject-access": (["{name}", "{out}", "--dry-run"], "files"),
    **{
        f"letters {kind}": (["--cpd-year", "2016", "--member", "{name}", "--dry-run"], "left_out")
        for kind in ("join", "recording", "declaration", "invitation", "thanks")
    },
    "outbox list": (["--cpd-year", "2016", "--member", "{name}"], "letters"),
    "feedback example": (
        ["--member", "{name}", "--cpd-year", "2016", "--withdraw", "--dry-run"],
        "examples",
    ),
    "moderate take": (
        ["{name}", "--side", "first", "--because", "so", "--by", "Ada", "--dry-run"],
        "agreed",
    ),
    "moderate answer": (
        [
            *("{name}", "--about", "second-look", "--answer", "stands"),
            *("--because", "so", "--by", "Ada", "--dry-run"),
        ],
        "answered",
    ),
    "moderate withdraw": (
        ["{name}", "--because", "no room", "--by", "Ada", "--dry-run"],
        "withdrawn",
    ),
    "moderate fresh": (
        ["{name}", "--to", "A2", "--because", "an appeal", "--by", "Ada", "--dry-run"],
        "assigned",
    ),
    "notes write": (
        ["{name}", "--cpd-year", "2016", "--what", "Look.", "--by", "Ada", "--dry-run"],
        "assessor",
    ),
    "query record": (
        ["{name}", "--cpd-year", "2016", "--what", "Why?", "--by", "Ada", "--dry-run"],
        "due",
    ),
    "feedback recall": (["{name}", "--cpd-year", "2016", "--dry-run"], "released"),
    "feedback approve": (
        ["{name}", "--cpd-year", "2016", "--by", "Ada", "--decision", "held", "--dry-run"],
        "decided",
    ),
}
# They need a draw, an allocation, a version that waits or a round of their own, see `test_cli_draws`,
# `journey/test_allocating` and `test_cli_rounds`.
WITH_THEIR_OWN = {
    "call-reserve",
    "commit-draw",
    "reallocate",
    "returns use",
    "rounds extend",
    "rounds end",
}
# They need a letter that has gone, or feedback that is released, see `feedback/test_letters`.
WITH_A_LETTER = {"letters reminder", "letters declaration-reminder", "letters generic"}
MOMENT = datetime(2017, 2, 1)  # noqa: DTZ001  (the store keeps UTC without a zone)
FORMS = ("X0002", "x0002", "R-r2", "r2")


@pytest.fixture
def season(tmp_path):
    made = small_season(tmp_path / "w")
    register = read_table(made, tables.REGISTER)
    replace_rows(made, tables.REGISTER, register.assign(deceased=False))
    put(
        made,
        tables.IMPORTS,
        {
            "digest": "d",
            "kind": "register",
            "cpd_year": 0,
            "accepted": 3,
            "rejected": 0,
            "imported_at": datetime.now(),  # noqa: DTZ005  (as above)
        },
    )
    put(
        made,
        tables.EXAMPLES,
        {
            "return_id": "r2",
            "cpd_year": 2016,
            "text": "A clear plan.",
            "consented_on": MOMENT.date(),
            "recorded_by": "Ada",
            "recorded_at": MOMENT,
            "withdrawn_on": None,
        },
    )
    for version, released in ((1, MOMENT), (2, MOMENT)):
        put(
            made,
            tables.DOCUMENTS,
            {
                "document_id": f"{version:032x}",
                "cpd_year": 2016,
                "kind": "individual",
                "version": version,
                "member_no": "X0002",
                "return_id": "r2",
                "input_digest": "i",
                "file": f"feedback/2016/{version:032x}.html",
                "sha256": "s",
                "rendered_at": MOMENT,
                "released_at": released,
                "recalled_at": None,
            },
        )
    record_judgement(
        made,
        "r2",
        assessor_id="A1",
        judgement=judgement(submitted=True, second_look=True),
        event_id="e2",
        expected_version=0,
    )
    put(made, tables.DOUBLE_MARKINGS, {"return_id": "r2", "chosen_on": MOMENT.date()})
    return made


def called(season, name, given, out, capfd):
    words = [word.format(name=given, out=out) for word in CALLS[name][0]]
    capfd.readouterr()
    status = main([*name.split(), *words, "--workspace", str(season.folder), "--json"])
    said = capfd.readouterr()
    return status, json.loads(said.out), said.err


def test_every_command_that_takes_a_person_or_a_return_takes_its_names():
    assert {name for name, _ in TAKEN} == set(CALLS) | WITH_THEIR_OWN | WITH_A_LETTER
    for name, command in COMMANDS.items():
        for option in command.params:
            words = {str(option.metavar or "").upper(), str(option.name).upper()}
            takes_one = any(
                word in said
                for said in words
                for word in ("MEMBER", "RETURN", "PERSON", "R-CODE", "DOCUMENT")
            )
            assert (not takes_one) or (name, option) in TAKEN, (
                f"`assessor-kit {name}`: give {option.name} the type PERSON, RETURN or DOCUMENT."
            )


@pytest.mark.parametrize("name", CALLS)
def test_each_command_finds_the_same_by_every_form_of_the_name(season, name, tmp_path, capfd):
    answers = [called(season, name, form, tmp_path / "out", capfd) for form in FORMS]
    assert [status for status, _, _ in answers] == [0] * len(FORMS), answers
    found = [answer[CALLS[name][1]] for _, answer, _ in answers]
    assert all(one == found[0] for one in found)


@pytest.mark.parametrize("name", CALLS)
def test_each_command_refuses_a_name_that_nothing_has(season, name, tmp_path, capfd):
    status, answer, message = called(season, name, "R-NONE", tmp_path / "out", capfd)
    assert status == 2
    assert "'R-NONE'" in message
    assert "Expected: " in message
    assert "a membership number, an R-code" in message
    assert answer["error"]


@pytest.mark.parametrize("name", CALLS)
def test_each_command_refuses_an_empty_name(season, name, tmp_path, capfd):
    status, _, message = called(season, name, " ", tmp_path / "out", capfd)
    assert status == 2
    assert "is empty. Give a membership number" in message


def test_a_code_that_two_people_have_is_refused(season):
    returns = read_table(season, tables.RETURNS)
    replace_rows(season, tables.RETURNS, returns.assign(pseudonym="R-SAME"))
    with pytest.raises(InvalidRequest, match="stands for 3 people"):
        member_named(season, "R-SAME")
    with pytest.raises(InvalidRequest, match="stands for 3 returns"):
        return_named(season, "R-SAME")
    assert member_named(season, "r1") == "X0001"


def test_a_member_with_returns_of_several_years_needs_the_year(season):
    add_return(season, "r5", "X0002", cpd_year=2015)
    with pytest.raises(InvalidRequest, match=r"2015 or 2016.*--cpd-year"):
        return_named(season, "X0002")
    assert return_named(season, "X0002", cpd_year=2015).return_id == "r5"
    assert return_named(season, "R-r5").cpd_year == 2015


def test_a_return_of_another_year_is_refused_with_its_year(season):
    with pytest.raises(InvalidRequest, match=r"no return for CPD of 2015.*--cpd-year 2016"):
        return_named(season, "r2", cpd_year=2015)


def test_a_member_without_a_return_is_a_person_and_no_return(season):
    put(
        season,
        tables.RESPONSES,
        {"member_no": "X0009", "cpd_year": 2016, "state": "left", "noted_on": None},
    )
    assert member_named(season, "X0009") == "X0009"
    with pytest.raises(NotFound):
        return_named(season, "X0009")


def test_an_erased_member_has_no_name_any_more(season):
    returns = read_table(season, tables.RETURNS, return_id="r1")
    replace_rows(season, tables.RETURNS, returns.assign(pseudonym="", member_no="ERASED-1"))
    with pytest.raises(NotFound):
        return_named(season, "r1")


def test_a_return_stands_for_its_newest_document_that_is_not_recalled(season):
    assert document_named(season, "R-r2") == f"{2:032x}"
    assert document_named(season, f"{1:032x}") == f"{1:032x}"
    newest = read_table(season, tables.DOCUMENTS, document_id=f"{2:032x}")
    replace_rows(season, tables.DOCUMENTS, newest.assign(recalled_at=MOMENT))
    assert document_named(season, "X0002", cpd_year=2016) == f"{1:032x}"
    with pytest.raises(NotFound, match="has no feedback"):
        document_named(season, "R-r1")


def listed(season, capfd, *words):
    line = [*words, "--workspace", str(season.folder)]
    capfd.readouterr()
    assert main([*line, "--json"]) == 0
    answer = json.loads(capfd.readouterr().out)
    assert main(line) == 0
    return answer, capfd.readouterr().out


def test_recall_without_a_document_lists_those_that_are_released(season, capfd):
    answer, text = listed(season, capfd, "feedback", "recall")
    assert [row["return"] for row in answer["candidates"]] == ["R-r2", "R-r2"]
    assert (answer["released"], answer["held"]) == (2, 0)
    assert f"Next: assessor-kit feedback recall {1:032x}" in text
    assert "R-r2" in text
    assert main(["feedback", "recall", f"{1:032x}", "--workspace", str(season.folder)]) == 0
    answer, _ = listed(season, capfd, "feedback", "recall")
    assert [row["document"] for row in answer["candidates"]] == [f"{2:032x}"]


def test_outbox_lists_the_messages_that_can_be_settled(season, capfd):
    for name, state in (("a" * 32, "unknown"), ("b" * 32, "sent"), ("c" * 32, "bounced")):
        put(
            season,
            tables.OUTBOX,
            {
                "message_id": name,
                "cpd_year": 2016,
                "kind": "reminder",
                "member_no": "X0002",
                "document_id": "",
                "state": state,
                "detail": "550",
                "changed_at": MOMENT,
            },
        )
    answer, text = listed(season, capfd, "feedback", "outbox")
    assert [row["state"] for row in answer["candidates"]] == ["unknown", "bounced"]
    assert answer["messages"] == {"unknown": 1, "sent": 1, "bounced": 1}
    assert f"Next: assessor-kit feedback outbox --settle {'a' * 32} sent" in text


def test_example_lists_the_reviewed_returns_and_what_is_kept_of_them(season, capfd):

    save(season, event="e2", return_id="r2", assessor_id="A1", submitted=True)
    save(season, event="e3", return_id="r3", assessor_id="A2", submitted=True)
    answer, text = listed(season, capfd, "feedback", "example")
    assert {row["return"]: row["example"] for row in answer["candidates"]} == {
        "R-r2": "kept",
        "R-r3": "none",
    }
    assert answer["examples"] == 1
    assert "Next: assessor-kit feedback example --member R-r2 --cpd-year 2016" in text


def test_example_with_a_text_and_nobody_named_is_refused(season, capfd):
    words = ["feedback", "example", "--withdraw", "--workspace", str(season.folder)]
    assert main(words) == 2
    assert "Whose example?" in capfd.readouterr().err
