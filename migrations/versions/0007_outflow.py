"""How far receivers have been given the log, and what its pages search by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ROLE = "proviso_app"
CHANGEABLE = ("outflow_cursor", "search_posting", "search_stretch")
"""Tenant tables whose rows may be changed or taken away: none of them is evidence."""


def upgrade() -> None:
    op.create_table(
        "outflow_cursor",
        *_tenant("outflow_cursor"),
        sa.Column("sink", sa.String(), nullable=False),
        sa.Column("following", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.Uuid(), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "sink", name="pk_outflow_cursor"),
    )
    op.create_table(
        "search_posting",
        *_tenant("search_posting"),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("block", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("bits", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "word", "block", name="pk_search_posting"),
    )
    op.create_index("ix_search_posting_tenant_id_block", "search_posting", ["tenant_id", "block"])
    op.create_table(
        "search_stretch",
        *_tenant("search_stretch"),
        sa.Column("block", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "block", name="pk_search_stretch"),
    )
    if op.get_bind().dialect.name == "postgresql":
        _row_level_security()


def downgrade() -> None:
    for table in CHANGEABLE:
        op.drop_table(table)


def _tenant(table: str) -> tuple[sa.Column[object], sa.ForeignKeyConstraint]:
    return (
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=f"fk_{table}_tenant_id"),
    )


def _row_level_security() -> None:
    """The second wall (promise P4), as in the first migration."""
    for table in CHANGEABLE:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {ROLE}")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_tenant ON {table} "
            "USING (tenant_id = current_setting('proviso.tenant', true)::uuid) "
            "WITH CHECK (tenant_id = current_setting('proviso.tenant', true)::uuid)"
        )
