"""On a PostgreSQL server: a role of its own for each assessor, which the server holds to that assessor's returns.

The role owns nothing. What it may read and write is in the first migration: row-level security on every table, forced on the owner too,
views that run with the reader's rights, and columns with identities that are granted to nobody.
"""

from __future__ import annotations

import hashlib
import re
import secrets

from sqlalchemy import URL, delete, insert, make_url, select

from assessor_kit.errors import NotFound, UnsafePlace
from assessor_kit.store.access import require_staff
from assessor_kit.store.engine import is_sqlite, reading, writing
from assessor_kit.store.schema import sql_table
from assessor_kit.store.workspace import Workspace
from assessor_kit.tables import ASSESSOR_ROLES, ASSESSORS

ROLES = sql_table(ASSESSOR_ROLES)
GROUP = "assessor_kit_assessors"


def admit_assessor(workspace: Workspace, assessor_id: str) -> URL:
    """Make the assessor's role with a new password, or give the role a new one: the database URL that the assessor signs in with.

    The URL holds the password and is told once. Give the assessor's machine `keys/subjects.key` besides, and no other key.
    """
    _require_server(workspace)
    with reading(workspace.engine) as connection:
        known = connection.execute(
            select(sql_table(ASSESSORS).c.assessor_id).where(
                sql_table(ASSESSORS).c.assessor_id == assessor_id
            )
        ).first()
    if known is None:
        raise NotFound(
            f"There is no assessor {assessor_id!r}", advice="Import the assessors first."
        )
    role, password = _role_of(workspace, assessor_id), secrets.token_hex(24)
    with writing(workspace.engine) as connection:
        there = connection.exec_driver_sql(
            "SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)
        ).first()
        connection.exec_driver_sql(
            f"{'ALTER' if there else 'CREATE'} ROLE {role} LOGIN PASSWORD '{password}'"
        )
        connection.exec_driver_sql(f"GRANT {GROUP} TO {role}")
        connection.execute(delete(ROLES).where(ROLES.c.role_name == role))
        connection.execute(insert(ROLES), [{"role_name": role, "assessor_id": assessor_id}])
    return make_url(workspace.database_url).set(username=role, password=password)


def dismiss_assessor(workspace: Workspace, assessor_id: str) -> None:
    """Take the assessor's role away; what was recorded stays."""
    _require_server(workspace)
    role = _role_of(workspace, assessor_id)
    with writing(workspace.engine) as connection:
        connection.execute(delete(ROLES).where(ROLES.c.role_name == role))
        connection.exec_driver_sql(f"DROP ROLE IF EXISTS {role}")


def _role_of(workspace: Workspace, assessor_id: str) -> str:
    """A role belongs to the whole server: this workspace's own mark keeps those of two databases apart. Letters and digits only."""
    mark = hashlib.sha256(f"{workspace.secret}|role|{assessor_id}".encode()).hexdigest()[:10]
    return f"assessor_{re.sub('[^a-z0-9]', '', assessor_id.lower())[:20]}_{mark}"


def _require_server(workspace: Workspace) -> None:
    require_staff(workspace)
    if is_sqlite(workspace.database_url):
        raise UnsafePlace(
            "This workspace is one file, which knows no roles",
            expected="a PostgreSQL server in ASSESSOR_KIT_DATABASE",
            advice="Give the assessor a pack instead: `assessor-kit pack`.",
        )
