"""Who is the assessor? The database role, the app's token, the Hub, or the laptop's own profile says so; a name alone cannot be claimed."""

from __future__ import annotations

import hashlib
import os
import secrets
from datetime import UTC, datetime

from sqlalchemy import insert, select, update

from assessor_kit.errors import NotAllocated, NotFound
from assessor_kit.store.access import require_staff
from assessor_kit.store.engine import reading, writing
from assessor_kit.store.schema import sql_table
from assessor_kit.store.workspace import Workspace
from assessor_kit.tables import ASSESSOR_TOKENS, ASSESSORS

HUB_VARIABLE, TOKEN_VARIABLE = "JUPYTERHUB_USER", "ASSESSOR_KIT_TOKEN"
TOKENS, PEOPLE = sql_table(ASSESSOR_TOKENS), sql_table(ASSESSORS)


def sign_in(workspace: Workspace, *, claimed: str | None = None) -> Workspace:
    """The workspace opened by the assessor who sits here.

    The first that speaks decides: the database role or a pack's profile, the app's token, the Hub. Where none does, staff have opened
    their own workspace, and `claimed` names whose desk they look at. Raises NotAllocated where `claimed` is somebody else than the one
    who sits here, NotFound where nobody is known.
    """
    known = workspace.acting_as or _by_token(workspace) or _by_hub()
    if known and claimed not in {None, known}:
        raise NotAllocated(
            f"You are assessor {known}, and {claimed}'s returns were asked for",
            advice="Leave assessor_id out to open your own.",
        )
    wanted = known or claimed
    if workspace.acting_as:
        return workspace
    with reading(workspace.engine) as connection:
        names = sorted(connection.execute(select(PEOPLE.c.assessor_id)).scalars())
    if wanted not in names:
        raise NotFound(
            f"There is no assessor {wanted!r}",
            expected=f"one of {', '.join(names) or 'none yet'}",
            advice="Give assessor_id.",
        )
    return workspace.as_assessor(str(wanted))


def _by_hub() -> str | None:
    return os.environ.get(HUB_VARIABLE) or None


def _by_token(workspace: Workspace) -> str | None:
    token = os.environ.get(TOKEN_VARIABLE)
    if not token:
        return None
    wanted = select(TOKENS.c.assessor_id).where(
        TOKENS.c.token_digest == _digest(token), TOKENS.c.revoked_at.is_(None)
    )
    with reading(workspace.engine) as connection:
        found = connection.execute(wanted).scalar()
    if found is None:
        raise NotAllocated("The token is not one that stands", advice="Ask staff for a new link.")
    return str(found)


def make_token(workspace: Workspace, assessor_id: str) -> str:
    """A new token for the app, told once and kept only as its SHA-256; earlier ones of the assessor are withdrawn."""
    require_staff(workspace)
    token, now = secrets.token_urlsafe(32), datetime.now(UTC).replace(tzinfo=None)
    with writing(workspace.engine) as connection:
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
