"""Choices of second markings, fresh reviews, and who may read what was agreed and answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005_moderation"
down_revision = "0004_letters"
TRIGGER = """CREATE TRIGGER second_marking_choices_are_not_{what} BEFORE {event}
ON second_marking_choices
BEGIN SELECT RAISE(ABORT, 'the choices of second markings are append-only'); END"""
CLOSED = (
    "ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
    "CREATE POLICY staff ON {name} TO CURRENT_USER USING (true) WITH CHECK (true)",
)
DEFINED = "LANGUAGE sql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp"
POSTGRESQL = (
    """CREATE FUNCTION refuse_change_of_choices() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the choices of second markings are append-only'; END $$""",
    """CREATE TRIGGER second_marking_choices_are_not_changed
    BEFORE UPDATE OR DELETE OR TRUNCATE ON second_marking_choices
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_choices()""",
    # A fresh marking follows an appeal: it opens and closes neither of the others.
    """CREATE OR REPLACE FUNCTION markings_complete(wanted text) RETURNS boolean {defined} AS $$
    SELECT count(*) >= 2 AND count(*) = count(event.seq)
    FROM allocations LEFT JOIN current_judgements AS event
      ON event.return_id = allocations.return_id AND event.assessor_id = allocations.assessor_id
      AND event.state = 'submitted'
    WHERE allocations.return_id = wanted AND allocations.marking <> 'fresh'
    $$""",
    # Whether something was agreed after what this assessor judged last.
    """CREATE FUNCTION agreed_after(wanted text, who text) RETURNS boolean {defined} AS $$
    SELECT COALESCE(
        (SELECT max(seq) FROM judgement_events
         WHERE return_id = wanted AND kind = 'agreed judgement')
        > (SELECT max(seq) FROM judgement_events
           WHERE return_id = wanted AND assessor_id = who AND kind = 'judgement'), false)
    $$""",
    # Whether an assessor's marking of a return can change no more.
    """CREATE FUNCTION marking_closed(wanted text, who text) RETURNS boolean {defined} AS $$
    SELECT agreed_after(wanted, who) OR (
        (markings_complete(wanted)
         OR EXISTS (SELECT 1 FROM fresh_reviews WHERE fresh_reviews.return_id = wanted))
        AND NOT EXISTS (
            SELECT 1 FROM allocations AS mine WHERE mine.return_id = wanted
            AND mine.assessor_id = who AND mine.marking = 'fresh'))
    $$""",
    # Whether an assessor may read what another one judged: a fresh reviewer, and of a fresh review,
    # only once what was agreed after it stands.
    """CREATE FUNCTION unblinded(wanted text, who text, author text) RETURNS boolean {defined} AS $$
    SELECT COALESCE(
        (SELECT bool_and(agreed_after(wanted, fresh.assessor_id)) FROM allocations AS fresh
         WHERE fresh.return_id = wanted AND fresh.marking = 'fresh'
         AND fresh.assessor_id IN (who, author)),
        markings_complete(wanted))
    $$""",
    # The same for the assessor's own connection, without a name to choose.
    """CREATE FUNCTION may_read_agreed(wanted text, place integer) RETURNS boolean {defined} AS $$
    SELECT COALESCE(
        place > (SELECT max(seq) FROM judgement_events WHERE return_id = wanted
                 AND assessor_id = current_assessor() AND kind = 'judgement'), false)
    $$""",
    "DROP POLICY assessor_reads ON judgement_events",
    "DROP POLICY assessor_writes ON judgement_events",
    """CREATE POLICY assessor_reads ON judgement_events FOR SELECT TO assessor_kit_assessors USING (
    assessor_id = (SELECT current_assessor())
    OR (return_id IN (SELECT allocations.return_id FROM allocations)
        AND CASE kind
            WHEN 'judgement'
                THEN unblinded(return_id, (SELECT current_assessor()), assessor_id)
            WHEN 'agreed judgement' THEN may_read_agreed(return_id, seq)
            ELSE false END))""",
    """CREATE POLICY assessor_writes ON judgement_events FOR INSERT TO assessor_kit_assessors
    WITH CHECK (
    assessor_id = (SELECT current_assessor()) AND origin = ''
    AND kind IN ('judgement', 'reading', 'hand back', 'in confidence')
    AND return_id IN (SELECT allocations.return_id FROM allocations)
    AND NOT marking_closed(return_id, (SELECT current_assessor())))""",
)


def upgrade() -> None:
    """Upgrade the database by one revision."""
    op.create_table(
        "second_marking_choices",
        sa.Column("choice_no", sa.Integer(), nullable=False, autoincrement=True),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("return_id", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("share_percent", sa.Float(), nullable=False),
        sa.Column("chosen_by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("choice_no"),
    )
    op.create_index("second_marking_choices_by_return_id", "second_marking_choices", ["return_id"])
    op.create_table(
        "fresh_reviews",
        sa.Column("return_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("assigned_by", sa.Text(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("return_id"),
    )
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        for what, event in (("changed", "UPDATE"), ("removed", "DELETE")):
            op.execute(TRIGGER.format(what=what, event=event))
        return
    schema = connection.execute(sa.text("SELECT quote_ident(current_schema())")).scalar_one()
    for statement in POSTGRESQL:
        op.execute(statement.format(defined=DEFINED.format(schema=schema)))
    for name in ("second_marking_choices", "fresh_reviews"):
        for statement in CLOSED:
            op.execute(statement.format(name=name))
