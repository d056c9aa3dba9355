"""A request writes to fewer places: entries by kind without the kinds that it leaves itself.

Nearly every entry is a decision, an outcome, or what is left of one, and nobody looks for these by
their kind. On SQLite open exchanges, of which each request adds one and takes it away, lie in the
order of their key: one tree instead of two. PostgreSQL has no such tables.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

INDEX = "ix_log_entry_tenant_id_kind_sequence"
BY_KIND = ["tenant_id", "kind", "sequence"]
SPARSE = sa.text("kind NOT IN ('decision', 'outcome', 'expired')")
OPEN = "open_exchange"
COLUMNS = "tenant_id, exchange_id, worker_id, principal, model, opened_at"


def upgrade() -> None:
    op.drop_index(INDEX, table_name="log_entry")
    op.create_index(INDEX, "log_entry", BY_KIND, sqlite_where=SPARSE, postgresql_where=SPARSE)
    _made_anew(with_rowid=False)


def downgrade() -> None:
    _made_anew(with_rowid=True)
    op.drop_index(INDEX, table_name="log_entry")
    op.create_index(INDEX, "log_entry", BY_KIND)


def _made_anew(*, with_rowid: bool) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    earlier = f"{OPEN}_earlier"
    op.rename_table(OPEN, earlier)
    op.create_table(
        OPEN,
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("exchange_id", sa.String(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("principal", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "exchange_id", name=f"pk_{OPEN}"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=f"fk_{OPEN}_tenant_id"),
        sqlite_with_rowid=with_rowid,
    )
    op.execute(f"INSERT INTO {OPEN} ({COLUMNS}) SELECT {COLUMNS} FROM {earlier}")  # noqa: S608 - ours
    op.drop_table(earlier)
