"""What the rules say in each edition, and what happens when one of their files is wrong."""

import re
import shutil

import pytest
from drawn import drawn

from assessor_kit.errors import RulesError
from assessor_kit.rules import load_rules, reading, schemes
from assessor_kit.rules.schema import SCORER_NAMES
from assessor_kit.scorers import SCORERS
from assessor_kit.vocabulary import ProfessionalStatus, TargetBasis

YEARS = (2014, 2018, 2022)  # one CPD year of each IET edition
EVERY = [(scheme, year) for scheme in schemes() for year in YEARS]
LONGEST_SENTENCE = 25  # words; GDS, guidance on publishing accessible documents
NEVER_TO_MEMBERS = re.compile(
    r"\b(scor\w+|fail(s|ed|ing)?|claim\w*|thin|reject\w*|unmarked)\b", re.IGNORECASE
)


@pytest.fixture
def own_rules(tmp_path, monkeypatch):
    """Return a copy of the shipped rules that a test may spoil."""
    home = tmp_path / "rules"
    shutil.copytree(reading.HERE, home, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    monkeypatch.setattr(reading, "HERE", home)
    return home


def spoil(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def load_every_edition():
    return [load_rules("iet", cpd_year) for cpd_year in YEARS]


def target(status, volunteering, rules):
    """Return the basis and hours for anybody who holds one status all year.

    They come from the first row of the table that takes the status.
    """
    row = next(
        row
        for row in rules.targets
        if status in row.statuses and row.volunteering in {"", volunteering}
    )
    return row.basis, "" if row.hours is None else f"{row.hours:g}"


TARGETS = drawn("""
    years     | status            | volunteering | basis         | hours
    2013-2015 | active            |              | standard      | 30
    2013-2015 | retired           |              | reduced       | 10
    2013-2015 | retired           | yes          | reduced       | 10
    2013-2015 | maternity_leave   |              | reduced       | 10
    2013-2015 | parental_leave    |              | reduced       | 10
    2013-2015 | adoption_leave    |              | reduced       | 10
    2013-2015 | unemployed        |              | unclear       |
    2013-2015 | non_engineering   |              | unclear       |
    2013-2015 | long_term_illness |              | unclear       |
    2013-2015 | other             |              | unclear       |
    2016-2020 | active            |              | standard      | 30
    2016-2020 | active            | yes          | standard      | 30
    2016-2020 | retired           |              | reduced       | 10
    2016-2020 | retired           | no           | reduced       | 10
    2016-2020 | retired           | yes          | standard      | 30
    2016-2020 | maternity_leave   |              | reduced       | 10
    2016-2020 | parental_leave    |              | reduced       | 10
    2016-2020 | adoption_leave    |              | reduced       | 10
    2016-2020 | unemployed        |              | reduced       | 10
    2016-2020 | unemployed        | yes          | standard      | 30
    2016-2020 | non_engineering   |              | reduced       | 10
    2016-2020 | long_term_illness |              | reduced       | 10
    2016-2020 | other             |              | unclear       |
    2021-2030 | active            |              | standard      | 30
    2021-2030 | retired           |              | none required |
    2021-2030 | retired           | yes          | standard      | 30
    2021-2030 | maternity_leave   |              | none required |
    2021-2030 | parental_leave    |              | none required |
    2021-2030 | adoption_leave    |              | none required |
    2021-2030 | unemployed        |              | none required |
    2021-2030 | non_engineering   |              | none required |
    2021-2030 | long_term_illness |              | none required |
    2021-2030 | other             |              | unclear       |
""")


@pytest.mark.parametrize("row", TARGETS.to_dict("records"), ids=lambda row: " ".join(row.values()))
def test_each_edition_gives_each_member_the_target_of_its_years(row):
    for cpd_year in (int(year) for year in row["years"].split("-")):
        assert target(row["status"], row["volunteering"], load_rules("iet", cpd_year)) == (
            row["basis"],
            row["hours"],
        )


@pytest.mark.parametrize(("scheme", "cpd_year"), EVERY)
def test_every_status_has_a_row(scheme, cpd_year):
    stated = {
        status
        for row in load_rules(scheme, cpd_year).targets
        if not row.volunteering
        for status in row.statuses
    }
    assert stated == set(ProfessionalStatus)


@pytest.mark.parametrize(
    ("cpd_year", "edition"),
    [
        (2013, "2013"),
        (2015, "2013"),
        (2016, "2016"),
        (2020, "2016"),
        (2021, "2021"),
        (2040, "2021"),
    ],
)
def test_a_cpd_year_belongs_to_one_edition(cpd_year, edition):
    rules = load_rules("iet", cpd_year)
    assert rules.edition == f"iet-{edition}"
    assert rules.cpd_year == cpd_year


def test_cpd_before_the_scheme_began_has_no_rules():
    with pytest.raises(RulesError, match="2012"):
        load_rules("iet", 2012)


def test_an_unknown_scheme_is_answered_with_those_there_are():
    with pytest.raises(RulesError, match="iet, imeche"):
        load_rules("ice", 2016)


def test_only_the_first_edition_asks_for_an_opt_in():
    assert [load_rules("iet", year).frame.opted_in_only for year in YEARS] == [True, False, False]
    assert all(load_rules("iet", year).frame.grades == ("TMIET", "MIET", "FIET") for year in YEARS)


@pytest.mark.parametrize("cpd_year", YEARS)
def test_the_guideline_is_the_policys(cpd_year):
    guideline = load_rules("iet", cpd_year).guideline
    assert (guideline.hours, guideline.planned_hours, guideline.hours_per_day) == (30, 10, 6)
    assert guideline.area_hours == {
        "personal_technical": 10,
        "job_role_technical": 10,
        "personal_soft": 10,
    }
    # nothing could hold surplus unplanned hours against anyone
    assert not [name for name in vars(guideline) if "unplanned" in name]


@pytest.mark.parametrize("cpd_year", YEARS)
def test_what_is_only_suggested_is_advisory(cpd_year):
    criteria = load_rules("iet", cpd_year).criteria
    assert [criterion.code for criterion in criteria if not criterion.advisory] == [
        "total_hours",
        "planned_hours",
    ]
    assert [criterion.code for criterion in criteria if not criterion.judged] == ["record_flags"]


@pytest.mark.parametrize(("scheme", "cpd_year"), EVERY)
def test_every_statement_of_the_rules_says_where_it_stands(scheme, cpd_year):
    rules = load_rules(scheme, cpd_year)
    for cited in (rules.frame, rules.guideline, rules.words, *rules.targets, *rules.criteria):
        assert cited.source.strip(), f"{cited} has no source."
    for criterion in rules.criteria if scheme == "iet" else ():
        assert not criterion.thresholds or criterion.reading, (
            f"{criterion.code}: no threshold is published, so its reading must say that ours is"
            " ours."
        )
    assert "our own setting" in rules.words.reading  # the query deadline


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("workshop", "training"),
        ("webinar", "training"),
        ("e-learning", "training"),
        ("seminar", "events"),
        ("conference", "events"),
        ("lecture", "events"),
        ("exhibition", "events"),
        ("reading", "self_study"),
        ("mentoring", "volunteering"),
        ("committee work", "volunteering"),
        ("degree module", "academic"),
        ("secondment", "work_experience"),
        ("on the job", "work_experience"),
        ("t", "training"),
        ("s", "self_study"),
    ],
)
def test_common_words_are_synonyms_of_one_kind(word, code):
    for scheme, cpd_year in EVERY:
        assert [
            kind.code
            for kind in load_rules(scheme, cpd_year).activity_types
            if word in kind.synonyms
        ] == [code]


