"""On SQLite the bands of sketches lie in the order of their key: one tree instead of two.

Every column is in the key, so that a table beside its index held everything twice. PostgreSQL has
no such tables, and nothing changes there.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLE = "rights_band"
KEY = ("tenant_id", "kind", "band", "value", "exchange_id", "part")


def upgrade() -> None:
    _made_anew(with_rowid=False)


def downgrade() -> None:
    _made_anew(with_rowid=True)


def _made_anew(*, with_rowid: bool) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    earlier, columns = f"{TABLE}_earlier", ", ".join(KEY)
    op.rename_table(TABLE, earlier)
    op.create_table(
        TABLE,
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("band", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("exchange_id", sa.String(), nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint(*KEY, name=f"pk_{TABLE}"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=f"fk_{TABLE}_tenant_id"),
        sqlite_with_rowid=with_rowid,
    )
    every = f"SELECT {columns} FROM {earlier} ORDER BY {columns}"  # noqa: S608 - names of ours
    op.execute(f"INSERT INTO {TABLE} ({columns}) {every}")
    op.drop_table(earlier)
