"""Add notes to assessors, versions taken into the review, rounds with members, and queries.

An assessor may mend a text that staff returned, and write a note, also where both markings are
submitted.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006_rounds"
down_revision = "0005_moderation"
NEVER_CHANGED = ("staff_notes", "version_changes", "information_rounds")
# all but the membership number, which an erasure replaces
OF_A_QUERY = (
    "event_no, query_id, cpd_year, return_id, kind, is_appeal, asked_on, due_on, assessor_id,"
    " outcome_changed, who, sealed, happened_at"
)
SQLITE_TRIGGER = """CREATE TRIGGER {name}_are_not_{what} BEFORE {event} ON {name}
BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END"""
POSTGRESQL_FUNCTION = """CREATE FUNCTION refuse_change_of_rounds() RETURNS trigger
LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'this table is append-only'; END $$"""
POSTGRESQL_TRIGGER = """CREATE TRIGGER {name}_are_not_changed
BEFORE UPDATE{columns} OR DELETE OR TRUNCATE ON {name}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_rounds()"""
CLOSED = (
    "ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
    "CREATE POLICY staff ON {name} TO CURRENT_USER USING (true) WITH CHECK (true)",
)
FOR_ASSESSORS = (
    "GRANT SELECT ON staff_notes, version_changes TO assessor_kit_assessors",
    """CREATE POLICY assessor ON staff_notes FOR SELECT TO assessor_kit_assessors USING (
    assessor_id = (SELECT current_assessor())
    AND return_id IN (SELECT allocations.return_id FROM allocations
                      WHERE assessor_id = (SELECT current_assessor())))""",
    """CREATE POLICY assessor ON version_changes FOR SELECT TO assessor_kit_assessors USING (
    return_id IN (SELECT allocations.return_id FROM allocations
                  WHERE assessor_id = (SELECT current_assessor())))""",
    # whether staff returned a text to this assessor since it was last submitted
    """CREATE FUNCTION text_is_returned(wanted text) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = @SCHEMA@, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM staff_notes AS note
        WHERE note.return_id = wanted AND note.assessor_id = current_assessor()
          AND note.note_kind = 'returned text' AND NOT EXISTS (
            SELECT 1 FROM judgement_events AS event
            WHERE event.return_id = wanted AND event.assessor_id = note.assessor_id
              AND event.kind = 'judgement' AND event.state = 'submitted'
              AND event.version > note.judgement_version)
          AND NOT EXISTS (SELECT 1 FROM staff_notes AS answer WHERE answer.answers = note.note_id))
    $$""",
    """CREATE FUNCTION is_reviewed_afresh(wanted text) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = @SCHEMA@, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM fresh_reviews WHERE fresh_reviews.return_id = wanted)
    $$""",
    "DROP POLICY assessor_writes ON judgement_events",
    """CREATE POLICY assessor_writes ON judgement_events FOR INSERT TO assessor_kit_assessors
    WITH CHECK (
        assessor_id = (SELECT current_assessor()) AND origin = ''
        AND return_id IN (SELECT allocations.return_id FROM allocations)
        AND kind IN ('judgement', 'reading', 'hand back', 'in confidence', 'note')
        AND (kind IN ('note', 'in confidence')
             OR NOT marking_closed(return_id, (SELECT current_assessor()))
             OR (text_is_returned(return_id)
                 AND NOT agreed_after(return_id, (SELECT current_assessor()))
                 AND NOT is_reviewed_afresh(return_id))))""",
)


def upgrade() -> None:
    """Upgrade the database by one revision."""
    op.create_table(
        "staff_notes",
        *_texts("note_id", "return_id", "assessor_id", "note_kind", "answers"),
        sa.Column("judgement_version", sa.Integer(), nullable=False),
        *_texts("sealed", "written_by"),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("note_id"),
    )
    op.create_table(
        "version_changes",
        sa.Column("change_no", sa.Integer(), nullable=False, autoincrement=True),
        *_texts("return_id", "before_id", "new_lines"),
        sa.Column("lines_gone", sa.Integer(), nullable=False),
        *_texts("cause", "who"),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("change_no"),
    )
    op.create_table(
        "information_rounds",
        sa.Column("event_no", sa.Integer(), nullable=False, autoincrement=True),
        *_texts("return_id", "kind"),
        sa.Column("due_on", sa.Date(), nullable=True),
        *_texts("answer_id", "who", "sealed"),
        sa.Column("happened_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("event_no"),
    )
    op.create_table(
        "queries",
        sa.Column("event_no", sa.Integer(), nullable=False, autoincrement=True),
        *_texts("query_id", "member_no"),
        sa.Column("cpd_year", sa.Integer(), nullable=False),
        *_texts("return_id", "kind"),
        sa.Column("is_appeal", sa.Boolean(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        *_texts("assessor_id"),
        sa.Column("outcome_changed", sa.Boolean(), nullable=False),
        *_texts("who", "sealed"),
        sa.Column("happened_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("event_no"),
    )
    for name in NEVER_CHANGED:
        op.create_index(f"{name}_by_return_id", name, ["return_id"])
    if op.get_bind().dialect.name == "sqlite":
        _close_file()
    else:
        _close_server()


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _close_file() -> None:
    for name in (*NEVER_CHANGED, "queries"):
        columns = f" OF {OF_A_QUERY}" if name == "queries" else ""
        for what, event in (("changed", f"UPDATE{columns}"), ("removed", "DELETE")):
            op.execute(SQLITE_TRIGGER.format(name=name, what=what, event=event))


def _close_server() -> None:
    schema = op.get_bind().execute(sa.text("SELECT quote_ident(current_schema())")).scalar()
    op.execute(POSTGRESQL_FUNCTION)
    for name in (*NEVER_CHANGED, "queries"):
        columns = f" OF {OF_A_QUERY}" if name == "queries" else ""
        op.execute(POSTGRESQL_TRIGGER.format(name=name, columns=columns))
        for statement in CLOSED:
            op.execute(statement.format(name=name))
    for statement in FOR_ASSESSORS:
        op.execute(statement.replace("@SCHEMA@", str(schema)))
