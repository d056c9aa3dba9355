"""Legal holds over what people could delete themselves: a hold keeps it from them as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.db import keeping
from gateway.errors import Conflict

if TYPE_CHECKING:
    from gateway.core.principal import Principal
    from gateway.db.session import Database


def require_free(database: Database, principal: Principal) -> None:
    """Return if nothing holds what is kept for `principal`. The matter is not told.

    Raises:
        Conflict: a hold does.
        StorageUnavailable: the database did not answer.
    """
    with database.tenant_session(principal.tenant.id) as session:
        held = keeping.holds_content(session, principal.id)
    if held:
        raise Conflict(
            "A legal hold keeps this: it can be deleted when the hold is released. "
            "Ask your privacy officer."
        )
