"""Jobs: films that providers make, and batches that this gateway works through."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None

ROLE = "proviso_app"
TABLES = ("batch", "provider_job")


def upgrade() -> None:
    _table(
        "provider_job",
        _text("id"),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        *(_text(name) for name in ("exchange_id", "alias", "upstream_id")),
        _moment("created_at"),
        _moment("expires_at"),
    )
    _table(
        "batch",
        _text("id"),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        *(_text(name) for name in ("credential", "credential_id", "endpoint", "input_file")),
        *(_text(name) for name in ("purpose", "language", "status", "output_file", "error_file")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("total", "done", "failed")),
        _moment("created_at"),
        _moment("expires_at"),
        _moment("leased_until"),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
    )
    for table in TABLES:
        for column in ("principal_id", "expires_at"):
            name = f"ix_{table}_tenant_id_{column}"
            op.create_index(name, table, ["tenant_id", column])
    if op.get_bind().dialect.name == "postgresql":
        _row_level_security()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _table(name: str, *columns: sa.Column[object]) -> None:
    op.create_table(
        name,
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=f"fk_{name}_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=f"pk_{name}"),
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