@pytest.mark.parametrize(("scheme", "cpd_year"), EVERY)
def test_no_word_means_two_things(scheme, cpd_year):
    rules = load_rules(scheme, cpd_year)
    for choices in (
        rules.activity_types,
        (*rules.areas, *rules.partly_stated_areas),
        rules.competences,
        rules.levels,
        rules.outcomes,
    ):
        words = [
            {word.casefold() for word in (choice.code, choice.label, *choice.synonyms)}
            for choice in choices
        ]
        assert sum(map(len, words)) == len(set().union(*words))


@pytest.mark.parametrize(("scheme", "cpd_year"), EVERY)
def test_every_judged_criterion_has_kind_phrases_of_both_tones(scheme, cpd_year):
    rules = load_rules(scheme, cpd_year)
    for criterion in rules.judged_criteria:
        tones = [phrase.tone for phrase in rules.phrases if phrase.criterion == criterion.code]
        assert tones.count("liked") >= 3
        assert tones.count("advice") >= 4
    for phrase in rules.phrases:
        assert set(re.findall(r"{(\w*)}", phrase.text)) <= {"activity", "area"}
        assert "{" not in phrase.theme_text


@pytest.mark.parametrize(("scheme", "cpd_year"), EVERY)
def test_a_theme_always_says_the_same(scheme, cpd_year):
    said = {
        (phrase.theme, phrase.theme_text, phrase.tone)
        for phrase in load_rules(scheme, cpd_year).phrases
    }
    assert len(said) == len({theme for theme, _, _ in said})


