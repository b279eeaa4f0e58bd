"""When a PIN was last tried wrongly, as uptime, and whether somebody else chose it. Waits that were running begin anew, once."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("tried_at", sa.Float(), nullable=False, server_default="0"))
    op.add_column("users", sa.Column("pin_is_temporary", sa.Boolean(), nullable=False, server_default="0"))
