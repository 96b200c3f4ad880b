"""Add the log of what was given to assessors and taken from them, and what goes with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_allocations"
down_revision = "0002_commitments"
TRIGGER = """CREATE TRIGGER allocation_changes_are_not_{what} BEFORE {event} ON allocation_changes
BEGIN SELECT RAISE(ABORT, 'the log of allocations is append-only'); END"""
POSTGRESQL = (
    """CREATE FUNCTION refuse_change_of_allocations() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the log of allocations is append-only'; END $$""",
    """CREATE TRIGGER allocation_changes_are_not_changed
    BEFORE UPDATE OR DELETE OR TRUNCATE ON allocation_changes
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_allocations()""",
)
CLOSED = (
    "ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
    "CREATE POLICY staff ON {name} TO CURRENT_USER USING (true) WITH CHECK (true)",
)


def upgrade() -> None:
    """Upgrade the database by one revision."""
    op.create_table(
        "allocation_changes",
        sa.Column("change_no", sa.Integer(), nullable=False, autoincrement=True),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("return_id", sa.Text(), nullable=False),
        sa.Column("marking", sa.Text(), nullable=False),
        sa.Column("from_assessor", sa.Text(), nullable=False),
        sa.Column("to_assessor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("change_no"),
    )
    op.create_index("allocation_changes_by_return_id", "allocation_changes", ["return_id"])
    op.create_table(
        "double_markings",
        sa.Column("return_id", sa.Text(), nullable=False),
        sa.Column("chosen_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("return_id"),
    )
    op.add_column("assessors", sa.Column("dismissed_on", sa.Date(), nullable=True))
    for table, column in (
        ("assessors", "dismissed_because"),
        ("outbox", "assessor_id"),
        ("responses", "statement"),
    ):
        op.add_column(table, sa.Column(column, sa.Text(), nullable=False, server_default=""))
    if op.get_bind().dialect.name == "sqlite":
        for what, event in (("changed", "UPDATE"), ("removed", "DELETE")):
            op.execute(TRIGGER.format(what=what, event=event))
        return
    for statement in POSTGRESQL:
        op.execute(statement)
    for name in ("allocation_changes", "double_markings"):
        for statement in CLOSED:
            op.execute(statement.format(name=name))
