"""Which store this is, whatever its file is called and wherever it lies; one that was there before gets its id now."""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    made = op.create_table(
        "store_identity",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("store_id", sa.String(), nullable=False),
        sa.Column("leap_day", sa.Date(), nullable=True),
        sa.Column("leap_second", sa.Integer(), nullable=False),
    )
    op.bulk_insert(made, [{"id": 1, "store_id": str(uuid.uuid4()), "leap_day": None, "leap_second": 0}])
