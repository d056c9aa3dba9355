"""Places for requests in progress."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway.errors import Overloaded
from gateway.web.api.admission import Slots


class TestSlots:
    def test_there_are_so_many_and_no_more(self) -> None:
        """
        Who comes when all are taken is told so at once, until somebody has gone.
        """
        slots = Slots(2)
        first, _ = slots.take(), slots.take()
        with pytest.raises(Overloaded):
            slots.take()

        first()
        slots.take()
        with pytest.raises(Overloaded):
            slots.take()

    def test_a_place_is_given_back_once(self) -> None:
        """
        However often, and by however many, that is done.
        """
        slots = Slots(1)
        give_back = slots.take()
        with ThreadPoolExecutor(8) as threads:
            for _ in range(200):
                threads.submit(give_back)

        slots.take()
        with pytest.raises(Overloaded):
            slots.take()
