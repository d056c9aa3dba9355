"""Rights records are kept longer than the entries they stand in, and found as before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gateway.errors import NotFound
from gateway.rights.index import RightsIndex
from gateway.rights.pictures import Pictures
from tests.contract.storage.expiring import EMMA, RIGHTS, SECRET

if TYPE_CHECKING:
    from tests.contract.storage.expiring import World


class TestKept:
    def test_a_rights_record_outlives_its_entry_without_a_name(self, world: World) -> None:
        """
        It is found by the output as before, by whoever sees all; nobody is named any more.
        """
        index = RightsIndex(world.database, SECRET, world.clock, Pictures())
        (text_output,) = index.text_outputs(world.tenant, ["An answer of long ago"])
        old = world.exchange(400, rights={**RIGHTS, "outputs": [text_output.as_record()]})
        index.catch_up(world.tenant)
        asked = (world.tenant, "an answer of long ago")
        before = index.by_text(*asked, EMMA)
        world.run()
        after, mine = index.by_text(*asked, None), index.by_text(*asked, EMMA)
        signed = index.record(world.tenant, old, None)

        assert [item.exchange_id for item in before] == [old]
        assert [item.exchange_id for item in after] == [old]
        assert mine == []
        assert signed["document"]["rights"]["owner"] == "customer"
        assert signed["document"]["log"] == {}
        with pytest.raises(NotFound):
            index.record(world.tenant, old, EMMA)
