"""The season's steps in the notebooks: showing changes nothing, an act takes two presses."""

import re

import nbformat
import pytest
from answers import press_twice, say_season
from other_body import MEMBERS, YEAR, write_files

from assessor_kit import journey, tables
from assessor_kit.journey.choices import keep_choices, season_choices
from assessor_kit.store import Workspace, read_table, shipped
from assessor_kit.workbench import steps
from assessor_kit.workbench.markup import NOTEBOOKS
from assessor_kit.workbench.steps.panel import open_panels
from assessor_kit.workbench.steps.whose_screen import Notice, Question

STEPS = sorted(set(steps.__all__) - {"year_and_folder", "judging", "whose_returns"})


@pytest.fixture(autouse=True)
def no_panel_of_before():
    open_panels.clear()


@pytest.fixture
def season(tmp_path, monkeypatch):
    """Return an empty workspace of another body, which the steps open."""
    made = Workspace.create(tmp_path / "w", scheme="imeche")
    monkeypatch.setenv("ASSESSOR_KIT_WORKSPACE", str(made.folder))
    write_files(tmp_path / "files")
    return made


@pytest.fixture
def registered(season, tmp_path):
    keep_choices(season, cpd_year=YEAR, folder=tmp_path / "files")
    journey.import_register(season, tmp_path / "files" / "register.csv")
    return season


def shown(widget):
    """Return all text and markup that a widget and those inside it show."""
    inside = getattr(widget, "children", ())
    return str(getattr(widget, "value", "")) + "".join(shown(one) for one in inside)


def counted(season, *those):
    return [len(read_table(season, table)) for table in those]


@pytest.mark.parametrize("name", STEPS)
def test_without_a_workspace_a_step_says_how_to_make_one(name, tmp_path, monkeypatch):
    monkeypatch.setenv("ASSESSOR_KIT_WORKSPACE", str(tmp_path / "nowhere"))
    assert "assessor-kit init" in repr(getattr(steps, name)())


@pytest.mark.parametrize("name", STEPS)
def test_before_the_season_is_known_a_step_asks_for_it(name, season):
    assert "the form" in repr(getattr(steps, name)())


@pytest.mark.parametrize(
    ("name", "next_step"),
    [
        ("opt_ins_file", "Nobody is in the register yet. Import it first, in notebook 01."),
        ("declarations_file", "Import it first, in notebook 01."),
        ("sample", "Import it first, in notebook 01."),
        ("repeated_draw", "Draw it first, in notebook 02."),
        ("invitations", "Draw it first, in notebook 02."),
        ("responses_file", "Draw it first, in notebook 02."),
        ("reminders", "Draw it first, in notebook 02."),
        ("return_files", "Import it first, in notebook 01."),
        ("findings", "Import the returns first, in notebook 03."),
        ("allocation", "Import the returns first, in notebook 03."),
        ("allocation_sliders", "Import the returns first, in notebook 03."),
        ("agreement_overview", "Import the returns first, in notebook 03."),
        ("differences_overview", "Import the returns first, in notebook 03."),
        ("similar_texts_overview", "Import the returns first, in notebook 03."),
        ("reports", "Import the returns first, in notebook 03."),
        ("first_report", "Import the returns first, in notebook 03."),
        ("approvals", "Import the returns first, in notebook 03."),
        ("releases", "Import the returns first, in notebook 03."),
        ("feedback_messages", "Import the returns first, in notebook 03."),
        ("trends_overview", "Import the returns first, in notebook 03."),
    ],
)
def test_in_an_empty_season_a_step_names_what_comes_first(name, next_step, season, tmp_path):
    keep_choices(season, cpd_year=YEAR, folder=tmp_path / "files")
    panel = getattr(steps, name)()
    assert next_step in repr(panel)
    assert next_step in re.sub("<[^>]+>", "", shown(panel))
    assert re.search(r"<a href='0\d_[a-z_]+\.ipynb'[^>]*>notebook 0\d</a>", shown(panel))
    assert not panel.is_open


def test_returns_without_an_assessor_or_a_finding_say_so(registered, tmp_path):
    journey.import_returns(registered, tmp_path / "files" / f"returns_{YEAR}", cpd_year=YEAR)
    assert "Score the returns first, in notebook 03." in repr(steps.allocation())
    journey.score(registered, cpd_year=YEAR)
    assert "There is no assessor yet. Import the assessors first" in repr(steps.allocation())
    assert "is judged yet. Assessors judge them in notebook 05" in repr(steps.reports())
    assert isinstance(steps.judging(), Notice)
    assert "Import the assessors first, in notebook 04." in repr(steps.judging())


