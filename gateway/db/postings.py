"""Where each word stands in the log, as bitmaps over stretches of it: derived, made anew at will.

A posting holds, for one word and one block of positions, which of them have it. It
costs some bytes a decision, and decisions with several words are found by taking the
blocks' bitmaps together. Every condition compares for equality or order only:
PostgreSQL may use an index under row-level security for nothing else.
"""

from __future__ import annotations

import sys
from array import array
from collections import defaultdict
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Index, LargeBinary, Table, delete, func, not_, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, aliased, mapped_column

from gateway.db.base import TenantRow
from gateway.db.search_words import PERSON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

BLOCK = 8_192
"""Positions in a block."""

_BITMAP_BYTES = BLOCK // 8
_MOST_LISTED = _BITMAP_BYTES // 2
"""Fewer positions than this are listed, two bytes each, little-endian; more are a bitmap."""

_BIG_ENDIAN = sys.byteorder == "big"


class Posting(TenantRow):
    """The positions of one word in one block."""

    __tablename__ = "search_posting"
    __table_args__ = (Index("ix_search_posting_tenant_id_block", "tenant_id", "block"),)

    word: Mapped[str] = mapped_column(primary_key=True)
    block: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    bits: Mapped[bytes] = mapped_column(LargeBinary)


class Stretch(TenantRow):
    """The times between which a block's decisions were made."""

    __tablename__ = "search_stretch"

    block: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]


_POSTING, _STRETCH = (cast("Table", mapped.__table__) for mapped in (Posting, Stretch))


def packed(bits: int) -> bytes:
    """A set of offsets, given as the bits of a number, as it is stored."""
    if bits.bit_count() >= _MOST_LISTED:
        return bits.to_bytes(_BITMAP_BYTES, "little")
    return _stored(offsets(bits))


def unpacked(stored: bytes) -> int:
    """The inverse of `packed`."""
    if len(stored) == _BITMAP_BYTES:
        return int.from_bytes(stored, "little")
    bits = 0
    for at in _listed(stored):
        bits |= 1 << at
    return bits


def offsets(bits: int, *, ascending: bool = True) -> Iterator[int]:
    """The offsets in a set, smallest first or largest first."""
    while bits:
        at = (bits & -bits if ascending else bits).bit_length() - 1
        yield at
        bits ^= 1 << at


def joined(stored: bytes, more: Iterable[int]) -> bytes:
    """What is stored, with more offsets."""
    if len(stored) == _BITMAP_BYTES:
        bitmap = bytearray(stored)
    else:
        listed = _listed(stored)
        listed.extend(more)
        every = sorted(set(listed))
        if len(every) < _MOST_LISTED:
            return _stored(every)
        bitmap, more = bytearray(_BITMAP_BYTES), every
    for at in more:
        bitmap[at >> 3] |= 1 << (at & 7)
    return bytes(bitmap)


def _listed(stored: bytes) -> array[int]:
    listed = array("H", stored)
    if _BIG_ENDIAN:
        listed.byteswap()
    return listed


def _stored(listed: Iterable[int]) -> bytes:
    stored = array("H", listed)
    if _BIG_ENDIAN:
        stored.byteswap()
    return stored.tobytes()


