"""Short ways to read a file in a test, in the test's own process: what the reading process does, without the process."""

from assessor_kit.loaders.returns import read_returns
from assessor_kit.rules import load_rules

RULES = load_rules("iet", 2016)
HEADER = "member_no,title,activity_type,area,planned,started_on,ended_on,hours\n"


def read(data, *, file="sent.csv", rules=RULES, columns=None):
    """The returns of a file given as text or bytes."""
    return read_returns(
        data.encode() if isinstance(data, str) else data, file=file, rules=rules, columns=columns
    )


def one_return(data, **options):
    """The only return of a file."""
    (found,) = read(data, **options).returns
    return found


def column(cpd_return, name):
    """One column of a return's activities."""
    return [activity[name] for activity in cpd_return.activities]


def found_in(problems):
    """What problems say, one a line."""
    return "\n".join(f"{one.column}: {one.found}" for one in problems)
