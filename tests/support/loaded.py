"""Short ways to read a file in a test, in the test's own process.

They do what the reader process does, without starting one.
"""

from assessor_kit.loaders.records.returns import read_returns
from assessor_kit.rules import load_rules

RULES = load_rules("iet", 2016)
HEADER = "member_no,title,activity_type,area,planned,started_on,ended_on,hours\n"


def read(data, *, file="sent.csv", rules=RULES, columns=None):
    """Return what is read from a file given as text or bytes."""
    return read_returns(
        data.encode() if isinstance(data, str) else data, file=file, rules=rules, columns=columns
    )


def one_return(data, **options):
    """Return the only return in a file."""
    (found,) = read(data, **options).returns
    return found


def column(cpd_return, name):
    """Return one column of a return's activities."""
    return [activity[name] for activity in cpd_return.activities]


def found_in(problems):
    """Return what problems say, one per line."""
    return "\n".join(f"{one.column}: {one.found}" for one in problems)
