"""The log's head carries a code, keys can change, and witnesses give receipts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ROLE = "proviso_app"
APPEND_ONLY = ("signing_key", "witness_receipt")
"""Tenant tables where the application's role may only add and read."""


def upgrade() -> None:
    # No gateway goes on from an empty code: `proviso db upgrade` takes over what is there.
    empty = sa.text("x''" if op.get_bind().dialect.name == "sqlite" else "''")
    op.add_column(
        "log_head", sa.Column("code", sa.LargeBinary(), nullable=False, server_default=empty)
    )
    op.create_table(
        "signing_key",
        *_tenant("signing_key"),
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("verifier_key", sa.String(), nullable=False),
        sa.Column("from_size", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "generation", name="pk_signing_key"),
    )
    op.create_table(
        "witness_receipt",
        *_tenant("witness_receipt"),
        sa.Column("witness", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "witness", "size", name="pk_witness_receipt"),
    )
    if op.get_bind().dialect.name == "postgresql":
        _row_level_security()


def downgrade() -> None:
    for table in APPEND_ONLY:
        op.drop_table(table)
    op.drop_column("log_head", "code")


def _tenant(table: str) -> tuple[sa.Column[object], sa.ForeignKeyConstraint]:
    return (
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=f"fk_{table}_tenant_id"),
    )


def _row_level_security() -> None:
    """The second wall (promise P4): the database itself refuses another tenant's rows."""
    for table in APPEND_ONLY:
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {ROLE}")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_tenant ON {table} "
            "USING (tenant_id = current_setting('proviso.tenant', true)::uuid) "
            "WITH CHECK (tenant_id = current_setting('proviso.tenant', true)::uuid)"
        )
