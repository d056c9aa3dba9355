"""What follows the log lets go of what expires."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.audit.outflow import record
from gateway.core.catalogue import Catalogue
from gateway.db import log_search, outflow_tables
from gateway.db.outflow_tables import INDEXER
from gateway.db.search_words import Filter
from gateway.jobs.index import Indexer

if TYPE_CHECKING:
    from tests.contract.storage.expiring import World


class TestFollowers:
    def test_what_expires_is_found_no_more_and_sent_no_more(self, world: World) -> None:
        """
        The words of what went are gone with it, indexed again or not; receivers are given the rest.
        """
        for days in (500, 450):
            world.exchange(days, who="p_gone")
        world.exchange(1)
        indexer = Indexer(world.database, world.clock, Catalogue({}))
        indexer.index(world.tenant)
        before = world.count("search_posting")
        world.run()
        after = world.count("search_posting")
        with world.database.connection(world.tenant, write=True) as connection:
            outflow_tables.place(connection, world.tenant, INDEXER, 0, world.clock.now())
        indexer.index(world.tenant)
        with world.database.tenant_session(world.tenant) as session:
            found = log_search.decisions(session, Filter())
            gone = log_search.decisions(session, Filter(principal="p_gone"))
        with world.database.connection(world.tenant) as connection:
            sent = [item.sequence for item in record.read(connection, world.tenant, 0, 100)]

        assert [row.sequence for row in found] == [4]
        assert gone == []
        assert world.count("search_posting") == after == before - 1
        assert sent == [4, 5, 6]
