"""Answers that providers keep: whose they are and what was found in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None

ROLE = "proviso_app"
TABLE = "stored_response"


def upgrade() -> None:
    names = ("id", "exchange_id", "provider", "alias", "upstream_id", "previous", "format")
    op.create_table(
        TABLE,
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in names),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("background", sa.Boolean(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=f"fk_{TABLE}_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=f"pk_{TABLE}"),
    )
    for column in ("principal_id", "expires_at"):
        op.create_index(f"ix_{TABLE}_tenant_id_{column}", TABLE, ["tenant_id", column])
    if op.get_bind().dialect.name == "postgresql":
        _row_level_security()


def downgrade() -> None:
    op.drop_table(TABLE)


def _row_level_security() -> None:
    """The second wall (promise P4), as in the first migration."""
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {TABLE} TO {ROLE}")
    op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY own_tenant ON {TABLE} "
        "USING (tenant_id = current_setting('proviso.tenant', true)::uuid) "
        "WITH CHECK (tenant_id = current_setting('proviso.tenant', true)::uuid)"
    )
