"""What near outputs are found by takes a row for some hundred outputs, not sixteen for each.

The sketches stay where they are, with the outputs; what is laid here is a part of each, in blocks.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import op

if TYPE_CHECKING:
    from collections.abc import Iterator

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ROLE = "proviso_app"
IN_A_BLOCK = 256
BANDS = 16
_AT_ONCE = 2_000

TENANT = sa.table("tenant", sa.column("id", sa.Uuid()))
OUTPUT = sa.table(
    "rights_output",
    sa.column("tenant_id", sa.Uuid()),
    sa.column("exchange_id", sa.String()),
    sa.column("part", sa.Integer()),
    sa.column("kind", sa.String()),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("sketch", sa.LargeBinary()),
)


def upgrade() -> None:
    block = _table(
        "rights_block",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("newest", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imprints", sa.LargeBinary(), nullable=False),
        sa.Column("names", sa.String(), nullable=False),
        key=("kind", "number"),
    )
    for tenant in _tenants():
        laid: dict[str, list[Any]] = {}
        numbers: dict[str, int] = {}
        for row in _sketched(tenant):
            mine = laid.setdefault(row.kind, [])
            mine.append(row)
            if len(mine) == IN_A_BLOCK:
                _lay(block, tenant, row.kind, numbers, mine)
                mine.clear()
        for kind, rest in laid.items():
            if rest:
                _lay(block, tenant, kind, numbers, rest)
    op.drop_table("rights_band")


def downgrade() -> None:
    band = _table(
        "rights_band",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("band", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("exchange_id", sa.String(), nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        key=("kind", "band", "value", "exchange_id", "part"),
        sqlite_with_rowid=False,
    )
    for tenant in _tenants():
        for _, some in groupby(enumerate(_sketched(tenant)), lambda each: each[0] // _AT_ONCE):
            rows = [
                {"tenant_id": tenant, "kind": row.kind, "exchange_id": row.exchange_id,
                 "part": row.part, "band": at, "value": int.from_bytes(piece, "big")}
                for _, row in some
                for at, piece in enumerate(_pieces(row.sketch))
            ]  # fmt: skip
            op.get_bind().execute(sa.insert(band), rows)
    op.drop_table("rights_block")


def _lay(block: sa.Table, tenant: Any, kind: str, numbers: dict[str, int], rows: list[Any]) -> None:
    number = numbers.get(kind, 0)
    numbers[kind] = number + 1
    op.get_bind().execute(
        sa.insert(block),
        {
            "tenant_id": tenant,
            "kind": kind,
            "number": number,
            "newest": rows[-1].at,
            "imprints": b"".join(_imprint(kind, row.sketch) for row in rows),
            "names": "\n".join(f"{row.exchange_id} {row.part}" for row in rows),
        },
    )


def _imprint(kind: str, sketch: bytes) -> bytes:
    """Of a text a byte of each of the first sixteen minima, of a picture the first half."""
    return sketch[1:32:2] if kind == "text" else sketch[:16]


def _pieces(sketch: bytes) -> list[bytes]:
    size = len(sketch) // BANDS
    return [sketch[at * size : (at + 1) * size] for at in range(BANDS)]


def _tenants() -> list[Any]:
    return list(op.get_bind().scalars(sa.select(TENANT.c.id)))


def _sketched(tenant: Any) -> Iterator[Any]:
    """The tenant's outputs that have a sketch, in the order of their names, which is that of time.

    Behind the second wall (promise P4), where there is one.
    """
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.set_config("proviso.tenant", str(tenant), True)))
    name = sa.tuple_(OUTPUT.c.exchange_id, OUTPUT.c.part)
    query = (
        sa.select(OUTPUT)
        .where(OUTPUT.c.tenant_id == tenant, OUTPUT.c.sketch != b"")
        .order_by(OUTPUT.c.exchange_id, OUTPUT.c.part)
        .limit(_AT_ONCE)
    )
    after = ("", 0)
    while rows := connection.execute(query.where(name > sa.tuple_(*map(sa.literal, after)))).all():
        yield from rows
        after = (rows[-1].exchange_id, rows[-1].part)


def _table(name: str, *columns: sa.Column[Any], key: tuple[str, ...], **options: Any) -> sa.Table:
    """A table of tenants, with the second wall round it as in the first migration."""
    table = op.create_table(
        name,
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=f"fk_{name}_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", *key, name=f"pk_{name}"),
        **options,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {name} TO {ROLE}")
        op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_tenant ON {name} "
            "USING (tenant_id = current_setting('proviso.tenant', true)::uuid) "
            "WITH CHECK (tenant_id = current_setting('proviso.tenant', true)::uuid)"
        )
    return table
