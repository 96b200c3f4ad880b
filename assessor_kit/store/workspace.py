"""Open and create workspaces.

A workspace is a folder that holds a scheme's database, its keys, the texts that staff may edit, and
its documents.
"""

from __future__ import annotations

import os
import secrets
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from html import escape
from pathlib import Path

from sqlalchemy import Engine, func, insert, select
from sqlalchemy.engine import Connection

from assessor_kit import tables
from assessor_kit.errors import NoSuchWorkspace, OtherRevision
from assessor_kit.files import keep_to_owner, make_private_folder, write_once
from assessor_kit.rules import Rules, load_rules
from assessor_kit.store.database.addresses import database_place, file_of, is_sqlite, shown_address
from assessor_kit.store.database.connections import (
    kept_engine,
    make_engine,
    passing_engine,
    read_transaction,
    write_transaction,
)
from assessor_kit.store.database.revision import (
    HEAD_REVISION,
    refuse_newer,
    revision_in,
    revision_of,
    upgrade_database,
)
from assessor_kit.store.database.schema import sql_table
from assessor_kit.store.keys import KeyRing

DRAWINGS = "drawings"
FOLDER_VARIABLE = "ASSESSOR_KIT_WORKSPACE"
DATABASE_VARIABLE = "ASSESSOR_KIT_DATABASE"
KEYS_VARIABLE = "ASSESSOR_KIT_KEYS"


def shipped(name: str) -> Path:
    """Return a folder that comes with the kit, such as `notebooks` or `sample_data`.

    It is beside the package in a checkout, and inside the package once that is installed.
    """
    package = Path(__file__).resolve().parent.parent
    inside = package / "shipped" / name
    return inside if inside.is_dir() else package.parent / name


@dataclass(frozen=True)
class Workspace:
    """An open workspace.

    `scheme` is the name of the folder that holds the scheme's rules. A sample workspace holds only
    invented members.

    `acting_as` is the assessor who opened it, empty for staff. `origin` is the pack that a laptop's
    workspace was made from.
    """

    folder: Path
    scheme: str
    is_sample: bool
    database_url: str = field(repr=False)
    secret: str = field(repr=False)
    acting_as: str = ""
    origin: str = ""
    keys_at: Path | None = field(default=None, repr=False)

    @classmethod
    def create(
        cls,
        folder: Path,
        *,
        scheme: str = "iet",
        sample: bool = False,
        environment: Mapping[str, str] = os.environ,
    ) -> Workspace:
        """Create the workspace, or open it if it exists.

        An existing workspace keeps its scheme and its kind.

        `environment` may name a database and a place for the keys. With an empty one everything is
        kept in the folder, whatever database this process otherwise works on.
        """
        folder = Path(folder).resolve()
        make_private_folder(folder)
        keys = KeyRing(keys_folder(folder, environment))
        keys.create()
        known = {
            "scheme": scheme,
            "is_sample": str(sample),
            "secret": secrets.token_hex(32),
            "created": datetime.now(UTC).date().isoformat(),
        }
        with passing_engine(database_at(folder, environment), keys=keys) as engine:
            upgrade_database(engine)
            with write_transaction(engine) as connection:
                present = set(_settings(connection))
                missing = [
                    {"name": name, "value": value}
                    for name, value in known.items()
                    if name not in present
                ]
                if missing:
                    connection.execute(insert(sql_table(tables.SETTINGS)), missing)
        _for_owner_alone(folder)
        _copy_editable_words(folder, scheme)
        return cls.open(folder, environment=environment)

    @classmethod
    def open(
        cls, folder: Path | None = None, *, environment: Mapping[str, str] = os.environ
    ) -> Workspace:
        """Open a workspace.

        The folder is the one given, or the one that the environment names, or `./workspace`.

        Raises NoSuchWorkspace where the folder holds none, and OtherRevision where its database was
        made by another version of the kit.
        """
        folder = Path(folder or environment.get(FOLDER_VARIABLE) or "workspace").resolve()
        url = database_at(folder, environment)
        keys = keys_folder(folder, environment)
        _require_file(url, folder)
        engine = _engine(url, KeyRing(keys))
        opened = None
        try:
            with read_transaction(engine) as connection:
                _require_revision(connection, database_place(url))
                settings = _settings(connection)
                role = (
                    connection.execute(select(func.current_assessor())).scalar()
                    if connection.dialect.name == "postgresql"
                    else None
                )
            opened = cls(
                folder,
                settings["scheme"],
                settings["is_sample"] == "True",
                url,
                settings.get("secret", ""),
                str(role or settings.get("assessor_id", "")),
                settings.get("origin", ""),
                keys,
            )
            return opened
        finally:
            if opened is not None and is_sqlite(url):
                # the workspace goes on using this engine, whose connection is already open
                weakref.finalize(opened, engine.dispose)
            else:
                engine.dispose()

    @classmethod
    def upgrade(cls, folder: Path | None = None, *, dry_run: bool = False) -> str:
        """Bring a workspace's database to this version of the kit; return its revision.

        Everything in it is kept. With `dry_run` the upgrade is only checked for being possible.
        """
        folder = Path(folder or os.environ.get(FOLDER_VARIABLE) or "workspace").resolve()
        _require_file(database_at(folder), folder)
        with passing_engine(database_at(folder), keys=KeyRing(keys_folder(folder))) as engine:
            if dry_run:
                refuse_newer(revision_of(engine), where=database_place(database_at(folder)))
            else:
                upgrade_database(engine)
        return HEAD_REVISION

    def _repr_html_(self) -> str:
        """Show the workspace in a notebook, with a banner if its members are invented."""
        banner = (
            "<p style='background:#ffe9a8;color:#3d2e00;padding:.4rem .8rem'><strong>Sample data:"
            " invented members, nobody real.</strong></p>"
        )
        return (
            f"{banner if self.is_sample else ''}<p>Workspace {escape(str(self.folder))}, scheme"
            f" {escape(self.scheme)}</p>"
        )

    @cached_property
    def engine(self) -> Engine:
        """The engine of the database.

        Its connections are closed when nothing refers to the workspace any more.
        """
        made = _engine(self.database_url, self.keys)
        weakref.finalize(self, made.dispose)
        return made

    @property
    def database(self) -> str:
        """The address of the database, without its password so that it can be shown."""
        return shown_address(self.database_url)

    @property
    def keys(self) -> KeyRing:
        """The keys, which are kept outside the database."""
        return KeyRing(self.keys_at or keys_folder(self.folder))

    def as_assessor(self, assessor_id: str) -> Workspace:
        """Return the same workspace as opened by an assessor, who sees only their own returns."""
        return replace(self, acting_as=assessor_id)

    @property
    def drawings(self) -> Path:
        """The folder in which drawings of charts are kept between sessions (`charts.kept`).

        They show hours and no names. Erasing a member empties the folder.
        """
        return self.folder / DRAWINGS

    def rules(self, cpd_year: int) -> Rules:
        """Return the scheme's rules for a CPD year.

        The phrases and suggestions are this workspace's own where it has them.
        """
        own = self.folder / "rules"
        return load_rules(self.scheme, cpd_year, folder=own if own.is_dir() else None)


