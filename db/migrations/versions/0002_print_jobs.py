"""What was sent to a printer: one row per print job, so that nothing is printed twice unknowingly."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "print_jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_uuid", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("copy_number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("fault", sa.String(), nullable=False),
        sa.Column("queue_job", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_uuid"], ["cases.case_uuid"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_uuid", "kind", "edition", "copy_number"),
    )
    op.create_index("ix_print_jobs_case_uuid", "print_jobs", ["case_uuid"])
    # Receipts printed before there was a ledger: their next print is a reprint all the same.
    op.execute("INSERT INTO print_jobs (case_uuid, kind, edition, copy_number, state, fault, queue_job, by, at, ended_at) "
               "SELECT case_uuid, 'receipt', CAST(revision AS TEXT), 1, 'printed', '', '', created_by, receipt_printed_at, "
               "receipt_printed_at FROM cases WHERE receipt_printed_at IS NOT NULL")
