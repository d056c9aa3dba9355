"""When a question was last asked: those that no entry can refer to any more go by their age."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ROLE = "proviso_app"
INDEX = "ix_policy_input_tenant_id_seen_at"


def upgrade() -> None:
    # What is there counts as asked today: a period too long rather than a question too few.
    with op.batch_alter_table("policy_input") as table:
        table.add_column(
            sa.Column(
                "seen_at",
                sa.DateTime(timezone=True),
                nullable=False,
                server_default=sa.text("CURRENT_TIMESTAMP"),
            )
        )
    op.create_index(INDEX, "policy_input", ["tenant_id", "seen_at"])
    if op.get_bind().dialect.name == "postgresql":
        # The question itself can still not be changed.
        op.execute(f"GRANT UPDATE (seen_at) ON policy_input TO {ROLE}")


def downgrade() -> None:
    op.drop_index(INDEX, table_name="policy_input")
    with op.batch_alter_table("policy_input") as table:
        table.drop_column("seen_at")
