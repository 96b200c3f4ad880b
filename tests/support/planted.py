"""A member with planted words wherever a workspace keeps texts by or about a member."""

import io
import json
import re
import zipfile
from pathlib import Path

from seasons import DAY, MOMENT, add_return, allocate, judgement, put
from sqlalchemy import update

from assessor_kit import tables
from assessor_kit.store import (
    hand_back,
    mask_returns,
    raise_in_confidence,
    record_judgement,
    record_reading,
    undo_judgement,
)
from assessor_kit.store.database.connections import write_transaction
from assessor_kit.store.database.schema import sql_table
from assessor_kit.store.exchange.packs import make_pack
from assessor_kit.vocabulary import HandBackReason, Planned, Reading

PLACES = 40
RETURN_OF = {"P0001": "planted", "P0002": "unharmed"}
# Personal columns that hold no words: a number, opaque names by which rows are found, and encrypted
# texts.
NO_WORDS = {"member_no", "subject", "sealed", "conflicts"}


class Words:
    """Deals out words, so many to each place, and remembers which went where."""

    def __init__(self, words, *, places):
        self.left, self.places, self.dealt = list(words), places, {}

    def at(self, place):
        # A share of what is left, so that the last place has words too.
        share = -(-len(self.left) // max(1, self.places - len(self.dealt)))
        mine, self.left = self.left[:share], self.left[share:]
        assert mine, f"no word is left for {place}: plant more words"
        self.dealt[place] = mine
        return " ".join(mine)


def plant(season, member_no, words):
    """Plant words in everything about one member; return the words that went to each place.

    There are 40 places, so at least as many words are needed.
    """
    deal, return_id = Words(words, places=PLACES), RETURN_OF[member_no]
    _tables(season, member_no, return_id, deal)
    _log(season, return_id, deal)
    # after the judgements, which a fresh review closes
    put(
        season,
        tables.FRESH_REVIEWS,
        {
            "return_id": return_id,
            "reason": deal.at("fresh_reviews.reason"),
            "assigned_by": "Staff One",
            "assigned_at": MOMENT,
        },
    )
    _files(season, member_no, return_id, deal)
    make_pack(season, "A1", season.folder / "packs" / f"{return_id}.pack")
    assert deal.left == []
    return deal.dealt


def zipped(*members):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return made.getvalue()


def _tables(season, member_no, return_id, deal):
    def text(table, name):
        return deal.at(f"{table.name}.{name}")

    put(
        season,
        tables.REGISTER,
        {
            "member_no": member_no,
            "joined_on": None,
            "left_on": None,
            "do_not_contact": False,
            "name": text(tables.REGISTER, "name"),
            "email": text(tables.REGISTER, "email"),
            "postal_address": text(tables.REGISTER, "postal_address"),
            "grade": "MIET",
            "registration": "",
            "discipline": "power",
            "employer": text(tables.REGISTER, "employer"),
            "opted_in_on": None,
        },
    )
    put(
        season,
        tables.STATUSES,
        {
            "member_no": member_no,
            "status_from": DAY,
            "professional_status": text(tables.STATUSES, "professional_status"),
            "volunteering": "",
        },
    )
    put(
        season,
        tables.CIRCUMSTANCES,
        {
            "member_no": member_no,
            "cpd_year": 2016,
            "kind": text(tables.CIRCUMSTANCES, "kind"),
            "from_on": None,
            "to_on": None,
            "agreed_target_minutes": 600,
            "agreed_by": text(tables.CIRCUMSTANCES, "agreed_by"),
            "agreed_on": None,
        },
    )
    put(
        season,
        tables.ASSESSORS,
        {
            "assessor_id": f"B-{return_id}",
            "member_no": member_no,
            "name": text(tables.ASSESSORS, "name"),
            "email": text(tables.ASSESSORS, "email"),
            "disciplines": "power",
            "employer": text(tables.ASSESSORS, "employer"),
            "capacity": 1,
            "conflicts": "X0003",
        },
    )
    add_return(season, return_id, member_no)
    with write_transaction(season.engine) as connection:
        for table in (tables.ACTIVITIES, tables.GOALS, tables.PROBLEMS):
            told = {
                column.name: (
                    json.dumps({"Note": text(table, column.name)}, ensure_ascii=False)
                    if column.kind == "json"
                    else text(table, column.name)
                )
                for column in table.columns
                if column.personal
            }
            connection.execute(
                update(sql_table(table)).where(sql_table(table).c.return_id == return_id), told
            )
    put(
        season,
        tables.PROBLEMS,
        {
            "digest": "d",
            "return_id": "",
            "kind": "please check",
            "file": "flat.csv",
            "sheet": None,
            "row": 2,
            "column": "hours",
            "found": f"{member_no} {deal.at('problems of whole files')}",
            "expected": None,
            "advice": None,
        },
    )
    content = zipped(
        ("inner.zip", zipped(("sheet.xml", text(tables.ORIGINALS, "content").encode())))
    )
    put(
        season,
        tables.ORIGINALS,
        {
            "digest": f"o{return_id}",
            "member_no": member_no,
            "file": f"{text(tables.ORIGINALS, 'file')}.xlsx",
            "content": content,
            "kept_at": MOMENT,
        },
    )
    put(season, tables.RETURN_ORIGINALS, {"return_id": return_id, "digest": f"o{return_id}"})
    put(
        season,
        tables.DOCUMENTS,
        {
            "document_id": f"doc-{return_id}",
            "cpd_year": 2016,
            "kind": "individual",
            "version": 1,
            "member_no": member_no,
            "return_id": return_id,
            "input_digest": "d",
            "file": f"feedback/2016/doc-{return_id}.html",
            "sha256": "s",
            "rendered_at": MOMENT,
            "released_at": MOMENT,
            "recalled_at": None,
            "released_position": 1,
        },
    )
    put(
        season,
        tables.APPROVALS,
        {
            "document_id": f"doc-{return_id}",
            "sha256": "s",
            "decision": "held",
            "decided_by": "Staff One",
            "reason": text(tables.APPROVALS, "reason"),
            "decided_at": MOMENT,
        },
    )
    put(
        season,
        tables.EXAMPLES,
        {
            "return_id": return_id,
            "cpd_year": 2016,
            "text": text(tables.EXAMPLES, "text"),
            "consented_on": DAY,
            "recorded_by": "Staff One",
            "recorded_at": MOMENT,
            "withdrawn_on": None,
        },
    )
    put(
        season,
        tables.OUTBOX,
        {
            "message_id": f"m{return_id}",
            "cpd_year": 2016,
            "kind": "feedback",
            "member_no": member_no,
            "document_id": f"doc-{return_id}",
            "facts": json.dumps({"missing": text(tables.OUTBOX, "facts")}, ensure_ascii=False),
            "state": "refused",
            "detail": deal.at("outbox.detail"),
            "changed_at": MOMENT,
        },
    )
    put(
        season,
        tables.OUTBOX_EVENTS,
        {
            "message_id": f"m{return_id}",
            "kind": "refused",
            "who": "Staff One",
            "reason": "has left",
            "happened_at": MOMENT,
        },
    )
    allocate(season, return_id, "A1")
    mask_returns(season, [return_id])


def _log(season, return_id, deal):
    """Write every kind of event; words that an undo has taken back are still held in the log."""
    mine = {"assessor_id": "A1"}
    record_judgement(
        season,
        return_id,
        **mine,
        expected_version=0,
        event_id=f"t{return_id}",
        judgement=judgement(deal.at("advice taken back")),
    )
    undo_judgement(season, return_id, **mine, event_id=f"u{return_id}", expected_version=1)
    record_judgement(
        season,
        return_id,
        **mine,
        expected_version=2,
        event_id=f"j{return_id}",
        judgement=judgement(
            deal.at("advice"),
            comments={"reflection": deal.at("comments")},
            liked=deal.at("liked"),
            private_note=deal.at("private note"),
            disagreements={"reflection": deal.at("disagreements")},
            submitted=True,
        ),
    )
    record_reading(
        season,
        return_id,
        **mine,
        reading_of=Reading(activity_no=1, planned=Planned.YES, reason=deal.at("reading")),
        event_id=f"r{return_id}",
    )
    raise_in_confidence(
        season, return_id, **mine, words=deal.at("in confidence"), event_id=f"c{return_id}"
    )
    hand_back(
        season,
        return_id,
        **mine,
        reason=HandBackReason.CONFLICT,
        words=deal.at("hand back"),
        event_id=f"h{return_id}",
    )


def _files(season, member_no, return_id, deal):
    """Write files that hold the member's number, and words of their own."""
    for folder in ("feedback/2016", "outbox", "originals"):
        (season.folder / folder).mkdir(parents=True, exist_ok=True)
    (season.folder / "feedback/2016" / f"doc-{return_id}.html").write_text(
        f"<p>{deal.at('report')}</p>", encoding="utf-8"
    )
    (season.folder / "feedback/2016" / f"doc-{return_id}.pdf").write_bytes(
        b"%PDF of the same name " + deal.at("PDF").encode()
    )
    (season.folder / "outbox" / f"mail-{return_id}.eml").write_text(
        f"{member_no} {deal.at('message')}", encoding="utf-8"
    )
    inside = f"{member_no} {deal.at('stored file')}".encode()
    (season.folder / "originals" / f"{return_id}.xlsx").write_bytes(
        zipped(("inner.zip", zipped(("sheet.xml", inside))))
    )
    merge = season.folder / "outbox" / "mail_merge.csv"
    merge.write_text(
        (merge.read_text(encoding="utf-8") if merge.exists() else "member_no,words\n")
        + f"{member_no},{deal.at('mail merge')}\n",
        encoding="utf-8",
    )


def personal_columns():
    """Return every column that holds somebody's words or identifies somebody.

    The table of copies made of others is left out, since nothing is planted in it.
    """
    return {
        f"{table.name}.{column.name}"
        for table in tables.TABLES
        for column in table.columns
        if column.personal and column.name not in NO_WORDS and table is not tables.SHOWN_ROWS
    }


def numbers_in(paths, before):
    """Return the numbers of all planted words in these files, with archives unzipped.

    `before` is the text before each number.
    """
    return set().union(
        *(_numbers(Path(path).name, Path(path).read_bytes(), before.encode()) for path in paths)
    )


def _numbers(name, data, before):
    found = {
        int(number)
        for number in re.findall(re.escape(before) + rb"(\d{4})", data + b"\n" + name.encode())
    }
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return found.union(
                *(_numbers(entry, archive.read(entry), before) for entry in archive.namelist())
            )
    return found
