"""Retention is no way to take out what must stay, nor to change what is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gateway.errors import AuditUnavailable

if TYPE_CHECKING:
    from tests.contract.storage.expiring import World


class TestTampering:
    def test_emptying_an_entry_oneself_is_found(self, world: World) -> None:
        """
        P6: an entry without its bytes that no tombstone names is named.
        """
        world.exchange(500)
        world.exchange(1)
        world.log.seal(world.tenant)
        world.as_owner("UPDATE log_entry SET canonical = NULL, kind = 'expired' WHERE sequence = 0")
        verdict = world.log.verify(world.tenant)

        assert [(item.kind, item.sequence) for item in verdict.defects] == [("emptied", 0)]

    def test_emptying_more_than_a_tombstone_names_is_found(self, world: World) -> None:
        """
        A genuine tombstone does not cover its neighbours.
        """
        for days in (500, 450, 40):
            world.exchange(days)
        world.run()
        world.log.seal(world.tenant)
        world.as_owner("UPDATE log_entry SET canonical = NULL, kind = 'expired' WHERE sequence = 4")
        verdict = world.log.verify(world.tenant)

        assert [(item.kind, item.sequence) for item in verdict.defects] == [("emptied", 4)]

    def test_changing_an_expired_leaf_is_found(self, world: World) -> None:
        """
        The hash that stays is still held against the checkpoints.
        """
        world.exchange(500)
        world.run()
        world.log.seal(world.tenant)
        zeros = "zeroblob(32)" if world.database.sqlite else "decode(repeat('00', 32), 'hex')"
        if world.database.sqlite:
            world.as_owner("DROP TRIGGER log_entry_only_expires")
        world.as_owner(f"UPDATE log_entry SET leaf_hash = {zeros} WHERE sequence = 0")

        assert not world.log.verify(world.tenant).intact

    def test_no_record_nothing_goes(self, world: World) -> None:
        """
        P1: without its tombstone nothing is taken out.
        """
        world.exchange(500)
        world.ledger.stop()
        with pytest.raises(AuditUnavailable):
            world.run()

        assert world.rows()[0].canonical is not None
