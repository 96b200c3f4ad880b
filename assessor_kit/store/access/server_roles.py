"""Give each assessor a role of their own on a PostgreSQL server.

The server limits the role to that assessor's returns. The role owns nothing. What it may read and
write is laid down in the first migration: row-level security on every table, forced on the owner
too; views that run with the reader's rights; and identifying columns that are granted to nobody.
"""

from __future__ import annotations

import hashlib
import re
import secrets

from sqlalchemy import URL, delete, insert, make_url, select

from assessor_kit.errors import InvalidRequest, NotFound
from assessor_kit.store.access.permissions import require_staff
from assessor_kit.store.database.addresses import is_sqlite
from assessor_kit.store.database.connections import read_transaction, write_transaction
from assessor_kit.store.database.schema import sql_table
from assessor_kit.store.workspace import Workspace
from assessor_kit.tables import ASSESSOR_ROLES, ASSESSORS

ROLES = sql_table(ASSESSOR_ROLES)
GROUP = "assessor_kit_assessors"


def admit_assessor(workspace: Workspace, assessor_id: str, *, dry_run: bool = False) -> URL | None:
    """Create the assessor's role, or give it a new password; return the database URL.

    The assessor signs in with that URL. It holds the password, which is kept nowhere else. The
    assessor's machine also needs `keys/subjects.key`, and must get no other key. With `dry_run`
    nothing is created or changed, and the result is None.

    Raises NotFound for an unknown assessor, and UnsafePlace where the database is not on a server.
    """
    _require_server(workspace)
    with read_transaction(workspace.engine) as connection:
        known = connection.execute(
            select(sql_table(ASSESSORS).c.assessor_id).where(
                sql_table(ASSESSORS).c.assessor_id == assessor_id
            )
        ).first()
    if known is None:
        raise NotFound(
            f"There is no assessor {assessor_id!r}", advice="Import the assessors first."
        )
    if dry_run:
        return None
    role = _role_of(workspace, assessor_id)
    password = secrets.token_hex(24)
    with write_transaction(workspace.engine) as connection:
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


def has_role(workspace: Workspace, assessor_id: str) -> bool:
    """Whether an assessor has a role of their own; never where the database is a file."""
    if is_sqlite(workspace.database_url):
        return False
    role = _role_of(workspace, assessor_id)
    with read_transaction(workspace.engine) as connection:
        return (
            connection.execute(select(ROLES).where(ROLES.c.role_name == role)).first() is not None
        )


def dismiss_assessor(workspace: Workspace, assessor_id: str) -> None:
    """Remove an assessor's role from the server; everything that was recorded stays."""
    require_staff(workspace)
    role = _role_of(workspace, assessor_id)
    with write_transaction(workspace.engine) as connection:
        connection.execute(delete(ROLES).where(ROLES.c.role_name == role))
        connection.exec_driver_sql(f"DROP ROLE IF EXISTS {role}")


def _role_of(workspace: Workspace, assessor_id: str) -> str:
    """Return the name of an assessor's role, in letters, digits and underscores only.

    A role belongs to the whole server, so a mark made from this workspace's secret keeps the roles
    of two databases apart.
    """
    mark = hashlib.sha256(f"{workspace.secret}|role|{assessor_id}".encode()).hexdigest()[:10]
    return f"assessor_{re.sub('[^a-z0-9]', '', assessor_id.lower())[:20]}_{mark}"


def _require_server(workspace: Workspace) -> None:
    require_staff(workspace)
    if is_sqlite(workspace.database_url):
        raise InvalidRequest(
            "This workspace's database is a single file, which has no roles",
            expected="a PostgreSQL server in ASSESSOR_KIT_DATABASE",
            advice="Give the assessor a pack instead: `assessor-kit pack`.",
        )
