"""Which revision is the database of, and how does it become the newest? Alembic, with the migrations shipped inside the package."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, inspect, text

HEAD_REVISION = "0001"  # a test holds it to the newest file in migrations/versions
MIGRATIONS = Path(__file__).resolve().parent / "migrations"


def upgrade_database(engine: Engine, revision: str = "head") -> None:
    """Bring the database to a revision, by default the newest, in one transaction; a database that is there already is left alone."""
    if revision == "head" and revision_of(engine) == HEAD_REVISION:
        return
    from alembic import command  # noqa: PLC0415  (needed once in a database's life; it takes a third of a second to load)
    from alembic.config import Config  # noqa: PLC0415  (as above)

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def revision_of(engine: Engine) -> str:
    """The database's revision, empty for a new one."""
    with engine.execution_options(reading=True).connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return ""
        return str(
            connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""
        )
