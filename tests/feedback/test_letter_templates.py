"""Does every letter read well, and is whatever is wrong with a template named with its line?"""

import re

import pytest
from commands import run_cli

from assessor_kit import journey, tables
from assessor_kit.errors import RulesError, UnusableFile
from assessor_kit.feedback.mail.building import example_letter
from assessor_kit.feedback.mail.letters.kinds import LETTER_OF, LETTERS
from assessor_kit.feedback.mail.letters.templates import SHIPPED, own_template_path
from assessor_kit.rules import schemes
from assessor_kit.store import Workspace, read_table
from assessor_kit.vocabulary import LetterKind

KINDS = [letter.kind for letter in LETTERS]


@pytest.fixture(scope="module", params=schemes())
def workspace(request, tmp_path_factory):
    return Workspace.create(tmp_path_factory.mktemp("w") / "w", scheme=request.param, sample=True)


@pytest.fixture
def own(tmp_path):
    made = Workspace.create(tmp_path / "w")
    (made.folder / "templates" / "letters").mkdir(parents=True)
    return made


def rewrite(workspace, text, kind=LetterKind.REMINDER):
    own_template_path(workspace, kind).write_text(text, encoding="utf-8")


def test_every_kind_has_a_template_and_a_place_in_the_year():
    assert set(KINDS) == set(LetterKind) - {LetterKind.TEST}
    assert {path.stem for path in SHIPPED.glob("*.txt")} == {str(kind) for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_each_letter_is_in_short_sentences_and_says_where_questions_go(workspace, kind):
    read = example_letter(workspace, kind, cpd_year=2018, sender="cpd@example.org")
    whole = f"{read.subject}. {read.text}"
    rules = workspace.rules(2018).words
    for given in (rules.guideline_text, *rules.benefits, *rules.cycle, rules.scheme_name):
        whole = whole.replace(given, "")  # the scheme's own words, which its rules answer for
    sentences = re.split(r"[.:!?]\s|\n\n|\n- ", whole)
    assert max(len(sentence.split()) for sentence in sentences) <= 25
    assert not any(word in whole for word in ("{", "}", "None", "Undefined", "audit "))
    assert "\n\n\n" not in read.text
    assert "write to the CPD team, with your name and membership number, at cpd@example.org" in (
        read.text
    )
    others = {"iet": "Mechanical", "imeche": "Technology"}
    assert others[workspace.scheme] not in whole


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("Subject: Hello\n\nDear {{ nmae }},\n", 3, "nothing called 'nmae'"),
        ("Subject: Hello\n\n{% if due_on %}\nIt is due.\n", 4, "end of template"),
        ("Subject: Hello\n\nDear {{ name,\n", 3, "unexpected 'end of template'"),
        ("Hello\n\nDear {{ name }},\n", 1, "begins with 'Hello'"),
        ("Subject: Hello\n\n\n", 1, "begins with"),
        ("Subject: Hello\n\nOne\n{{ number / 0 }}\n", 4, "ZeroDivisionError"),
        ("Subject: Hello\n\n{{ name.__class__.__mro__ }}\n", 3, "unsafe"),
        ("Subject: Hello\n\n{{ name.surname }}\n", 3, "surname"),
        ("Subject: Hello\n\n{% include 'other' %}\n", 3, "while the letter was filled in"),
        ("Subject: Hello\n\n{{ range(9) }}\n", 3, "nothing called 'range'"),
    ],
)
def test_an_error_in_a_template_names_file_line_and_what_there_is(own, text, line, found):
    rewrite(own, text)
    with pytest.raises(UnusableFile) as refused:
        example_letter(own, LetterKind.REMINDER, cpd_year=2016)
    said = str(refused.value)
    assert said.startswith(f"templates/letters/reminder.txt, line {line}: ")
    assert found in said
    if "nothing called" in found:
        assert all(name in said for name in LETTER_OF[LetterKind.REMINDER].all_names)


def test_a_name_is_missed_also_where_it_would_rarely_be_used(own):
    rewrite(own, "Subject: Hello\n\nHello\n{% if number > 7 %}{{ nowhere }}{% endif %}\n")
    with pytest.raises(UnusableFile, match="line 4: there is nothing called 'nowhere'"):
        example_letter(own, LetterKind.REMINDER, cpd_year=2016)


