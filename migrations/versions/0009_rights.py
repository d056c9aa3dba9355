"""Finding an output's rights record again: keyed digests, sketches, how far the log is read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ROLE = "proviso_app"
TABLES = ("rights_output", "rights_band", "rights_cursor")


def upgrade() -> None:
    _table(
        "rights_output",
        _text("exchange_id"),
        _number("part"),
        _text("kind"),
        _text("principal"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _bytes("digest", 32),
        _bytes("received", 32),
        _bytes("sketch"),
        key=("exchange_id", "part"),
    )
    for column in ("digest", "received", "at"):
        op.create_index(
            f"ix_rights_output_tenant_id_{column}", "rights_output", ["tenant_id", column]
        )
    _table(
        "rights_band",
        _text("kind"),
        _number("band"),
        sa.Column("value", sa.BigInteger(), autoincrement=False, nullable=False),
        _text("exchange_id"),
        _number("part"),
        key=("kind", "band", "value", "exchange_id", "part"),
    )
    _table("rights_cursor", sa.Column("position", sa.BigInteger(), nullable=False), key=())
    if op.get_bind().dialect.name == "postgresql":
        _row_level_security()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), autoincrement=False, nullable=False)


def _bytes(name: str, length: int | None = None) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(length), nullable=False)


def _table(name: str, *columns: sa.Column[object], key: tuple[str, ...]) -> None:
    op.create_table(
        name,
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=f"fk_{name}_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", *key, name=f"pk_{name}"),
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
