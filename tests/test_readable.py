"""Tables as staff read them."""

import html5lib
import pandas as pd

from assessor_kit import readable
from assessor_kit.journey import estimates_table
from assessor_kit.journey.intake.import_files import Imported
from assessor_kit.vocabulary import Problem


def test_headings_are_words_and_every_text_is_escaped():
    shown = readable(
        pd.DataFrame({"assessor_id": ["<b>A1</b>"], "first_seen": [1.5], "counts": [True]}),
        "Who & when",
    )._repr_html_()
    parsed = html5lib.parse(shown, namespaceHTMLElements=False)
    assert [one.text for one in parsed.iter("th")] == ["Assessor", "First seen", "Counts"]
    assert [one.text for one in parsed.iter("td")] == ["<b>A1</b>", "1.50", "yes"]
    assert next(parsed.iter("caption")).text == "Who & when"


def test_an_index_with_a_name_is_the_first_column_and_an_empty_table_a_sentence():
    named = pd.DataFrame({"met": [3]}, index=pd.Index(["Hours"], name="criterion"))
    assert [str(name) for name in readable(named, "x").frame.columns] == ["criterion", "met"]
    assert (
        readable(named.iloc[:0], "Held back", nothing="Nothing.")._repr_html_()
        == "<p><strong>Held back:</strong> Nothing.</p>"
    )
    assert repr(readable(named.iloc[:0], "Held back", nothing="Nothing.")) == "Held back: Nothing."
    assert repr(readable(named, "Standings")).splitlines()[1].split() == ["Criterion", "Met"]


def test_estimates_are_written_in_their_units_measure_by_measure():
    estimates = pd.DataFrame(
        [
            {
                "cpd_year": 2016,
                "measure": "Mean hours recorded",
                "value": 34.52,
                "standard_error": 1.0,
                "low": 30.48,
                "high": 38.55,
                "number": 36,
            },
            {
                "cpd_year": 2016,
                "measure": "Hours: at or above the aim",
                "value": 0.778,
                "standard_error": 0.1,
                "low": 0.608,
                "high": 0.899,
                "number": 36,
            },
            {
                "cpd_year": 2015,
                "measure": "Mean hours recorded",
                "value": 31.0,
                "standard_error": 1.0,
                "low": 30.0,
                "high": 32.0,
                "number": 20,
            },
        ]
    )
    assert estimates_table(estimates).to_numpy().tolist() == [
        ["Mean hours recorded", "2015", "31.0\u00a0h", "30.0\u00a0h to 32.0\u00a0h", "20"],
        ["Mean hours recorded", "2016", "34.5\u00a0h", "30.5\u00a0h to 38.5\u00a0h", "36"],
        ["Hours: at or above the aim", "2016", "78\u00a0%", "61\u00a0% to 90\u00a0%", "36"],
    ]
    assert list(estimates_table(estimates.iloc[:0]).columns) == [
        "measure",
        "cpd_year",
        "value",
        "range",
        "records",
    ]


def test_an_import_says_how_much_and_names_nobody():
    problem = Problem(
        file="register.csv", row=3, column="name", found="Ada Lovelace", expected="a grade"
    )
    assert (
        Imported(files=1, accepted=1200, rejected=[problem]).summary()
        == "1,200 accepted, 1 rejected, 0 to check."
    )
    assert Imported(files=2, unchanged=2).summary() == "Nothing new: this was imported before."
    assert (
        Imported(files=1, accepted=3, dry_run=True).summary()
        == "3 accepted, 0 rejected, 0 to check; nothing was kept, as this was a dry run."
    )
    shown = Imported(files=1, rejected=[problem])._repr_html_()
    assert "Ada" not in shown
    assert "problem_table()" in shown
