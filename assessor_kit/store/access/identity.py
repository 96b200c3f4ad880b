"""Establish which assessor is signed in.

This comes from the database role, the app's token, the Hub or the laptop's own profile. Claiming a
name is not enough.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from datetime import UTC, datetime

from sqlalchemy import insert, select, update

from assessor_kit.errors import InvalidRequest, NotAllocated, NotFound
from assessor_kit.store.access.permissions import require_staff
from assessor_kit.store.database.connections import read_transaction, write_transaction
from assessor_kit.store.database.schema import sql_table
from assessor_kit.store.workspace import Workspace
from assessor_kit.tables import ASSESSOR_TOKENS, ASSESSORS

HUB_VARIABLE = "JUPYTERHUB_USER"
TOKEN_VARIABLE = "ASSESSOR_KIT_TOKEN"  # noqa: S105  (the name of a variable)
TOKENS = sql_table(ASSESSOR_TOKENS)
PEOPLE = sql_table(ASSESSORS)


def sign_in(workspace: Workspace, *, claimed: str | None = None) -> Workspace:
    """Return the workspace as opened by the assessor who is signed in.

    The first of these that names somebody decides: the database role or a pack's profile, the app's
    token, the Hub. Where none does, staff have opened their own workspace, and `claimed` says whose
    returns they want to see.

    Raises NotAllocated where `claimed` is not the assessor who is signed in or the app's token is
    not valid, InvalidRequest where nobody is named, and NotFound for an unknown assessor.
    """
    known = workspace.acting_as or _by_token(workspace) or _by_hub()
    if known and claimed not in {None, known}:
        raise NotAllocated(
            f"You are signed in as assessor {known} and asked for the returns of {claimed}",
            advice="Leave assessor_id out to open your own.",
        )
    wanted = known or claimed
    if workspace.acting_as:
        return workspace
    with read_transaction(workspace.engine) as connection:
        names = sorted(connection.execute(select(PEOPLE.c.assessor_id)).scalars())
    if wanted is None:
        raise InvalidRequest(
            "No assessor was named",
            expected=f"an assessor who was imported: {', '.join(names) or 'there are none yet'}",
            advice="Pass one of them as assessor_id.",
        )
    if wanted not in names:
        raise NotFound(
            f"There is no assessor {wanted!r}",
            expected=f"an assessor who was imported: {', '.join(names) or 'there are none yet'}",
            advice="Pass one of them as assessor_id.",
        )
    if known:
        _require_not_dismissed(workspace, known)
    return workspace.as_assessor(wanted)


def _require_not_dismissed(workspace: Workspace, assessor_id: str) -> None:
    with read_transaction(workspace.engine) as connection:
        stopped = connection.execute(
            select(PEOPLE.c.dismissed_on).where(PEOPLE.c.assessor_id == assessor_id)
        ).scalar()
    if stopped is not None:
        raise NotAllocated(
            f"Assessor {assessor_id} no longer assesses",
            advice="Ask staff if something is still to be done.",
        )


def _by_hub() -> str | None:
    return os.environ.get(HUB_VARIABLE) or None


def _by_token(workspace: Workspace) -> str | None:
    token = os.environ.get(TOKEN_VARIABLE)
    if not token:
        return None
    wanted = select(TOKENS.c.assessor_id).where(
        TOKENS.c.token_digest == _digest(token), TOKENS.c.revoked_at.is_(None)
    )
    with read_transaction(workspace.engine) as connection:
        found = connection.execute(wanted).scalar()
    if found is None:
        raise NotAllocated(
            "The token is unknown or has been withdrawn", advice="Ask staff for a new link."
        )
    return str(found)


def make_token(workspace: Workspace, assessor_id: str) -> str:
    """Make a new token for the app and return it; only its SHA-256 is kept.

    The assessor's earlier tokens are withdrawn. Raises NotFound for an unknown assessor.
    """
    require_staff(workspace)
    token = secrets.token_urlsafe(32)
    now = datetime.now(UTC).replace(tzinfo=None)
    with write_transaction(workspace.engine) as connection:
        if (
            connection.execute(
                select(PEOPLE.c.assessor_id).where(PEOPLE.c.assessor_id == assessor_id)
            ).first()
            is None
        ):
            raise NotFound(
                f"There is no assessor {assessor_id!r}", advice="Import the assessors first."
            )
        connection.execute(
            update(TOKENS).where(
                TOKENS.c.assessor_id == assessor_id, TOKENS.c.revoked_at.is_(None)
            ),
            {"revoked_at": now},
        )
        connection.execute(
            insert(TOKENS),
            [
                {
                    "token_digest": _digest(token),
                    "assessor_id": assessor_id,
                    "created_at": now,
                    "revoked_at": None,
                }
            ],
        )
    return token


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
