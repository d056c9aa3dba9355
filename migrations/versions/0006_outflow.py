"""How far receivers have been given the log, and what its pages search by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0003"
branch_labels = None
depends_on = None

ROLE = "proviso_app"
CHANGEABLE = ("outflow_cursor", "decision_term")
"""Tenant tables whose rows may be changed or taken away: neither is evidence."""

DECISION = sa.text("kind = 'decision'")
REFUSED = sa.text("kind = 'decision' AND effect = 'deny'")
INDEXES = {
    "ix_log_entry_decision_time": (["tenant_id", "recorded_at", "sequence"], DECISION),
    "ix_log_entry_decision_refused": (["tenant_id", "recorded_at", "sequence"], REFUSED),
    "ix_log_entry_decision_principal": (
        ["tenant_id", "principal", "recorded_at", "sequence"],
        DECISION,
    ),
    "ix_log_entry_decision_model": (["tenant_id", "model", "recorded_at", "sequence"], DECISION),
}


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
        "decision_term",
        *_tenant("decision_term"),
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant_id", "term", "recorded_at", "sequence", name="pk_decision_term"
        ),
    )
    for name, (columns, where) in INDEXES.items():
        op.create_index(name, "log_entry", columns, postgresql_where=where, sqlite_where=where)
    if op.get_bind().dialect.name == "postgresql":
        _row_level_security()


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, "log_entry")
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
