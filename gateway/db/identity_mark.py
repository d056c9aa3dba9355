"""Whether anything has changed that says who holds a key: asked on every request, on SQLite.

One row holds a number that triggers (migration 0020) draw anew with every change of a key,
a principal or a tenant, in the transaction of the change and whoever makes it. Where it is
the number that was read before a key's row was, that row is still what the database says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, bindparam, column, exists, select, table

from gateway.db.prepared import Prepared

if TYPE_CHECKING:
    from gateway.core.identifiers import TenantId
    from gateway.db.session import Database

_MARK = table("identity_mark", column("version", BigInteger))
_MOVED = select(select(_MARK.c.version).scalar_subquery()).where(
    ~exists().where(_MARK.c.version == bindparam("known", type_=BigInteger))
)

Moved = tuple[int | None]
"""The mark as it is now; None where there is none, and nothing may be remembered."""


class IdentityMark:
    """The sign by which a row that was read is known to be what it was.

    On SQLite each commit of the decision log empties the cache of the connection that asks: the
    mark lies on one page, a key's row on six or more. PostgreSQL has no mark: it keeps its pages,
    and whoever changes a principal would wait for everybody else who does.
    """

    def __init__(self, database: Database) -> None:
        """In `database`."""
        self._database = database
        self._moved = Prepared(_MOVED, database.engine.dialect) if database.sqlite else None

    def moved(self, tenant: TenantId, known: int | None) -> Moved | None:
        """None where the mark still is `known`; otherwise what it is now.

        Nothing found means unchanged, so that the driver has no row to fetch. Without a mark
        there always is something: a table that was emptied makes nobody known.

        Raises:
            StorageUnavailable: the database did not answer.
        """
        if self._moved is None:
            return (None,)
        found: Any = self._database.first(tenant, self._moved, {"known": known})
        return found  # type: ignore[no-any-return]
