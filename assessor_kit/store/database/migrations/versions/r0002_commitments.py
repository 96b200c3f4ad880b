"""Commitments to draws, the record of what was done about them, and reserves that are called."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002_commitments"
down_revision = "0001"
TRIGGER = """CREATE TRIGGER draw_events_are_not_{what} BEFORE {event} ON draw_events
BEGIN SELECT RAISE(ABORT, 'the record of the draws is append-only'); END"""
POSTGRESQL = (
    """CREATE FUNCTION refuse_change_of_draw_events() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the record of the draws is append-only'; END $$""",
    """CREATE TRIGGER draw_events_are_not_changed
    BEFORE UPDATE OR DELETE OR TRUNCATE ON draw_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_draw_events()""",
)
# assessors' own connections to a server see nothing of these tables
CLOSED = (
    "ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
    "CREATE POLICY staff ON {name} TO CURRENT_USER USING (true) WITH CHECK (true)",
)


def upgrade() -> None:
    """Add the tables and columns; what was drawn before has no commitment, and says so."""
    op.create_table(
        "commitments",
        sa.Column("draw_id", sa.Text(), nullable=False),
        sa.Column("cpd_year", sa.Integer(), nullable=False),
        sa.Column("commitment_text", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("seed_known_at", sa.DateTime(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("draw_id"),
    )
    op.create_table(
        "draw_events",
        sa.Column("event_no", sa.Integer(), nullable=False, autoincrement=True),
        sa.Column("cpd_year", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("event_no"),
    )
    for name in ("commitment", "sizes_rule", "signature", "signature_before"):
        op.add_column("draws", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("selections", sa.Column("called_at", sa.DateTime(), nullable=True))
    op.add_column("selections", sa.Column("called_for_rank", sa.Integer(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        for what, event in (("changed", "UPDATE"), ("removed", "DELETE")):
            op.execute(TRIGGER.format(what=what, event=event))
        return
    for statement in POSTGRESQL:
        op.execute(statement)
    for name in ("commitments", "draw_events"):
        for statement in CLOSED:
            op.execute(statement.format(name=name))
