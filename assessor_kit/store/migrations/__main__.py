"""Write the next revision from what differs between the newest one and the tables: for contributors, by `make revision`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from assessor_kit.store.engine import passing_engine
from assessor_kit.store.keys import KeyRing
from assessor_kit.store.revision import MIGRATIONS, upgrade_database


def write_revision(message: str) -> None:
    """Add a file to versions/; read it, and set HEAD_REVISION in store/revision.py to its number."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("file_template", "r%%(rev)s_%%(slug)s")
    number = f"{len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1:04}"
    with (
        tempfile.TemporaryDirectory() as folder,
        passing_engine(
            f"sqlite:///{Path(folder) / 'newest.db'}", keys=KeyRing(Path(folder))
        ) as engine,
    ):
        upgrade_database(engine)
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            command.revision(config, message, autogenerate=True, rev_id=number)


if __name__ == "__main__":
    write_revision(sys.argv[1])
