"""How many people of a tenant were erased: what was kept in memory before is used no more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No batch: every tenant's table points at this one, so it cannot be made anew.
    op.add_column(
        "tenant",
        sa.Column("erasures", sa.Integer(), nullable=False, server_default=sa.text("0")),
    )


def downgrade() -> None:
    op.drop_column("tenant", "erasures")
