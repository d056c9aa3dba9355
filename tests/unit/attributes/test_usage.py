"""How often somebody asked in the last minute, and how often the same."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from gateway.attributes.usage import Usage
from tests.unit.attributes.builders import NOON, a_person

if TYPE_CHECKING:
    from gateway.core.principal import Principal
    from gateway.db.session import Database


@pytest.fixture
def ada(database: Database) -> Principal:
    return a_person(database)


def asked(usage: Usage, who: Principal, digest: bytes, seconds: float = 0) -> tuple[int, int]:
    """Note a request so many seconds after noon."""
    said = usage.note_request(who, digest, NOON + timedelta(seconds=seconds))
    assert set(said) == {"requests_last_minute", "repeats_last_minute"}
    return said["requests_last_minute"], said["repeats_last_minute"]


class TestRates:
    def test_the_first_request(self, ada: Principal) -> None:
        """
        Is one request and no repeat, as in the policies' own example.
        """
        assert asked(Usage(), ada, b"a") == (1, 0)

    def test_repeats_are_of_the_same_body(self, ada: Principal) -> None:
        """
        Another body is another request, not a repeat.
        """
        usage = Usage()

        assert asked(usage, ada, b"a") == (1, 0)
        assert asked(usage, ada, b"b") == (2, 0)
        assert asked(usage, ada, b"a") == (5, 1)  # three, as the scale has it
        assert asked(usage, ada, b"a") == (5, 2)

    def test_a_minute_is_a_minute(self, ada: Principal) -> None:
        """
        What is sixty seconds old is gone.
        """
        usage = Usage()
        asked(usage, ada, b"a", 0)
        asked(usage, ada, b"a", 30)

        assert asked(usage, ada, b"a", 59.9) == (5, 2)
        assert asked(usage, ada, b"a", 60) == (5, 2)
        assert asked(usage, ada, b"a", 120) == (1, 0)

    def test_people_are_counted_by_themselves(self, ada: Principal, database: Database) -> None:
        """
        A colleague's loop is not mine, and another organisation's neither (P4).
        """
        usage = Usage()
        eve = a_person(database, "globex")
        asked(usage, ada, b"a")

        assert asked(usage, eve, b"a") == (1, 0)

    def test_memory_is_bounded(
        self, ada: Principal, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        However many people and requests there are: the oldest are let go (P10).
        """
        monkeypatch.setattr("gateway.attributes.usage._REQUESTS_KEPT", 5)
        monkeypatch.setattr("gateway.attributes.usage._PRINCIPALS_KEPT", 2)
        usage = Usage()
        for number in range(20):
            assert asked(usage, ada, bytes([number]))[0] <= 5
        assert asked(usage, ada, bytes([0])) == (5, 0)
        others = [a_person(database, f"t{number}") for number in range(2)]
        for other in others:
            asked(usage, other, b"a")

        assert asked(usage, ada, b"z") == (1, 0)
