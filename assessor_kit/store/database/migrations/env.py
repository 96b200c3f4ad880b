"""Run the migrations for Alembic on the connection that it is given."""

from __future__ import annotations

from alembic import context

from assessor_kit.store.database.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
