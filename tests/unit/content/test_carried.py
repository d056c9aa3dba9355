"""Names that go on where the provider keeps the earlier turns."""

from __future__ import annotations

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.content.carried import Carried
from gateway.content.pseudonyms import Protected, Ways, protect
from gateway.content.request import inspect_request
from gateway.content.restore import Restorer
from tests.unit.content.test_pseudonyms import INSPECTOR

TYPES = frozenset({"EMAIL_ADDRESS"})
MAILS = st.lists(
    st.sampled_from([f"{name}@customer.example" for name in ("ann", "bob", "cleo", "dan")]),
    min_size=1,
    max_size=5,
)


def turn(text: str, earlier: Carried | None = None) -> Protected:
    """One turn of its own, after those before it."""
    ways = Ways(earlier=earlier) if earlier is not None else Ways()
    body = {"model": "m", "messages": [{"role": "user", "content": text}]}
    redacted = frozenset({"SECRET"})
    return protect(inspect_request(body, INSPECTOR), TYPES, redacted, frozenset(), ways)


def said(ready: Protected) -> str:
    """The words as they left."""
    return str(ready.body["messages"][-1]["content"])


class TestGoingOn:
    @settings(max_examples=50, deadline=None)
    @given(st.lists(MAILS, min_size=1, max_size=4))
    def test_it_is_as_if_all_had_been_resent(self, turns: list[list[str]]) -> None:
        """
        Turn by turn with names carried on, each value has the number it has in one request.
        """
        carried: Carried | None = None
        apart = []
        for mails in turns:
            ready = turn(" and ".join(mails), carried)
            apart.append(said(ready))
            carried = Carried.read(orjson.loads(orjson.dumps(Carried.of(ready).document())))
        together = turn(" / ".join(" and ".join(mails) for mails in turns))

        assert " / ".join(apart) == said(together)
        assert carried is not None
        assert dict(carried.table) == dict(together.table)
        assert carried.known == together.known

    def test_values_of_earlier_turns_come_back(self) -> None:
        """
        In a turn that does not name them, and none is counted as replaced in it.
        """
        first = turn("Write to ann@customer.example")
        second = turn("And now?", Carried.of(first))

        assert Restorer(second.table).text("To [EMAIL_ADDRESS_1]") == "To ann@customer.example"
        assert second.replaced == {}
        assert ("EMAIL_ADDRESS", "ann@customer.example") in second.known

    def test_a_secret_is_carried_nowhere(self) -> None:
        """
        But no number of one is given twice.
        """
        first = turn("Key AKIAIOSFODNN7EXAMPLE")
        carried = Carried.of(first)
        second = turn("Key AKIAI44QH8DHBEXAMPLE", carried)

        assert "[SECRET_1]" in said(first)
        assert "AKIA" not in str(carried.document())
        assert "[SECRET_2]" in said(second)
        assert Carried.of(second).passed == {"SECRET": 2}
