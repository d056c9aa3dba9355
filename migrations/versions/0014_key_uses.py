"""The day on which a gateway key was last used."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("gateway_key", sa.Column("last_used_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("gateway_key", "last_used_on")
