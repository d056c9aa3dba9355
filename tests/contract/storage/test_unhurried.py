"""Retention makes no request wait for a disk; the log itself always does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from gateway.db import expiry

if TYPE_CHECKING:
    from tests.contract.storage.expiring import World


class TestUnhurried:
    def test_what_goes_is_durable_soon_and_all_else_at_once(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        Entries are taken out without waiting for the disk; the next transaction waits again.
        """
        if world.database.sqlite:
            pytest.skip("one file has one durability")
        world.exchange(500)
        blank, said = expiry.blank, []

        def look(connection: Any, *arguments: Any) -> None:
            said.append(connection.scalar(text("SHOW synchronous_commit")))
            blank(connection, *arguments)

        monkeypatch.setattr(expiry, "blank", look)
        world.run()
        with world.database.connection(world.tenant, write=True) as connection:
            said.append(connection.scalar(text("SHOW synchronous_commit")))

        assert said == ["off", "on"]
