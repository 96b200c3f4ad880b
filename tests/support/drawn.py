"""Tables drawn in a test as people read them: rows of cells between bars."""

import pandas as pd

from assessor_kit.tables import ACTIVITIES, GOALS, REQUIREMENTS

DEFAULTS = {
    "activity_no": 1,
    "source_row": 2,
    "title": "",
    "activity_type": "",
    "area": "",
    "planned": "unmarked",
    "goal_id": "",
    "started_on": None,
    "ended_on": None,
    "minutes": 0,
    "counts": True,
    "doubtful": False,
    "competences": "",
    "learning": "",
    "reflection": "",
    "evidence": "",
    "raw": "{}",
}


def drawn(text):
    """Return a table of texts from a drawn one, whose first row names the columns."""
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return pd.DataFrame(rows[1:], columns=rows[0])


def activities(text):
    """Return activities with the columns that scorers need, from a drawn table.

    The column `return` becomes `return_id`; an empty cell takes the default.
    """
    rows = []
    for number, row in enumerate(drawn(text).to_dict("records"), 1):
        given = {
            "return_id" if name == "return" else name: value for name, value in row.items() if value
        }
        given |= {name: given[name] == "yes" for name in ("counts", "doubtful") if name in given}
        rows.append(
            {
                **DEFAULTS,
                "title": f"activity {number}",
                "activity_no": number,
                **given,
                "minutes": int(given.get("minutes", 0)),
            }
        )
    return pd.DataFrame(rows)[list(ACTIVITIES.column_names)]


def no_goals():
    return pd.DataFrame(columns=list(GOALS.column_names))


def requirements(names, *, target=1800, planned=600, areas=True, basis="standard"):
    rows = [(name, basis, target, planned, areas) for name in names]
    return pd.DataFrame(rows, columns=list(REQUIREMENTS.column_names)).astype(
        {"target_minutes": "Int64", "planned_minutes_needed": "Int64"}
    )
