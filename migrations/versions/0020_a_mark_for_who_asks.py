"""On SQLite a mark says whether anything changed that says who holds a key.

A request reads the mark, and the key's row only where it moved. It is drawn at random, so that a
copy that was put back never has a number that stood for something else. PostgreSQL has none: there
everybody who changes a principal would wait for one row.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

MARK = "identity_mark"
SOURCES = ("gateway_key", "principal", "tenant")
CHANGES = ("insert", "update", "delete")


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    op.create_table(MARK, sa.Column("version", sa.BigInteger(), nullable=False))
    op.execute(f"INSERT INTO {MARK} (version) VALUES (random())")  # noqa: S608 - ours
    for source, change in _triggers():
        op.execute(
            f"CREATE TRIGGER {MARK}_{source}_{change} AFTER {change} ON {source} "  # noqa: S608 - ours
            f"BEGIN UPDATE {MARK} SET version = random(); END"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for source, change in _triggers():
        op.execute(f"DROP TRIGGER {MARK}_{source}_{change}")
    op.drop_table(MARK)


def _triggers() -> list[tuple[str, str]]:
    return [(source, change) for source in SOURCES for change in CHANGES]
