"""What the store keeps about itself: the end of the log, keys, who opened what, packs, erasures, who may sign in."""

from __future__ import annotations

from assessor_kit.tables.column import Column, Table

_C = Column

LOG_HEAD = Table(
    "log_head",
    "The end of the judgement log, so that a removed last event shows.",
    (
        _C("log", "text", "The log: judgement_events."),
        _C("seq", "integer", "Place of the last event; 0 for an empty log."),
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
            "return: and a return's name, for what assessors wrote; member: and a member's number, for circumstances.",
            personal=True,
        ),
        _C("wrapped_key", "text", "The key, encrypted."),
        _C("created_at", "moment", "When it was made."),
    ),
    ("subject",),
)

ACCESS_LOG = Table(
    "access_log",
    "Who opened which return, and when.",
    (
        _C("access_no", "integer", "Counted by the database."),
        _C("return_id", "text", "The return."),
        _C("who", "text", "The assessor, or staff."),
        _C("what", "text", "opened, unmasked, packed, or given to the member."),
        _C("accessed_at", "moment", "When."),
        _C(
            "written_in",
            "text",
            "On a server: the transaction that an assessor's own connection wrote it in.",
            optional=True,
        ),
    ),
    ("access_no",),
)

PACKS = Table(
    "packs",
    "Each pack of returns made for an assessor's laptop.",
    (
        _C("pack_id", "text", "Opaque name: 32 hexadecimal digits."),
        _C("assessor_id", "text", "Whom it was made for."),
        _C("return_ids", "json", "The returns in it."),
        _C(
            "reply_key",
            "text",
            "The key that its judgements come back under, encrypted with a key outside the database.",
        ),
        _C("file", "text", "Where it was written."),
        _C("made_at", "moment", "When it was made."),
        _C("merged_at", "moment", "When judgements last came back from it.", optional=True),
    ),
    ("pack_id",),
)

ERASURES = Table(
    "erasures",
    "Each member erased, under an opaque name.",
    (
        _C(
            "erasure_id",
            "text",
            "The name that stands where the member's number stood, such as ERASED-4F2A81C3.",
        ),
        _C("return_ids", "json", "Names of the member's returns, whose keys are destroyed."),
        _C("erased_at", "moment", "When."),
    ),
    ("erasure_id",),
)

ASSESSOR_ROLES = Table(
    "assessor_roles",
    "On a server: which database role belongs to which assessor.",
    (
        _C("role_name", "text", "The role that signs in."),
        _C("assessor_id", "text", "The assessor."),
    ),
    ("role_name",),
)

ASSESSOR_TOKENS = Table(
    "assessor_tokens",
    "The token by which the app knows an assessor.",
    (
        _C("token_digest", "text", "SHA-256 of the token; the token itself is not kept."),
        _C("assessor_id", "text", "The assessor."),
        _C("created_at", "moment", "When it was made."),
        _C("revoked_at", "moment", "When it was withdrawn.", optional=True),
    ),
    ("token_digest",),
)
