"""Define the tables in which the store keeps its own records.

These hold the end of the log, the keys, who opened what, packs, erasures and who may sign in.
"""

from __future__ import annotations

from assessor_kit.tables.column import Column, Table

_C = Column

LOG_HEAD = Table(
    "log_head",
    "The end of the judgement log, so that the removal of the last event is noticed.",
    (
        _C("log", "text", "The log: judgement_events."),
        _C("seq", "integer", "Position of the last event; 0 for an empty log."),
        _C("hash", "text", "Hash of the last event."),
    ),
    ("log",),
)

SUBJECT_KEYS = Table(
    "subject_keys",
    "The key of each subject, itself encrypted with a key outside the database.",
    (
        _C(
            "subject",
            "text",
            "`return:` followed by a return_id, for what assessors wrote; `member:` followed by a"
            " member_no, for circumstances; `query:` followed by a query_id, for what was asked and"
            " answered.",
            personal=True,
        ),
        _C("wrapped_key", "text", "The key, encrypted."),
        _C("created_at", "moment", "When it was created."),
    ),
    ("subject",),
)

ACCESS_LOG = Table(
    "access_log",
    "Who opened which return, and when.",
    (
        _C("access_no", "integer", "A running number given by the database."),
        _C("return_id", "text", "The return."),
        _C("who", "text", "The assessor_id, or `staff`."),
        _C("what", "text", "opened, unmasked, packed, moderated, or given to the member."),
        _C("accessed_at", "moment", "When the return was opened."),
        _C(
            "written_in",
            "text",
            "On a server: the transaction in which an assessor's own connection wrote the line.",
            optional=True,
        ),
    ),
    ("access_no",),
)

PACKS = Table(
    "packs",
    "Each pack of returns made for an assessor's laptop.",
    (
        _C("pack_id", "text", "Opaque identifier: 32 hexadecimal digits."),
        _C("assessor_id", "text", "The assessor whom it was made for."),
        _C("return_ids", "json", "The returns in it."),
        _C(
            "reply_key",
            "text",
            "The key that protects the judgements on their way back, itself encrypted with a key"
            " outside the database.",
        ),
        _C("file", "text", "The file that the pack was written to."),
        _C("made_at", "moment", "When it was created."),
        _C("merged_at", "moment", "When judgements from it were last merged.", optional=True),
    ),
    ("pack_id",),
)

ERASURES = Table(
    "erasures",
    "Each erased member, under an opaque name.",
    (
        _C(
            "erasure_id",
            "text",
            "The name that replaces the membership number, such as ERASED-4F2A81C3.",
        ),
        _C(
            "return_ids",
            "json",
            "The return_ids of the member's returns, whose keys have been destroyed.",
        ),
        _C("erased_at", "moment", "When the member was erased."),
    ),
    ("erasure_id",),
)

ASSESSOR_ROLES = Table(
    "assessor_roles",
    "On a server: the database role that belongs to each assessor.",
    (
        _C("role_name", "text", "The name of the role."),
        _C("assessor_id", "text", "The assessor."),
    ),
    ("role_name",),
)

ASSESSOR_TOKENS = Table(
    "assessor_tokens",
    "The tokens by which the app recognises assessors.",
    (
        _C("token_digest", "text", "SHA-256 of the token; the token itself is not kept."),
        _C("assessor_id", "text", "The assessor."),
        _C("created_at", "moment", "When it was created."),
        _C("revoked_at", "moment", "When it was withdrawn.", optional=True),
    ),
    ("token_digest",),
)
