"""A workspace: one folder that holds a scheme's database, its editable words and its documents."""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from html import escape
from pathlib import Path
from types import ModuleType

from sqlalchemy import Engine, create_engine, event, insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool

from assessor_kit import tables
from assessor_kit.errors import NoSuchWorkspace
from assessor_kit.rules import Rules, load_rules
from assessor_kit.store.schema import METADATA, sql_table

FOLDER_VARIABLE, DATABASE_VARIABLE = "ASSESSOR_KIT_WORKSPACE", "ASSESSOR_KIT_DATABASE"
WAL_RESET_FIXED = ((3, 51, 3), (3, 50, 7), (3, 44, 6))  # sqlite.org/changes.html: releases that carry the WAL-reset fix


def shipped(name: str) -> Path:
    """A folder that comes with the kit (`notebooks`, `sample_data`): beside the package in a checkout, inside it when installed."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "shipped" / name
    return inside if inside.is_dir() else package.parent / name


def _sqlite() -> ModuleType:
    """The newest SQLite at hand; pysqlite3 carries its own."""
    try:
        import pysqlite3  # noqa: PLC0415  (absent on platforms without a wheel; then Python's own serves)
    except ImportError:
        return sqlite3
    return pysqlite3.dbapi2  # type: ignore[no-any-return]  # the wheel carries no types


def sqlite_version() -> tuple[int, int, int]:
    """The release of the SQLite that the store uses."""
    major, minor, patch = _sqlite().sqlite_version_info
    return int(major), int(minor), int(patch)


def has_wal_fix(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite release keeps every commit of several writers in WAL mode."""
    newest = WAL_RESET_FIXED[0]
    return version >= newest or any(version[:2] == fixed[:2] and version >= fixed for fixed in WAL_RESET_FIXED)


@dataclass(frozen=True)
class Workspace:
    """An open workspace. `scheme` is the rules' folder name; a sample workspace holds invented members only."""

    folder: Path
    scheme: str
    is_sample: bool
    database_url: str
    secret: str = field(repr=False)

    @classmethod
    def create(cls, folder: Path, *, scheme: str = "iet", sample: bool = False) -> Workspace:
        """Make the workspace, or open it where it exists (its scheme and kind stay as they are)."""
        folder = Path(folder).resolve()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        engine = _engine(_url(folder))
        METADATA.create_all(engine)
        known = {"scheme": scheme, "is_sample": str(sample), "secret": secrets.token_hex(32), "created": datetime.now(UTC).date().isoformat()}
        with engine.begin() as connection:
            present = set(_settings(connection))
            missing = [{"name": name, "value": value} for name, value in known.items() if name not in present]
            if missing:
                connection.execute(insert(sql_table(tables.SETTINGS)), missing)
        engine.dispose()
        _copy_editable_words(folder, scheme)
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path | None = None) -> Workspace:
        """Open a workspace: the folder given, else the one the environment names, else `./workspace`."""
        folder = Path(folder or os.environ.get(FOLDER_VARIABLE) or "workspace").resolve()
        url = _url(folder)
        if url.startswith("sqlite") and not (folder / "assessor.db").is_file():
            raise NoSuchWorkspace(f"There is no workspace in {folder}", advice="Make one with `assessor-kit init --workspace DIR`.")
        engine = _engine(url)
        with engine.connect() as connection:
            settings = _settings(connection)
        engine.dispose()
        return cls(folder, settings["scheme"], settings["is_sample"] == "True", url, settings["secret"])

    def _repr_html_(self) -> str:
        """How a notebook shows it: invented members are said to be so on every screen."""
        banner = "<p style='background:#ffe9a8;color:#3d2e00;padding:.4rem .8rem'><strong>Sample data: invented members, nobody real.</strong></p>"
        return f"{banner if self.is_sample else ''}<p>Workspace {escape(str(self.folder))}, scheme {escape(self.scheme)}</p>"

    @cached_property
    def engine(self) -> Engine:
        """The database. Connections are not pooled, so that a fork never shares one."""
        return _engine(self.database_url)

    def rules(self, cpd_year: int) -> Rules:
        """The scheme's rules for a CPD year, with this workspace's own phrases and suggestions."""
        own = self.folder / "rules"
        return load_rules(self.scheme, cpd_year, folder=own if own.is_dir() else None)


def _url(folder: Path) -> str:
    return os.environ.get(DATABASE_VARIABLE) or f"sqlite:///{folder / 'assessor.db'}"


def _settings(connection: Connection) -> dict[str, str]:
    table = sql_table(tables.SETTINGS)
    return {row.name: row.value for row in connection.execute(select(table))}


def _copy_editable_words(folder: Path, scheme: str) -> None:
    """Put the phrases and suggestions where staff can edit them; what is there already stays."""
    own = folder / "rules"
    own.mkdir(exist_ok=True)
    shipped_rules = Path(__file__).resolve().parent.parent / "rules" / scheme
    for name in ("phrases.toml", "suggestions.toml"):
        if (shipped_rules / name).is_file() and not (own / name).exists():
            shutil.copyfile(shipped_rules / name, own / name)


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url)
    module = _sqlite()
    engine = create_engine(url, module=module, poolclass=NullPool, connect_args={"timeout": 30})
    journal = "WAL" if has_wal_fix(module.sqlite_version_info) else "DELETE"

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we begin transactions ourselves, so that a writer takes its lock at once
        connection.execute(f"PRAGMA journal_mode={journal}")
        connection.execute(f"PRAGMA synchronous={'FULL' if journal == 'WAL' else 'EXTRA'}")

    @event.listens_for(engine, "begin")
    def begin_immediately(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
