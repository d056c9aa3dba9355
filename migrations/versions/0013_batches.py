"""Batches in Anthropic's form: headers that belong to their requests, and how they ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("batch") as table:
        table.add_column(
            sa.Column("passed_on", sa.JSON(), nullable=False, server_default=sa.text("'{}'"))
        )
        table.add_column(
            sa.Column("problem", sa.String(), nullable=False, server_default=sa.text("''"))
        )
        table.add_column(sa.Column("cancelling_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("batch") as table:
        for name in ("cancelling_at", "problem", "passed_on"):
            table.drop_column(name)
