"""The first revision: every table, and the rules that the database itself enforces."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
BESIDE = Path(__file__).resolve().parent.parent
TYPES = {
    "text": sa.Text,
    "integer": sa.Integer,
    "number": sa.Float,
    "date": sa.Date,
    "moment": sa.DateTime,
    "yes_no": sa.Boolean,
    "bytes": sa.LargeBinary,
}
# Name, key, columns (? marks one that may be null, ! one that the database numbers itself), then
# each further set of columns that must be unique.
TABLES = (
    (
        "access_log",
        "access_no",
        (
            "access_no integer!, return_id text, who text, what text, accessed_at moment,"
            " written_in text?"
        ),
    ),
    (
        "activities",
        "return_id, activity_no",
        (
            "return_id text, activity_no integer, source_row integer, title text, activity_type"
            " text, area text, planned text, goal_id text, started_on date?, ended_on date?,"
            " minutes integer, counts yes_no, doubtful yes_no, competences text, learning text,"
            " reflection text, evidence text, raw text"
        ),
    ),
    (
        "allocations",
        "return_id, marking",
        "return_id text, assessor_id text, marking text, allocated_on date, due_on date",
    ),
    (
        "approvals",
        "document_id, decided_at",
        (
            "document_id text, sha256 text, decision text, decided_by text, reason text, decided_at"
            " moment"
        ),
    ),
    ("assessor_roles", "role_name", "role_name text, assessor_id text"),
    (
        "assessor_tokens",
        "token_digest",
        "token_digest text, assessor_id text, created_at moment, revoked_at moment?",
    ),
    (
        "assessors",
        "assessor_id",
        (
            "assessor_id text, member_no text, name text, email text, disciplines text, employer"
            " text, capacity integer, conflicts text"
        ),
    ),
    (
        "circumstances",
        "member_no, cpd_year",
        (
            "member_no text, cpd_year integer, kind text, from_on text?, to_on text?,"
            " agreed_target_minutes integer?, agreed_by text, agreed_on date?"
        ),
    ),
    (
        "declarations",
        "member_no, cpd_year",
        "member_no text, cpd_year integer, declared_minutes integer, declared_on date?",
    ),
    (
        "documents",
        "document_id",
        (
            "document_id text, cpd_year integer, kind text, version integer, member_no text,"
            " return_id text, input_digest text, file text, sha256 text, rendered_at moment,"
            " released_at moment?, recalled_at moment?, released_position integer?"
        ),
    ),
    (
        "draws",
        "draw_id",
        (
            "draw_id text, cpd_year integer, seed text, size integer, reserve integer,"
            " reserve_percent number, frame_size integer, frame_digest text, frame_root text,"
            " drawn_at moment, reason text, rules_edition text"
        ),
    ),
    (
        "earlier_findings",
        "return_id, criterion, replaced_at",
        (
            "return_id text, criterion text, standing text, numbers text, thresholds text,"
            " rules_edition text, rules_digest text, replaced_at moment"
        ),
    ),
    ("erasures", "erasure_id", "erasure_id text, return_ids text, erased_at moment"),
    (
        "examples",
        "return_id",
        (
            "return_id text, cpd_year integer, text text, consented_on date, recorded_by text,"
            " recorded_at moment, withdrawn_on date?"
        ),
    ),
    (
        "findings",
        "return_id, criterion",
        (
            "return_id text, criterion text, standing text, numbers text, thresholds text,"
            " rules_edition text, rules_digest text"
        ),
    ),
    (
        "frames",
        "draw_id, member_no",
        "draw_id text, member_no text, stratum text, salt text, leaf text",
    ),
    (
        "goals",
        "return_id, goal_id",
        (
            "return_id text, goal_id text, goal text, area text, target_date date?, planned_minutes"
            " integer?"
        ),
    ),
    (
        "imports",
        "digest, kind, cpd_year",
        (
            "digest text, kind text, cpd_year integer, accepted integer, rejected integer,"
            " imported_at moment"
        ),
    ),
    (
        "judgement_events",
        "seq",
        (
            "seq integer, event_id text, return_id text, assessor_id text, kind text, version"
            " integer, origin text, state text, restores_version integer?, payload text, sealed"
            " text, made_at moment, recorded_at moment, digest text, previous_hash text, hash text"
        ),
        "event_id",
        "return_id, assessor_id, kind, version, origin",
    ),
    ("log_head", "log", "log text, seq integer, hash text"),
    (
        "originals",
        "digest",
        "digest text, member_no text, file text, content bytes, kept_at moment",
    ),
    (
        "outbox",
        "message_id",
        (
            "message_id text, cpd_year integer, kind text, member_no text, document_id text, state"
            " text, detail text, changed_at moment"
        ),
    ),
    (
        "packs",
        "pack_id",
        (
            "pack_id text, assessor_id text, return_ids text, reply_key text, file text, made_at"
            " moment, merged_at moment?"
        ),
    ),
    (
        "problems",
        "problem_no",
        (
            "problem_no integer!, digest text, return_id text, kind text, file text?, sheet text?,"
            " row integer?, column text?, found text, expected text?, advice text?"
        ),
    ),
    (
        "register",
        "member_no",
        (
            "member_no text, joined_on date?, left_on date?, deceased yes_no?, do_not_contact"
            " yes_no, name text, email text, grade text, registration text, discipline text,"
            " employer text, opted_in_on date?"
        ),
    ),
    (
        "requirements",
        "return_id",
        (
            "return_id text, target_basis text, target_minutes integer?, planned_minutes_needed"
            " integer?, areas_apply yes_no"
        ),
    ),
    (
        "responses",
        "member_no, cpd_year",
        "member_no text, cpd_year integer, state text, noted_on date?",
    ),
    ("return_originals", "return_id, digest", "return_id text, digest text"),
    (
        "returns",
        "return_id",
        (
            "return_id text, member_no text, cpd_year integer, version integer, pseudonym text,"
            " declared_minutes integer?, source_digest text, received_at moment, parked text"
        ),
        "member_no, cpd_year, version",
    ),
    (
        "selections",
        "draw_id, member_no",
        (
            "draw_id text, member_no text, stratum text, rank integer, ticket text, is_reserve"
            " yes_no, inclusion_probability number"
        ),
    ),
    ("settings", "name", "name text, value text"),
    (
        "shown_rows",
        "return_id, part, line",
        "return_id text, part text, line integer, cells text",
    ),
    (
        "statuses",
        "member_no, status_from",
        "member_no text, status_from date, professional_status text, volunteering text",
    ),
    ("subject_keys", "subject", "subject text, wrapped_key text, created_at moment"),
)
INDEXES = (
    ("allocations", "assessor_id"),
    ("judgement_events", "assessor_id, kind"),
    ("problems", "return_id"),
)


def upgrade() -> None:
    """Create the tables, then views, triggers and access rules for this kind of database."""
    for name, key, columns, *unique in TABLES:
        op.create_table(
            name,
            *map(_column, columns.split(", ")),
            sa.PrimaryKeyConstraint(*key.split(", ")),
            *(sa.UniqueConstraint(*names.split(", ")) for names in unique),
        )
    for name, columns in INDEXES:
        op.create_index(f"{name}_by_{columns.split(', ')[0]}", name, columns.split(", "))
    bind = op.get_bind()
    schema = (
        ""
        if bind.dialect.name == "sqlite"
        else str(bind.execute(sa.text("SELECT quote_ident(current_schema())")).scalar())
    )
    rules = (
        (BESIDE / f"{bind.dialect.name}_0001.sql")
        .read_text(encoding="utf-8")
        .replace("@SCHEMA@", schema)
    )
    for statement in rules.split("--;"):
        bind.exec_driver_sql(statement, execution_options={"no_parameters": True})


def _column(definition: str) -> sa.Column[object]:
    name, kind = definition.split(" ")
    return sa.Column(
        name, TYPES[kind.rstrip("?!")](), nullable="?" in kind, autoincrement="!" in kind
    )
