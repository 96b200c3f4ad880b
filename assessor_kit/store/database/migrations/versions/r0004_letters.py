"""Add what was done about each message of the outbox, its facts and order, and postal addresses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004_letters"
down_revision = "0003_allocations"
TRIGGER = """CREATE TRIGGER outbox_events_are_not_{what} BEFORE {event} ON outbox_events
BEGIN SELECT RAISE(ABORT, 'the record of the outbox is append-only'); END"""
POSTGRESQL = (
    """CREATE FUNCTION refuse_change_of_outbox_events() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the record of the outbox is append-only'; END $$""",
    """CREATE TRIGGER outbox_events_are_not_changed
    BEFORE UPDATE OR DELETE OR TRUNCATE ON outbox_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_outbox_events()""",
    # assessors' own connections see nothing of this table
    "ALTER TABLE outbox_events ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE outbox_events FORCE ROW LEVEL SECURITY",
    "CREATE POLICY staff ON outbox_events TO CURRENT_USER USING (true) WITH CHECK (true)",
)


def upgrade() -> None:
    """Keep every message as it is: what it was about is not known any more, and stays empty."""
    op.create_table(
        "outbox_events",
        sa.Column("event_no", sa.Integer(), nullable=False, autoincrement=True),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("event_no"),
    )
    op.create_index("outbox_events_by_message_id", "outbox_events", ["message_id"])
    op.create_index("outbox_by_member_no", "outbox", ["member_no"])
    for table, column, default in (
        ("register", "postal_address", ""),
        ("outbox", "about", ""),
        ("outbox", "facts", "{}"),
    ):
        op.add_column(table, sa.Column(column, sa.Text(), nullable=False, server_default=default))
    op.add_column("outbox", sa.Column("place", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("outbox", sa.Column("not_before_on", sa.Date(), nullable=True))
    op.add_column("outbox", sa.Column("queued_at", sa.DateTime(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        for what, event in (("changed", "UPDATE"), ("removed", "DELETE")):
            op.execute(TRIGGER.format(what=what, event=event))
        return
    for statement in POSTGRESQL:
        op.execute(statement)
