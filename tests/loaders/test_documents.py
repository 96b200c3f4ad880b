"""Word and PDF exports keep the same contract, from tables in documents."""

import pytest
from loaded import column, one_return, read
from made_files import pdf, word_document

from assessor_kit.errors import UnusableFile
from assessor_kit.loaders import Readers, ReceivedFile
from assessor_kit.rules import load_rules

HEADINGS = ["Activity", "Type", "Date", "Hours", "Goal"]
FIRST, SECOND = (
    ["Course on relays", "Training", "03/05/2016", "1h30", "G1"],
    ["Visit", "Events", "13/06/2016", "2", ""],
)
PLAN = [["Goal ID", "Objective", "Area"], ["G1", "Learn relays", "Soft skills"]]
OWNER = "Membership number: X0001"


def check(sent):
    assert (sent.member_no, column(sent, "title"), column(sent, "minutes")) == (
        "X0001",
        ["Course on relays", "Visit"],
        [90, 120],
    )


def test_a_word_document_gives_member_plan_and_activities():
    sent = one_return(
        word_document(
            PLAN,
            [HEADINGS, FIRST, SECOND],
            lines=["CPD Activity Report", OWNER, "Declared hours: 31.5"],
        )
    )
    check(sent)
    assert (
        sent.declared_minutes,
        [goal["goal"] for goal in sent.goals],
        column(sent, "planned"),
    ) == (1890, ["Learn relays"], ["yes", "unmarked"])


def test_tables_of_the_same_kind_are_one_and_a_table_of_pairs_may_name_the_member():
    check(
        one_return(
            word_document(
                [["Membership No", "X0001"], ["Name", "Ada"]], [HEADINGS, FIRST], [HEADINGS, SECOND]
            )
        )
    )


def test_one_table_per_activity_with_headings_down_its_side_is_read():
    tables = [
        [[heading, cell] for heading, cell in zip(HEADINGS, row, strict=True)]
        for row in (FIRST, SECOND)
    ]
    check(one_return(word_document(*tables, lines=[OWNER])))


def test_a_bad_row_of_a_document_is_named():
    sent = one_return(
        word_document([HEADINGS, FIRST, ["Talk", "Events", "soon", "1", ""]], lines=[OWNER])
    )
    assert [(problem.sheet, problem.row, problem.column) for problem in sent.rejected] == [
        ("Activities", 3, "started_on")
    ]


def test_a_pdf_with_ruled_tables_is_read_over_the_end_of_a_page():
    check(one_return(pdf((["CPD Activity Report", OWNER], [HEADINGS, FIRST]), ([], [SECOND]))))
    check(
        one_return(
            pdf(
                (["CPD Activity Report", OWNER], [HEADINGS, FIRST]),
                (["page 2"], [HEADINGS, SECOND]),
            )
        )
    )


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (pdf(([], None)), "without text"),
        (pdf((["Only words"], None)), "no table"),
        (b"%PDF-1.4\nbroken", "not a readable PDF"),
        (word_document([HEADINGS, FIRST]), "0 membership numbers"),
        (word_document(lines=["Dear team"]), "no table"),
        (word_document([HEADINGS, FIRST], lines=[OWNER])[:-500], "not a whole file"),
    ],
)
def test_a_document_that_cannot_be_used_says_why(data, said):
    with pytest.raises(UnusableFile, match=said):
        read(data)


def test_documents_are_read_in_the_reading_process_too():
    files = [
        ReceivedFile(file="a.docx", data=word_document([HEADINGS, FIRST, SECOND], lines=[OWNER])),
        ReceivedFile(file="b.pdf", data=pdf(([OWNER], [HEADINGS, FIRST, SECOND]))),
    ]
    with Readers("returns", processes=1, rules=load_rules("iet", 2016)) as readers:
        for _, result in readers.read(files):
            check(result.returns[0])