def test_every_area_and_kind_has_two_suggestions():
    rules = load_rules("iet", 2016)
    for area in rules.areas:
        for kind in rules.activity_types:
            assert (
                sum(
                    (one.area, one.activity_type) == (area.code, kind.code)
                    for one in rules.suggestions
                )
                >= 2
            )


def texts_to_members(rules):
    for phrase in rules.phrases:
        yield from (phrase.text, phrase.theme_text)
    yield from (suggestion.text for suggestion in rules.suggestions)
    words = rules.words
    yield from (
        words.guideline_text,
        words.how_to_submit,
        words.any_source,
        *words.benefits,
        *words.cycle,
    )
    yield from (criterion.member_text for criterion in rules.criteria)
    yield from (
        choice.label
        for choice in (*rules.levels, *rules.outcomes, *rules.areas, *rules.activity_types)
    )


@pytest.mark.parametrize("cpd_year", YEARS)
def test_members_read_short_and_kind_sentences(cpd_year):
    for text in texts_to_members(load_rules("iet", cpd_year)):
        assert not NEVER_TO_MEMBERS.search(text), text
        for sentence in re.split(r"(?<=[.?!:;])\s", text):
            assert len(sentence.split()) <= LONGEST_SENTENCE, sentence


def test_a_body_without_hours_asks_for_none():
    rules = load_rules("imeche", 2016)
    assert not rules.guideline.counts_hours
    assert (rules.guideline.hours, rules.guideline.planned_hours, rules.guideline.area_hours) == (
        None,
        None,
        {},
    )
    assert "hours" not in rules.needed_columns
    for status in ProfessionalStatus:
        assert target(status.value, "", rules) == (TargetBasis.NONE_REQUIRED.value, "")


@pytest.mark.usefixtures("own_rules")
def test_a_workspace_may_have_its_own_phrases_and_suggestions(tmp_path):
    folder = tmp_path / "workspace" / "rules"
    folder.mkdir(parents=True)
    assert load_rules("iet", 2016, folder=folder).phrases == load_rules("iet", 2016).phrases
    (folder / "phrases.toml").write_text(
        '[[phrase]]\ncriterion = "reflection"\ntone = "liked"\ntheme = "ours"\ntext = "Well'
        ' told."\ntheme_text = "Tell it."\n'
    )
    ours, shipped = load_rules("iet", 2016, folder=folder), load_rules("iet", 2016)
    assert [phrase.theme for phrase in ours.phrases] == ["ours"]
    assert ours.suggestions == shipped.suggestions
    assert ours.digest == shipped.digest  # no phrase can change a finding


def test_a_threshold_changes_the_digest(own_rules):
    before = load_rules("iet", 2016).digest
    spoil(own_rules / "iet" / "2016.toml", "share_of_goals = 0.5", "share_of_goals = 0.6")
    assert load_rules("iet", 2016).digest != before
    assert re.fullmatch("[0-9a-f]{64}", before)


MISTAKES = drawn("""
    file           | what stood there                   | what stands there now       | what the error names
    2016.toml      | marking_days = 42                  |                             | marking_days
    2016.toml      | marking_days = 42                  | marking_dayz = 42           | marking_dayz
    2016.toml      | opted_in_only = false              |                             | opted_in_only
    2016.toml      | opted_in_only = false              | opted_in = false            | opted_in
    2016.toml      | query_days = 28                    |                             | query_days
    2016.toml      | counts_hours = true                |                             | counts_hours
    2016.toml      | personal_soft = 10                 | handicraft = 10             | handicraft
    2016.toml      | [guideline]                        | [guideline                  | TOML
    editions.toml  | basis = "reduced"                  | basis = "smaller"           | smaller
    editions.toml  | statuses = ["active"]              | statuses = ["busy"]         | busy
    editions.toml  | statuses = ["active"]              |                             | statuses
    phrases.toml   | criterion = "total_hours"          | criterion = "neatness"      | neatness
    phrases.toml   | tone = "liked"                     |                             | tone
    suggestions.toml | area = "personal_technical"      | where = "home"              | where
""")