def add(
    connection: Connection,
    tenant: UUID,
    found: Mapping[str, Iterable[int]],
    times: Mapping[int, datetime],
) -> None:
    """Note the positions at which words stand, and when the decisions there were made."""
    sets: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for word, positions in found.items():
        for position in positions:
            sets[position // BLOCK][word].append(position % BLOCK)
    rows = []
    for block, words in sorted(sets.items()):
        known = {row.word: row.bits for row in _rows(connection, tenant, block, list(words))}
        rows += [
            {
                "tenant_id": tenant, "word": word, "block": block,
                "bits": joined(bytes(known.get(word, b"")), more),
            }
            for word, more in sorted(words.items())
        ]  # fmt: skip
    _put(connection, _POSTING, rows, ["bits"])
    _note_times(connection, tenant, times)


def _note_times(connection: Connection, tenant: UUID, times: Mapping[int, datetime]) -> None:
    spans: dict[int, list[datetime]] = defaultdict(list)
    for position, at in times.items():
        spans[position // BLOCK].append(at)
    known = connection.execute(
        select(_STRETCH).where(_STRETCH.c.tenant_id == tenant, _STRETCH.c.block.in_(list(spans)))
    )
    for row in known:
        spans[row.block] += [row.first_at, row.last_at]
    rows = [
        {"tenant_id": tenant, "block": block, "first_at": min(found), "last_at": max(found)}
        for block, found in sorted(spans.items())
    ]
    _put(connection, _STRETCH, rows, ["first_at", "last_at"])


def take_out(
    connection: Connection, tenant: UUID, positions: Iterable[int], people: Iterable[str]
) -> None:
    """Forget every word at these positions, and blocks that are empty then.

    `people` are the pseudonyms that stand there: most words of a block are people, and reading
    those of everybody else would be most of the work.
    """
    gone: dict[int, int] = defaultdict(int)
    for position in positions:
        gone[position // BLOCK] |= 1 << position % BLOCK
    named = [PERSON + item for item in set(people)]
    for block, bits in sorted(gone.items()):
        changed, empty, left = [], [], False
        for row in _rows_at(connection, tenant, block, named):
            before = unpacked(bytes(row.bits))
            after = before & ~bits
            left = left or bool(after)
            if not after:
                empty.append(row.word)
            elif after != before:
                changed.append(
                    {"tenant_id": tenant, "word": row.word, "block": block, "bits": packed(after)}
                )
        if left:
            _put(connection, _POSTING, changed, ["bits"])
            _forget(connection, tenant, block, empty)
        else:
            # Every decision has the word of all, which is nobody's: nothing else can be left.
            for table in (_POSTING, _STRETCH):
                connection.execute(
                    delete(table).where(table.c.tenant_id == tenant, table.c.block == block)
                )


def blocks_between(
    session: Session, since: datetime | None, until: datetime | None
) -> tuple[int, int] | None:
    """The first and the last block with decisions of a period; None when there are none.

    Asked for first: PostgreSQL does not see that blocks follow time, and would walk to a period
    from the end of the log.
    """
    query = select(func.min(Stretch.block), func.max(Stretch.block)).having(func.count() > 0)
    if since is not None:
        query = query.where(Stretch.last_at >= since)
    if until is not None:
        query = query.where(Stretch.first_at < until)
    found = session.execute(query).first()
    return None if found is None else (found[0], found[1])


def matching(
    session: Session,
    words: Iterable[str],
    *,
    since: datetime | None,
    until: datetime | None,
    blocks: tuple[int, int],
    ascending: bool,
    limit: int,
) -> list[tuple[int, Callable[[], int]]]:
    """Blocks in which each of `words` stands, with what gives the positions that have all.

    Positions are the bits of a number. `blocks` are the first and the last that are looked at,
    `limit` is how many at most.
    """
    wanted = sorted(words)
    parts = [aliased(Posting) for _ in wanted]
    first = parts[0]
    query = select(first.block, *(part.bits for part in parts)).order_by(
        first.block if ascending else first.block.desc()
    )
    for part, word in zip(parts, wanted, strict=True):
        query = query.where(part.word == word, part.block.between(*blocks))
        if part is not first:
            query = query.where(part.block == first.block)
    if since is not None or until is not None:
        query = query.where(Stretch.block == first.block)
    if since is not None:
        query = query.where(Stretch.last_at >= since)
    if until is not None:
        query = query.where(Stretch.first_at < until)
    found = session.execute(query.limit(limit)).all()
    return [(int(block), partial(_together, stored)) for block, *stored in found]


def _together(stored: Sequence[bytes]) -> int:
    bits = unpacked(bytes(stored[0]))
    for other in stored[1:]:
        if not bits:
            break
        bits &= unpacked(bytes(other))
    return bits


def _rows_at(
    connection: Connection, tenant: UUID, block: int, named: Sequence[str]
) -> Sequence[Any]:
    """A block's postings of everything but people, and of these people."""
    # The block is found by its index; whatever the collation, this sorts out what was found.
    word = _POSTING.c.word
    somebody = func.substr(word, 1, len(PERSON)) == PERSON
    return connection.execute(
        select(word, _POSTING.c.bits).where(
            _POSTING.c.tenant_id == tenant,
            _POSTING.c.block == block,
            or_(not_(somebody), word.in_(named)),
        )
    ).all()


def _rows(connection: Connection, tenant: UUID, block: int, words: Sequence[str]) -> Sequence[Any]:
    query = select(_POSTING.c.word, _POSTING.c.bits).where(
        _POSTING.c.tenant_id == tenant, _POSTING.c.block == block, _POSTING.c.word.in_(words)
    )
    return connection.execute(query).all()


def _forget(connection: Connection, tenant: UUID, block: int, words: list[str]) -> None:
    if words:
        connection.execute(
            delete(_POSTING).where(
                _POSTING.c.tenant_id == tenant,
                _POSTING.c.block == block,
                _POSTING.c.word.in_(words),
            )
        )


def _put(
    connection: Connection, table: Table, rows: list[dict[str, Any]], columns: list[str]
) -> None:
    """Insert rows; where one with the same key is there, give it these columns."""
    if not rows:
        return
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = make(table)
    changes = {name: statement.excluded[name] for name in columns}
    connection.execute(
        statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=changes), rows
    )
