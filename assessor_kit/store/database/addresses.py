"""Where the database is: its address, read, checked, and as it may be shown."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from assessor_kit.errors import InvalidRequest

SQLITE = "sqlite"
SERVERS = {"postgresql", "postgres"}


@lru_cache(maxsize=64)
def read_address(url: str) -> URL:
    """The address in its parts. Raises InvalidRequest for one that cannot be read.

    The address may hold a password, so the error does not repeat it.
    """
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        raise _unreadable() from None
    kind = address.get_backend_name()
    is_file = kind == SQLITE and bool(address.database) and address.database != ":memory:"
    if not is_file and kind not in SERVERS:
        raise _unreadable()
    return address


def is_sqlite(url: str) -> bool:
    """Whether the URL names a SQLite file."""
    return read_address(url).get_backend_name() == SQLITE


def file_of(url: str) -> Path:
    """The SQLite file that the URL names."""
    return Path(str(read_address(url).database))


def shown_address(url: str) -> str:
    """The address as it may be shown: without a password."""
    return read_address(url).render_as_string(hide_password=True)


def database_place(url: str) -> str:
    """Where an error says that the database is: its file, or the server's address."""
    return str(file_of(url).absolute()) if is_sqlite(url) else shown_address(url)


def _unreadable() -> InvalidRequest:
    return InvalidRequest(
        "The database's address cannot be read",
        expected="sqlite:////folder/assessor.db or postgresql://user@host:5432/name",
        advice="Correct ASSESSOR_KIT_DATABASE, or unset it to use the workspace's own file.",
    )
