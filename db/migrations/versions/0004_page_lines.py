"""The lines of text of a captured page, for the searchable copy; pages taken before have none."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("evidence", sa.Column("lines", sa.String(), nullable=False, server_default=""))
