"""Write the next revision from the differences between the newest one and the tables.

For contributors, who run it with `make revision`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from assessor_kit.store.database.connections import passing_engine
from assessor_kit.store.database.revision import MIGRATIONS, upgrade_database
from assessor_kit.store.keys import KeyRing


def write_revision(message: str) -> None:
    """Add the file of a new revision to versions/.

    Read the file, then set HEAD_REVISION in store/database/revision.py to its number.
    """
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