def database_at(folder: Path, environment: Mapping[str, str] = os.environ) -> str:
    """Return the URL of the database of a workspace in this folder.

    It is the server that the environment names, or else the folder's own file.
    """
    return environment.get(DATABASE_VARIABLE) or f"sqlite:///{folder / 'assessor.db'}"


def keys_folder(folder: Path, environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder that holds the keys of a workspace in this folder."""
    return Path(environment.get(KEYS_VARIABLE) or folder / "keys")


def _engine(url: str, keys: KeyRing) -> Engine:
    return kept_engine(url, keys=keys) if is_sqlite(url) else make_engine(url, keys=keys)


def _settings(connection: Connection) -> dict[str, str]:
    table = sql_table(tables.SETTINGS)
    return {row.name: row.value for row in connection.execute(select(table))}


def _require_file(url: str, folder: Path) -> None:
    if is_sqlite(url) and not file_of(url).is_file():
        raise NoSuchWorkspace(
            f"There is no workspace in {folder}",
            expected=f"its database, {database_place(url)}",
            advice="Make one with `assessor-kit init --workspace DIR`.",
        )


def _require_revision(connection: Connection, where: str) -> None:
    found = revision_in(connection)
    if not found:
        raise NoSuchWorkspace(
            "the database holds no workspace",
            where=where,
            expected="a database that assessor-kit made",
            advice=(
                "Check --workspace and ASSESSOR_KIT_DATABASE; or make a workspace in it with"
                " `assessor-kit init`."
            ),
        )
    refuse_newer(found, where=where)
    if found != HEAD_REVISION:
        raise OtherRevision(
            f"the database is of revision {found}",
            where=where,
            expected=f"revision {HEAD_REVISION}",
            advice="Back it up, then run `assessor-kit upgrade`.",
        )


def _for_owner_alone(folder: Path) -> None:
    """Let nobody else on this machine read the database."""
    for path in folder.glob("assessor.db*"):
        keep_to_owner(path)


def _copy_editable_words(folder: Path, scheme: str) -> None:
    """Copy the phrases and suggestions to where staff can edit them.

    Files that are already there are left as they are.
    """
    own = folder / "rules"
    shipped_rules = Path(__file__).resolve().parent.parent / "rules" / scheme
    for name in ("phrases.toml", "suggestions.toml"):
        if (shipped_rules / name).is_file():
            write_once(own / name, (shipped_rules / name).read_bytes())