def test_year_and_folder_are_asked_once_and_a_folder_may_be_text(season, tmp_path):
    form = steps.year_and_folder()
    assert (form.year.value, form.folder.value) == ("", "")
    for year, folder, wrong in (
        ("", tmp_path, "Nothing is no CPD year"),
        ("twenty", tmp_path, "twenty is no CPD year"),
        ("16", tmp_path, "16 is no CPD year"),
        ("2018", tmp_path / "none", "there is no such folder"),
        ("2018", "", "there is no such folder"),
        ("2018", "files", "there is no such folder"),
    ):
        form.year.value, form.folder.value = year, str(folder)
        form.keep.click()
        assert wrong in shown(form)
        assert season_choices(season).cpd_year is None
    say_season(year=2018, folder=f'"{tmp_path / "files"}"')
    assert season_choices(season).folder == tmp_path / "files"
    assert repr(steps.year_and_folder()) == (
        f"CPD of 2018, reviewed in 2019. Your files are in {tmp_path / 'files'}."
    )


def test_a_step_that_waited_for_the_season_goes_on_once_it_is_said(season, tmp_path):
    steps.year_and_folder()
    panel = steps.register_file()
    assert not panel.is_open
    say_season(year=YEAR, folder=tmp_path / "files")
    assert panel.is_open


def test_an_import_is_looked_at_first_and_rejected_rows_are_a_table_by_themselves(season, tmp_path):
    keep_choices(season, cpd_year=YEAR, folder=tmp_path / "files")
    panel = steps.register_file()
    assert panel.fields["file"].value == str(tmp_path / "files" / "register.csv")
    panel.look.click()
    assert "6 rows would be imported from register.csv, 1 rejected" in panel.said
    assert "Rejected rows</caption>" in panel.said
    assert panel.do.description == "Import 6 rows from register.csv"
    assert counted(season, tables.REGISTER) == [0]
    panel.do.click()
    assert "6 accepted, 1 rejected" in panel.said
    assert "Rejected rows</caption>" in panel.said
    assert counted(season, tables.REGISTER) == [6]
    panel.look.click()
    assert "Nothing new: this was imported before." in panel.said
    assert panel.plan is None


def test_a_file_that_came_meanwhile_is_found_by_looking(season, tmp_path):
    (tmp_path / "empty").mkdir()
    keep_choices(season, cpd_year=YEAR, folder=tmp_path / "empty")
    panel = steps.register_file()
    panel.look.click()
    assert "Which one is it? Choose it in the list." in panel.said
    assert panel.plan is None
    (tmp_path / "files" / "register.csv").rename(tmp_path / "empty" / "register.csv")
    panel.look.click()
    assert "6 rows would be imported from register.csv" in panel.said


def test_sample_files_never_reach_a_real_register(season):
    keep_choices(season, cpd_year=2016, folder=shipped("sample_data"))
    panel = steps.register_file()
    panel.look.click()
    assert "this is sample data, about invented members" in panel.said
    assert panel.plan is None
    assert counted(season, tables.REGISTER) == [0]


def test_a_saved_step_names_nobody(registered, tmp_path):
    panel = steps.opt_ins_file()
    panel.look.click()
    assert "X7777" in panel.said
    for name in STEPS:
        saved = repr(getattr(steps, name)())
        assert not any(number in saved or who in saved for number, (who, _) in MEMBERS.items())


def test_a_draw_has_no_seed_of_its_own_says_what_it_will_do_and_is_made_once(registered):
    panel = steps.sample()
    assert {field.value for field in panel.fields.values()} == {""}
    panel.do.click()
    panel.look.click()
    assert "There is no seed" in panel.said
    panel.fields["seed"].value = "4 1 6"
    panel.look.click()
    assert "How many members: nothing is written there" in panel.said
    panel.fields["size"].value = "7"
    panel.look.click()
    assert "7 cannot be drawn. Expected: from 1 to 6" in panel.said
    assert panel.plan is None
    panel.fields["size"].value = "50 %"
    panel.look.click()
    assert "3 members of 6 who can be drawn" in panel.said
    assert "with the seed “4 1 6”" in panel.said
    assert panel.do.description == "Draw 3 members with this seed"
    assert counted(registered, tables.DRAWS) == [0]
    panel.do.click()
    panel.do.click()
    assert counted(registered, tables.DRAWS, tables.SELECTIONS) == [1, 3]
    assert "Seed: 4 1 6." in repr(panel)
    assert "yes, the same members in the same order" in repr(steps.repeated_draw())
    panel.fields["seed"].value, panel.fields["size"].value = "5 5 5", "2"
    panel.look.click()
    assert "If you really want a second draw, say why" in panel.said
    press_twice("sample", seed="5 5 5", size="2", reason="two more were asked for")
    assert counted(registered, tables.DRAWS) == [2]


def test_what_a_first_press_said_lapses_once_a_field_changes(registered):
    panel = steps.sample()
    panel.fields["seed"].value, panel.fields["size"].value = "4 1 6", "3"
    panel.look.click()
    assert panel.do.layout.display == ""
    panel.fields["seed"].value = "another"
    assert panel.do.layout.display == "none"
    panel.do.click()
    assert counted(registered, tables.DRAWS) == [0]


