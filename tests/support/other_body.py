"""The files of a small season of another body, which counts no hours, as its staff have them."""

YEAR = 2018
MEMBERS = {
    f"X000{place}": (name, field)
    for place, (name, field) in enumerate(
        (
            ("Ada Example", "rail"),
            ("Zoë Sample", "power"),
            ("Bo Specimen", "rail"),
            ("Mo Muster", "power"),
            ("Una Model", "rail"),
            ("Kit Pattern", "medical"),
        ),
        1,
    )
}


def write_files(folder):
    """Write the register, declarations, assessors and answers, and a folder of returns."""
    (folder / "returns_2018").mkdir(parents=True)
    lines = {
        "register.csv": [
            "member_no,grade,name,discipline,email",
            *(
                f"{number},MIMechE,{name},{field},{number.lower()}@example.org"
                for number, (name, field) in MEMBERS.items()
            ),
            "X0099,,Nobody Known,,not an address at all,",
        ],
        f"declarations_{YEAR}.csv": [
            "member_no,cpd_year,declared_hours,declared_on",
            *(f"{number},{YEAR},20,2019-01-20" for number in MEMBERS),
        ],
        "opt_ins.csv": ["member_no,name,opted_in_on", "X7777,Nobody Known,2018-02-01"],
        "assessors.csv": [
            "assessor_id,member_no,name,email,disciplines,employer,capacity,conflicts",
            "B1,,Pat First,b1@example.org,rail; power,,9,",
            "B2,,Sam Second,b2@example.org,rail,,9,",
        ],
        f"responses_{YEAR}.csv": ["member_no,state,noted_on", "X0006,no reply,2019-03-01"],
    }
    for name, rows in lines.items():
        (folder / name).write_text("\n".join(rows) + "\n", encoding="utf-8")
    for number in list(MEMBERS)[:5]:
        (folder / f"returns_{YEAR}" / f"{number}.csv").write_text(
            "member_no,title,started_on,activity_type,reflection\n"
            f"{number},Course on bearings,{YEAR}-03-01,training,I use it at work every day.\n"
            f"{number},Talk to a school,{YEAR}-05-02,volunteering,They asked better questions.\n",
            encoding="utf-8",
        )