def test_a_letter_with_a_faulty_template_is_neither_queued_nor_lost(own, tmp_path):
    (tmp_path / "r.csv").write_text(
        "member_no,grade,name,email,opted_in_on\nX0001,MIET,Ada,a@example.org,2015-01-01\n", "utf-8"
    )
    journey.import_register(own, [tmp_path / "r.csv"])
    rewrite(own, "Subject: Hello\n\n{{ nothing }}\n", LetterKind.RECORDING)
    with pytest.raises(UnusableFile, match=r"recording\.txt, line 3"):
        journey.write_letters(own, cpd_year=2016, kind="recording")
    assert read_table(own, tables.OUTBOX).empty
    plan = journey.plan_letters(own, cpd_year=2016)
    assert any("recording.txt, line 3" in one for one in plan.warnings)
    own_template_path(own, LetterKind.RECORDING).unlink()
    assert journey.write_letters(own, cpd_year=2016, kind="recording").queued == 1
    rewrite(own, "Subject: Hello\n\n{{ nothing }}\n", LetterKind.RECORDING)
    status, answer, _ = run_cli(
        "outbox", "send", "--cpd-year", 2016, "--dry-run", workspace=own.folder
    )
    assert (status, answer["would_send"]) == (0, 0)
    assert "recording.txt, line 3" in answer["left_out"][0]["reason"]
    assert set(read_table(own, tables.OUTBOX)["state"]) == {"queued"}


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ('contact = "x"\nbdoy = "y"\n', 2, "bdoy"),
        ("contact = 7\n", 1, "contact = 7"),
        ('sender = "nobody"\n', 1, "an e-mail address"),
    ],
)
def test_a_mistake_in_the_senders_file_is_named_with_its_line(own, text, line, found):
    (own.folder / "templates" / "letters" / "sender.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UnusableFile) as refused:
        example_letter(own, LetterKind.THANKS, cpd_year=2016)
    assert f"templates/letters/sender.toml, line {line}: " in str(refused.value)
    assert found in str(refused.value)


def test_a_template_is_copied_edited_and_previewed_by_commands(own):
    status, answer, _ = run_cli("letters", "templates", "--copy", "thanks", workspace=own.folder)
    assert status == 0
    assert answer["copied"].endswith("templates/letters/thanks.txt")
    rewrite(own, "Subject: Ta\n\nTa, {{ name }}! {{ signature }}\n", LetterKind.THANKS)
    status, answer, _ = run_cli("letters", "templates", "--copy", "thanks", workspace=own.folder)
    assert (status, answer["copied"]) == (0, None)  # what staff wrote stays
    status, answer, _ = run_cli(
        "letters", "preview", "thanks", "--cpd-year", 2016, workspace=own.folder
    )
    assert (status, answer["subject"], answer["template"]) == (
        0,
        "Ta",
        "templates/letters/thanks.txt",
    )
    assert answer["text"].startswith("Ta, Ada Example! Institution")


def test_words_of_members_cannot_be_taken_for_a_template(own, tmp_path):
    (tmp_path / "r.csv").write_text(
        "member_no,grade,name,email,opted_in_on\nX0001,MIET,{{ 7*7 }},a@example.org,2015-01-01\n",
        "utf-8",
    )
    journey.import_register(own, [tmp_path / "r.csv"])
    journey.write_letters(own, cpd_year=2016, kind="recording")
    name = read_table(own, tables.OUTBOX)["message_id"][0]
    status, answer, _ = run_cli("outbox", "show", name, workspace=own.folder)
    assert status == 0
    assert "Dear {{ 7*7 }}," in answer["text"]


@pytest.mark.parametrize("value", ['"13-01"', '"31 January"'])
def test_a_day_of_the_declaration_that_no_year_has_is_refused(monkeypatch, tmp_path, value):
    import shutil  # noqa: PLC0415

    from assessor_kit.rules import reading  # noqa: PLC0415

    home = shutil.copytree(reading.HERE, tmp_path / "rules")
    path = home / "iet" / "2016.toml"
    path.write_text(
        path.read_text("utf-8").replace('declaration_due = "01-31"', f"declaration_due = {value}"),
        "utf-8",
    )
    monkeypatch.setattr(reading, "HERE", home)
    with pytest.raises(RulesError, match="declaration_due"):
        reading.load_rules("iet", 2016)