@pytest.mark.parametrize(
    "row",
    MISTAKES.to_dict("records"),
    ids=lambda row: f"{row['file']}: {row['what the error names']}",
)
def test_a_mistake_is_named_by_file_and_key(row, own_rules):
    path = own_rules / "iet" / row["file"]
    spoil(path, row["what stood there"], row["what stands there now"])
    with pytest.raises(RulesError) as refused:
        load_every_edition()
    assert row["file"] in str(refused.value)
    assert row["what the error names"] in str(refused.value)
    assert refused.value.advice
    assert str(own_rules) not in str(refused.value)


WRONG_VALUES = drawn("""
    file             | what stood there                | what stands there now          | found               | expected
    phrases.toml     | theme = "hours_reached"         | theme = 5                      | theme = 5           | a text in quotation marks
    phrases.toml     | tone = "advice"                 | tone = "lked"                  | tone = "lked"       | one of liked, advice
    phrases.toml     | criterion = "reflection"        | criterion = "neatness"         | criterion = "neatness" | total_hours, planned_hours
    suggestions.toml | activity_type = "training"      | activity_type = "sleep"        | activity_type = "sleep" | training, work_experience
    suggestions.toml | area = "personal_technical"     | area = "kitchen"               | area = "kitchen"    | personal_technical, job_role
    2016.toml        | marking_days = 42               | marking_days = "soon"          | marking_days = "soon" | a whole number
    2016.toml        | opted_in_only = false           | opted_in_only = 0              | opted_in_only = 0   | true or false
    2016.toml        | "TMIET", "MIET"                 | "TMIET", 7                     | grades = ["TMIET", 7, "FIET"] | a list of texts
    2016.toml        | personal_soft = 10              | personal_soft = "ten"          | area_hours =        | a table of numbers
    2016.toml        | scorer = "plan_link"            | scorer = "horoscope"           | scorer = "horoscope" | plan_link, reflection
    2016.toml        | ["title", "hours", "started_on"] | ["title", "colour"]           | needed_columns = "colour" | title
    editions.toml    | basis = "reduced"               | basis = "smaller"              | basis = "smaller"   | standard, reduced
    editions.toml    | statuses = ["active"]           | statuses = ["busy"]            | statuses = "busy"   | active, retired
    editions.toml    | last_cpd_year = 2015            | last_cpd_year = "2015"         | last_cpd_year = "2015" | a whole number
""")


@pytest.mark.parametrize(
    "row", WRONG_VALUES.to_dict("records"), ids=lambda row: f"{row['file']}: {row['found']}"
)
def test_a_wrong_type_or_word_is_named_by_file_line_and_key(row, own_rules):
    path = own_rules / "iet" / row["file"]
    before = path.read_text(encoding="utf-8").split(row["what stood there"])[0]
    spoil(path, row["what stood there"], row["what stands there now"])
    with pytest.raises(RulesError) as refused:
        load_every_edition()
    line = before.count("\n") + 1
    if row["expected"] == "a table of numbers":  # the heading of the table stands above
        line = before.rindex("[guideline.area_hours]")
        line = before[:line].count("\n") + 1
    assert refused.value.where == f"iet/{row['file']}, line {line}"
    assert row["found"] in refused.value.found
    assert row["expected"] in refused.value.expected


@pytest.mark.usefixtures("own_rules")
def test_a_phrase_file_that_is_no_list_of_phrases_is_refused(tmp_path):
    (tmp_path / "phrases.toml").write_text('# ours\nphrase = "well done"\n', encoding="utf-8")
    with pytest.raises(RulesError, match=r"phrases.toml, line 2: phrase = .*double brackets"):
        load_rules("iet", 2016, folder=tmp_path)


def test_the_rules_know_every_scorer_by_name():
    assert tuple(scorer.name for scorer in SCORERS) == SCORER_NAMES


@pytest.mark.parametrize("name", ["2016.toml", "phrases.toml"])
def test_a_missing_file_is_named(name, own_rules):
    (own_rules / "iet" / name).unlink()
    with pytest.raises(RulesError, match=re.escape(name)):
        load_rules("iet", 2016)
