"""A workspace: one folder that holds a scheme's database, its keys, its editable words and its documents."""

from __future__ import annotations

import os
import secrets
import shutil
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from html import escape
from pathlib import Path

from sqlalchemy import Engine, func, insert, make_url, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, ProgrammingError

from assessor_kit import tables
from assessor_kit.errors import NoSuchWorkspace, OtherRevision
from assessor_kit.rules import Rules, load_rules
from assessor_kit.store.engine import (
    is_sqlite,
    kept_engine,
    make_engine,
    passing_engine,
    reading,
    writing,
)
from assessor_kit.store.keys import KeyRing
from assessor_kit.store.revision import HEAD_REVISION, upgrade_database
from assessor_kit.store.schema import sql_table

DRAWINGS = "drawings"
FOLDER_VARIABLE, DATABASE_VARIABLE, KEYS_VARIABLE = (
    "ASSESSOR_KIT_WORKSPACE",
    "ASSESSOR_KIT_DATABASE",
    "ASSESSOR_KIT_KEYS",
)


def shipped(name: str) -> Path:
    """A folder that comes with the kit (`notebooks`, `sample_data`): beside the package in a checkout, inside it when installed."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "shipped" / name
    return inside if inside.is_dir() else package.parent / name


@dataclass(frozen=True)
class Workspace:
    """An open workspace. `scheme` is the rules' folder name; a sample workspace holds invented members only.

    `acting_as` is the assessor who opened it, empty for staff; `origin` is the pack that a laptop's workspace was made from.
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
        """Make the workspace, or open it where it exists (its scheme and kind stay as they are).

        `environment` may name a database and a place for keys; an empty one keeps everything in the folder, whatever this process works on.
        """
        folder = Path(folder).resolve()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
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
            with writing(engine) as connection:
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
        """Open a workspace: the folder given, else the one the environment names, else `./workspace`.

        Raises OtherRevision where its database was made by another version of the kit.
        """
        folder = Path(folder or environment.get(FOLDER_VARIABLE) or "workspace").resolve()
        url, keys = database_at(folder, environment), keys_folder(folder, environment)
        if is_sqlite(url) and not (folder / "assessor.db").is_file():
            raise NoSuchWorkspace(
                f"There is no workspace in {folder}",
                advice="Make one with `assessor-kit init --workspace DIR`.",
            )
        engine, opened = _engine(url, KeyRing(keys)), None
        try:
            with reading(engine) as connection:
                _require_revision(connection, folder)
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
                weakref.finalize(
                    opened, engine.dispose
                )  # the same engine serves the workspace: its connection is open already
            else:
                engine.dispose()

    @classmethod
    def upgrade(cls, folder: Path | None = None) -> str:
        """Bring a workspace's database to this version of the kit, with everything in it: its revision afterwards."""
        folder = Path(folder or os.environ.get(FOLDER_VARIABLE) or "workspace").resolve()
        with passing_engine(database_at(folder), keys=KeyRing(keys_folder(folder))) as engine:
            upgrade_database(engine)
        return HEAD_REVISION

    def _repr_html_(self) -> str:
        """How a notebook shows it: invented members are said to be so on every screen."""
        banner = "<p style='background:#ffe9a8;color:#3d2e00;padding:.4rem .8rem'><strong>Sample data: invented members, nobody real.</strong></p>"
        return f"{banner if self.is_sample else ''}<p>Workspace {escape(str(self.folder))}, scheme {escape(self.scheme)}</p>"

    @cached_property
    def engine(self) -> Engine:
        """The database. Its connections are closed when nobody holds the workspace any more."""
        made = _engine(self.database_url, self.keys)
        weakref.finalize(self, made.dispose)
        return made

    @property
    def database(self) -> str:
        """Where the database is, as it may be shown: without a password."""
        return make_url(self.database_url).render_as_string(hide_password=True)

    @property
    def keys(self) -> KeyRing:
        """The keys, which lie outside the database."""
        return KeyRing(self.keys_at or keys_folder(self.folder))

    def as_assessor(self, assessor_id: str) -> Workspace:
        """The same workspace, opened by an assessor: it gives nothing that is not theirs."""
        return replace(self, acting_as=assessor_id)

    @property
    def drawings(self) -> Path:
        """Where drawings of charts are kept between sessions (`charts.kept`): hours and nobody's name; an erasure empties it."""
        return self.folder / DRAWINGS

    def rules(self, cpd_year: int) -> Rules:
        """The scheme's rules for a CPD year, with this workspace's own phrases and suggestions."""
        own = self.folder / "rules"
        return load_rules(self.scheme, cpd_year, folder=own if own.is_dir() else None)


def database_at(folder: Path, environment: Mapping[str, str] = os.environ) -> str:
    """The URL of the database of a workspace in this folder: the server that the environment names, else the folder's own file."""
    return environment.get(DATABASE_VARIABLE) or f"sqlite:///{folder / 'assessor.db'}"


def keys_folder(folder: Path, environment: Mapping[str, str] = os.environ) -> Path:
    """Where the keys of a workspace in this folder lie."""
    return Path(environment.get(KEYS_VARIABLE) or folder / "keys")


def _engine(url: str, keys: KeyRing) -> Engine:
    return kept_engine(url, keys=keys) if is_sqlite(url) else make_engine(url, keys=keys)


def _settings(connection: Connection) -> dict[str, str]:
    table = sql_table(tables.SETTINGS)
    return {row.name: row.value for row in connection.execute(select(table))}


def _require_revision(connection: Connection, folder: Path) -> None:
    try:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except (DBAPIError, ProgrammingError):
        found = None
    if found != HEAD_REVISION:
        raise OtherRevision(
            f"its database is of revision {found or 'none'}",
            where=str(folder),
            expected=f"revision {HEAD_REVISION}",
            advice="Back it up, then run `assessor-kit upgrade`.",
        )


def _for_owner_alone(folder: Path) -> None:
    """Nobody else on this machine may read the database."""
    for path in folder.glob("assessor.db*"):
        path.chmod(0o600)


def _copy_editable_words(folder: Path, scheme: str) -> None:
    """Put the phrases and suggestions where staff can edit them; what is there already stays."""
    own = folder / "rules"
    own.mkdir(exist_ok=True)
    shipped_rules = Path(__file__).resolve().parent.parent / "rules" / scheme
    for name in ("phrases.toml", "suggestions.toml"):
        if (shipped_rules / name).is_file() and not (own / name).exists():
            shutil.copyfile(shipped_rules / name, own / name)
