"""The first schema: cases with their provenance, evidence, outbox, progress, journal, days, users, search."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# What may only grow. RAISE(ABORT) undoes the statement, whoever sends it.
_APPEND_ONLY = ("journal", "days")


def upgrade() -> None:
    _create_tables()
    for table in _APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                       f"BEGIN SELECT RAISE(ABORT, '{table} is append only'); END")
    op.execute("CREATE TRIGGER journal_head_no_delete BEFORE DELETE ON journal_head "
               "BEGIN SELECT RAISE(ABORT, 'journal is append only'); END")
    op.execute("CREATE TRIGGER journal_head_counts_up BEFORE UPDATE ON journal_head WHEN NEW.count <> OLD.count + 1 "
               "BEGIN SELECT RAISE(ABORT, 'journal is append only'); END")
    # rowid = cases.id; `chars` holds a name's characters with spaces between, `sounds` its pinyin and initials.
    op.execute("CREATE VIRTUAL TABLE case_names USING fts5(chars, sounds, "
               "tokenize = 'unicode61 remove_diacritics 0', prefix = '1 2 3')")
    op.execute("INSERT INTO case_names (case_names, rank) VALUES ('secure-delete', 1)")


def _create_tables() -> None:
    op.create_table(
        "attachments",
        _text("sha256"), _text("file_name"), _bytes("wrapped_key"), _number("size"),
        sa.PrimaryKeyConstraint("sha256"), sa.UniqueConstraint("file_name"),
    )
    op.create_table(
        "cases",
        _number("id"), _text("case_uuid"), _text("theme_id"), _text("theme_version"), _text("status"),
        _number("revision"), _time("created_at"), _time("updated_at"), _text("created_by"), _text("window"),
        _text("step"), _text("case_number", null=True), _text("document_number", null=True), _text("applicant_name"),
        _text("applicant_number"), _text("title"), _time("accepted_at", null=True), _date("due_date", null=True),
        _truth("due_is_provisional"), _text("signed_digest", null=True), _time("signed_at", null=True),
        _time("receipt_printed_at", null=True), _text("platform_receipt", null=True), _text("return_reason"),
        _time("corrected_at", null=True), _time("refused_at", null=True), _number("fields_done"),
        _number("fields_total"), sa.PrimaryKeyConstraint("id"), sa.UniqueConstraint("case_number"),
        sa.UniqueConstraint("case_uuid"), sa.UniqueConstraint("document_number"),
    )
    op.create_index("ix_cases_accepted_at", "cases", ["accepted_at"])
    op.create_index("ix_cases_applicant_number", "cases", ["applicant_number"])
    op.create_index("ix_cases_corrected_at", "cases", ["corrected_at"])
    op.create_index("ix_cases_refused_at", "cases", ["refused_at"])
    op.create_index("ix_cases_status", "cases", ["status"])
    op.create_table(
        "cursors",
        _text("stream"), _text("position"), _time("at"), sa.PrimaryKeyConstraint("stream"),
    )
    op.create_table(
        "days",
        _date("day"), _time("closed_at"), _text("closed_by"), _text("reviewed_by"), _text("journal_head"),
        _number("journal_count"), _text("sheet"), sa.PrimaryKeyConstraint("day"),
    )
    op.create_table(
        "journal",
        _number("seq"), _time("at"), _text("who"), _text("what"), _text("case_uuid", null=True), _text("detail"),
        _text("previous"), _text("digest"), sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_journal_at", "journal", ["at"])
    op.create_index("ix_journal_case_uuid", "journal", ["case_uuid"])
    op.create_table(
        "journal_head",
        _number("id"), _number("count"), _text("digest"), sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "progress_events",
        _number("id"), _text("event_id"), _text("case_uuid"), _text("matter_id"), _text("state"),
        _number("sequence"), _time("at"), _time("received_at"), _truth("applied"), _text("detail"),
        sa.PrimaryKeyConstraint("id"), sa.UniqueConstraint("event_id"),
    )
    op.create_index("ix_progress_events_case_uuid", "progress_events", ["case_uuid"])
    op.create_table(
        "serials",
        _text("series"), _number("last"), sa.PrimaryKeyConstraint("series"),
    )
    op.create_table(
        "settings",
        _text("scope"), _text("key"), _text("value"), sa.PrimaryKeyConstraint("scope", "key"),
    )
    op.create_table(
        "users",
        _text("user_id"), _text("login"), _text("name"), _text("role"), _truth("active"), _text("pin_hash"),
        _number("wrong_tries"), sa.PrimaryKeyConstraint("user_id"), sa.UniqueConstraint("login"),
    )
    op.create_table(
        "answers",
        _text("case_uuid"), _text("key"), _text("value"), _text("source"), _ratio("confidence"), _text("origin"),
        _text("evidence_id", null=True), _text("box", null=True), _text("by"), _time("at"),
        sa.ForeignKeyConstraint(["case_uuid"], ["cases.case_uuid"], ), sa.PrimaryKeyConstraint("case_uuid", "key"),
    )
    op.create_table(
        "confirmed",
        _text("case_uuid"), _text("key"), sa.ForeignKeyConstraint(["case_uuid"], ["cases.case_uuid"], ),
        sa.PrimaryKeyConstraint("case_uuid", "key"),
    )
    op.create_table(
        "evidence",
        _number("id"), _text("evidence_id"), _text("case_uuid"), _text("slot"), _text("doc_type"), _text("sha256"),
        _number("size"), _text("media_type"), _time("at"), _text("by"), _text("quad"), _number("rotation"),
        _truth("superseded"), sa.ForeignKeyConstraint(["case_uuid"], ["cases.case_uuid"], ),
        sa.ForeignKeyConstraint(["sha256"], ["attachments.sha256"], ), sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("evidence_id"),
    )
    op.create_index("ix_evidence_case_uuid", "evidence", ["case_uuid"])
    op.create_index("ix_evidence_sha256", "evidence", ["sha256"])
    op.create_table(
        "facts",
        _number("id"), _text("case_uuid"), _text("name"), _text("value"), _ratio("confidence"),
        _text("evidence_id", null=True), _text("box", null=True), _time("at"),
        sa.ForeignKeyConstraint(["case_uuid"], ["cases.case_uuid"], ), sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_facts_case_uuid", "facts", ["case_uuid"])
    op.create_table(
        "matters",
        _text("case_uuid"), _text("matter_id"), _number("place"), _text("name"), _text("department"), _text("state"),
        _truth("selected"), _text("detail"), _text("result_number"), _time("updated_at", null=True),
        sa.ForeignKeyConstraint(["case_uuid"], ["cases.case_uuid"], ),
        sa.PrimaryKeyConstraint("case_uuid", "matter_id"),
    )
    op.create_table(
        "outbox",
        _number("outbox_id"), _text("kind"), _text("case_uuid"), _number("revision"), _text("idempotency_key"),
        _text("body"), _text("state"), _number("attempts"), _time("next_at"), _time("created_at"),
        _text("last_error"), _text("last_detail"), _time("sent_at", null=True), _text("receipt", null=True),
        sa.ForeignKeyConstraint(["case_uuid"], ["cases.case_uuid"], ), sa.PrimaryKeyConstraint("outbox_id"),
        sa.UniqueConstraint("idempotency_key"), sa.UniqueConstraint("kind", "case_uuid", "revision"),
    )
    op.create_index("ix_outbox_case_uuid", "outbox", ["case_uuid"])
    op.create_index("ix_outbox_state", "outbox", ["state"])
    op.create_table(
        "undo_steps",
        _number("id"), _text("case_uuid"), _text("payload"),
        sa.ForeignKeyConstraint(["case_uuid"], ["cases.case_uuid"], ), sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_undo_steps_case_uuid", "undo_steps", ["case_uuid"])


def _text(name: str, *, null: bool = False) -> "sa.Column[Any]":
    return sa.Column(name, sa.String(), nullable=null)


def _time(name: str, *, null: bool = False) -> "sa.Column[Any]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null)


def _date(name: str, *, null: bool = False) -> "sa.Column[Any]":
    return sa.Column(name, sa.Date(), nullable=null)


def _number(name: str) -> "sa.Column[Any]":
    return sa.Column(name, sa.Integer(), nullable=False)


def _ratio(name: str) -> "sa.Column[Any]":
    return sa.Column(name, sa.Float(), nullable=False)


def _truth(name: str) -> "sa.Column[Any]":
    return sa.Column(name, sa.Boolean(), nullable=False)


def _bytes(name: str) -> "sa.Column[Any]":
    return sa.Column(name, sa.LargeBinary(), nullable=False)
