"""What a tenant tells the gateway to look for: dictionaries and patterns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None

ROLE = "proviso_app"
TABLES = ("tenant_dictionary", "tenant_pattern")


def upgrade() -> None:
    op.create_table(
        "tenant_dictionary",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("any_case", sa.Boolean(), nullable=False),
        sa.Column("whole_words", sa.Boolean(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        *_set(),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name="fk_tenant_dictionary_tenant_id"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "name", name="pk_tenant_dictionary"),
    )
    op.create_table(
        "tenant_pattern",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("expression", sa.String(), nullable=False),
        *_set(),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_tenant_pattern_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "name", name="pk_tenant_pattern"),
    )
    if op.get_bind().dialect.name == "postgresql":
        _row_level_security()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def _set() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("edition", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
    )


def _row_level_security() -> None:
    """The second wall (promise P4), as in the first migration."""
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {ROLE}")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_tenant ON {table} "
            "USING (tenant_id = current_setting('proviso.tenant', true)::uuid) "
            "WITH CHECK (tenant_id = current_setting('proviso.tenant', true)::uuid)"
        )