def test_allocation_has_no_seed_of_its_own_and_says_how_many(registered, tmp_path):
    files = tmp_path / "files"
    journey.import_returns(registered, files / f"returns_{YEAR}", cpd_year=YEAR)
    journey.import_assessors(registered, files / "assessors.csv")
    journey.score(registered, cpd_year=YEAR)
    panel = steps.allocation()
    assert {field.value for field in panel.fields.values()} == {""}
    panel.look.click()
    assert "There is no seed" in panel.said
    first, done = press_twice("allocation", seed="spring", twice="20")
    assert "5 returns would be allocated as 6 markings (20 % marked twice) to 2 assessors" in first
    assert counted(registered, tables.ALLOCATIONS) == [6]
    assert "6 markings allocated; 1 return is marked twice." in done
    assert "Every return has an assessor" in repr(panel)


def test_the_sliders_try_an_allocation_out_and_change_nothing(registered, tmp_path):
    files = tmp_path / "files"
    journey.import_returns(registered, files / f"returns_{YEAR}", cpd_year=YEAR)
    assert "There is no assessor yet." in repr(steps.allocation_sliders())
    journey.import_assessors(registered, files / "assessors.csv")
    journey.score(registered, cpd_year=YEAR)
    panel = steps.allocation_sliders()
    assert "5 returns, of which 5 wait for an assessor; 2 assessors with 18 places" in repr(panel)
    page = panel.step.beside.__self__.page
    assert "would be given out" not in page.shown.value
    page.ask.click()
    assert "markings would be given out" in page.shown.value
    page.twice.value = 100
    assert "10 markings would be given out" in page.shown.value
    assert counted(registered, tables.ALLOCATIONS) == [0]
    steps.allocation()
    press_twice("allocation", seed="spring", twice="20")
    again = panel.step.beside.__self__.page
    assert again.twice.value == 100
    assert "given out" not in again.shown.value
    assert "of which 0 wait" in repr(panel)


def test_assessors_are_checked_against_the_fields_of_the_returns(registered, tmp_path):
    files = tmp_path / "files"
    (files / "returns_2018" / "X0006.csv").write_text(
        f"member_no,title,started_on\nX0006,Talk,{YEAR}-03-01\n", encoding="utf-8"
    )
    journey.import_returns(registered, files / "returns_2018", cpd_year=YEAR)
    panel = steps.assessors_file()
    press_twice("assessors")
    assert "2 assessors with room for 18 markings." in repr(panel)
    assert "No assessor works in: medical (1)." in repr(panel)


def test_the_screen_asks_whose_returns_and_remembers(registered, tmp_path):
    files = tmp_path / "files"
    journey.import_returns(registered, files / f"returns_{YEAR}", cpd_year=YEAR)
    journey.import_assessors(registered, files / "assessors.csv")
    assert "Allocate the returns in notebook 04." in repr(steps.judging())
    journey.score(registered, cpd_year=YEAR)
    journey.allocate(registered, cpd_year=YEAR, seed="s")
    question = steps.judging()
    assert isinstance(question, Question)
    question.show_returns.click()
    assert season_choices(registered).assessor_id == ""
    question.who.value = "B2"
    question.show_returns.click()
    assert question.children[0].assessor_id == "B2"
    assert steps.judging().assessor_id == "B2"
    other = steps.whose_returns()
    other.who.value = "B1"
    other.show_returns.click()
    assert steps.judging().assessor_id == "B1"


def test_the_only_assessor_needs_no_question(registered, tmp_path):
    files = tmp_path / "files"
    lines = (files / "assessors.csv").read_text(encoding="utf-8").splitlines()
    (files / "assessors.csv").write_text("\n".join(lines[:2]) + "\n", encoding="utf-8")
    journey.import_assessors(registered, files / "assessors.csv")
    journey.import_returns(registered, files / f"returns_{YEAR}", cpd_year=YEAR)
    journey.score(registered, cpd_year=YEAR)
    journey.allocate(registered, cpd_year=YEAR, seed="s")
    assert steps.judging().assessor_id == "B1"
    assert steps.whose_returns() is None


def test_the_seasons_page_begins_at_the_register_and_counts_again_at_a_button(season, tmp_path):
    keep_choices(season, cpd_year=YEAR, folder=tmp_path / "files")
    page = steps.season_overview()
    assert "Import the register. Open <a href='01_register_and_declarations.ipynb'" in page.shown
    journey.import_register(season, tmp_path / "files" / "register.csv")
    page.count_again.click()
    assert "Commit to the draw first: `assessor-kit commit-draw --cpd-year 2018`." in page.shown
    assert "not verifiable. Open <a href='02_draw_the_sample.ipynb'" in page.shown
    assert repr(page).startswith(f"SeasonPage {YEAR}: 6/6, 0/0")


def test_a_notebook_that_a_sentence_links_to_is_there():
    there = {path.stem for path in shipped("notebooks").glob("*.ipynb")}
    assert set(NOTEBOOKS.values()) <= there


def test_no_notebook_holds_a_seed_a_year_or_a_folder():
    for path in sorted(shipped("notebooks").glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                assert cell.metadata["jupyter"]["source_hidden"], path.name
                assert re.fullmatch(
                    r"# [A-Z].+\n(from assessor_kit\.workbench import steps\n\n)?steps\.[a-z_]+\(\)",
                    cell.source,
                ), f"{path.name}: {cell.source}"
