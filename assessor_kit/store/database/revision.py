"""Find the revision of the database and upgrade it to the newest.

This uses Alembic, with the migrations that are shipped inside the package.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from assessor_kit.errors import OtherRevision
from assessor_kit.store.database.addresses import database_place

HEAD_REVISION = "0006_rounds"  # a test compares it with the newest file in migrations/versions
MIGRATIONS = Path(__file__).resolve().parent / "migrations"


def upgrade_database(engine: Engine, revision: str = "head") -> None:
    """Bring the database to a revision, by default the newest, in one transaction.

    A database that is already at the newest is left alone. Raises OtherRevision for one that a
    newer version of the kit made.
    """
    if revision == "head":
        found = revision_of(engine)
        if found == HEAD_REVISION:
            return
        refuse_newer(found, where=database_place(engine.url.render_as_string(hide_password=False)))
    # Needed once in a database's life; it takes a third of a second to load.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415  (for the same reason)

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def refuse_newer(found: str, *, where: str = "") -> None:
    """Raise OtherRevision for a database that a newer version of the kit made."""
    if found > HEAD_REVISION:
        raise OtherRevision(
            f"The database is at revision {found}, which is newer than this program",
            where=where,
            expected=f"revision {HEAD_REVISION} or an older one",
            advice="Install the version of assessor-kit that made it, or a newer one.",
        )


def revision_of(engine: Engine) -> str:
    """Return the database's revision, which is empty for a new database."""
    with engine.execution_options(reads_only=True).connect() as connection:
        return revision_in(connection)


def revision_in(connection: Connection) -> str:
    """The revision of the database that is open, empty for one without our tables."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")
