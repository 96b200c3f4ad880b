"""A season of three members whose returns are judged, for what goes to and fro afterwards."""

from datetime import UTC, datetime

from seasons import put

from assessor_kit import journey, tables
from assessor_kit.feedback.release import decide
from assessor_kit.files import write_private
from assessor_kit.store import Workspace, current_judgement, read_table, record_judgement
from assessor_kit.vocabulary import Judgement, JudgementState

MEMBERS = ("X0001", "X0002", "X0003")
HEAD = "member_no,title,activity_type,area,planned,started_on,hours,reflection\n"
ASSESSORS = ("A1", "A2", "A3")


def line(number, title, *, month=3, hours=3):
    return f"{number},{title},event,soft,yes,2016-{month:02d}-01,{hours},I learnt much from it.\n"


def judged_rounds(folder):
    """Make the season: everything came in through files, and is allocated to A1 or A2."""
    season = Workspace.create(folder / "w")
    (folder / "register.csv").write_text(
        "member_no,grade,name,email,do_not_contact,deceased,discipline,employer\n"
        + "".join(
            f"{number},MIET,Member {number},{number.lower()}@example.org,no,,power,Works {number}\n"
            for number in MEMBERS
        ),
        encoding="utf-8",
    )
    journey.import_register(season, [folder / "register.csv"])
    (folder / "assessors.csv").write_text(
        "assessor_id,name,email,disciplines,capacity\n"
        + "".join(f"{name},Assessor,{name.lower()}@example.org,power,9\n" for name in ASSESSORS),
        encoding="utf-8",
    )
    journey.import_assessors(season, [folder / "assessors.csv"])
    send_in(season, folder / "first.csv", *(line(number, "First talk") for number in MEMBERS))
    journey.score(season, cpd_year=2016)
    journey.allocate(season, cpd_year=2016, seed="s")
    return season


def send_in(season, path, *lines, add=False):
    """Take in a file of returns."""
    path.write_text(HEAD + "".join(lines), encoding="utf-8")
    return journey.import_returns(season, [path], cpd_year=2016, add=add)


def return_of(season, number, **equals):
    """Return the return_id of a member's return under review."""
    rows = read_table(season, tables.RETURNS, **{"member_no": number, "parked": "", **equals})
    return str(rows.iloc[-1]["return_id"])


def code_of(season, return_id):
    rows = read_table(season, tables.RETURNS, return_id=return_id)
    return str(rows.iloc[0]["pseudonym"])


def assessor_of(season, return_id, marking="first"):
    rows = read_table(season, tables.ALLOCATIONS, return_id=return_id, marking=marking)
    return str(rows.iloc[0]["assessor_id"])


def judge(season, return_id, *, advice, outcome="advice", assessor_id="", submitted=True):
    """Record a judgement of the return's assessor, as the screen does."""
    who = assessor_id or assessor_of(season, return_id)
    version, _ = current_judgement(season, return_id, assessor_id=who)
    return record_judgement(
        season,
        return_id,
        assessor_id=who,
        judgement=Judgement(
            levels={"reflection": "sound"},
            comments={},
            outcome=outcome,
            advice=advice,
            state=JudgementState.SUBMITTED if submitted else JudgementState.DRAFT,
        ),
        event_id=f"{return_id}-{who}-{version}",
        expected_version=version,
    )


def document(season, return_id, *, version=1):
    """Keep a document of a return, as a rendering of this moment does; return its name."""
    name = f"{return_id}{version:016x}"
    row = read_table(season, tables.RETURNS, return_id=return_id).iloc[0]
    page = season.folder / "feedback" / "2016" / f"{name}.html"
    digest = write_private(page, f"<p>{row['member_no']} version {version}</p>".encode())
    put(
        season,
        tables.DOCUMENTS,
        {
            "document_id": name,
            "cpd_year": 2016,
            "kind": "individual",
            "version": version,
            "member_no": row["member_no"],
            "return_id": return_id,
            "input_digest": "i",
            "file": f"feedback/2016/{name}.html",
            "sha256": digest,
            "rendered_at": datetime.now(UTC).replace(tzinfo=None),
            "released_at": None,
            "recalled_at": None,
        },
    )
    return name


def approved(season, return_id, *, version=1):
    name = document(season, return_id, version=version)
    decide(season, [name], decision="approved", decided_by="Ada")
    return name
