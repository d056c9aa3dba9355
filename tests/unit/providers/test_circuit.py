"""A circuit over time, with the clock as an argument."""

from __future__ import annotations

from gateway.providers.circuit import Circuit, State


class TestOpening:
    def test_failures_in_a_row_open_it(self) -> None:
        """
        Only in a row: an answer in between starts the count again.
        """
        circuit = Circuit(3, 30)
        for failed in (True, True, False, True, True):
            assert circuit.enter(0)
            circuit.failed(0) if failed else circuit.succeeded()

        assert circuit.state(0) is State.CLOSED
        circuit.failed(0)
        assert circuit.state(0) is State.OPEN
        assert not circuit.enter(29.9)
        assert circuit.rests(10) == 20

    def test_zero_failures_never_open_it(self) -> None:
        """
        Who does not want a circuit has none.
        """
        circuit = Circuit(0, 30)
        for _ in range(1_000):
            circuit.failed(0)

        assert circuit.enter(0)

    def test_a_call_that_says_nothing_counts_for_nothing(self) -> None:
        """
        A request that was refused as invalid says nothing of the provider.
        """
        circuit = Circuit(1, 30)
        assert circuit.enter(0)
        circuit.left()

        assert circuit.state(0) is State.CLOSED


class TestTrying:
    def opened(self) -> Circuit:
        """Open from 0 to 30."""
        circuit = Circuit(1, 30)
        circuit.failed(0)
        return circuit

    def test_one_call_tries_after_the_rest(self) -> None:
        """
        One, and no other beside it.
        """
        circuit = self.opened()

        assert circuit.state(30) is State.HALF_OPEN
        assert circuit.allows(30)
        assert circuit.enter(30)
        assert not circuit.allows(30)
        assert not circuit.enter(31)
        assert not circuit.enter(31)

    def test_an_answer_closes_it(self) -> None:
        """
        From then on everybody goes through.
        """
        circuit = self.opened()
        circuit.enter(30)
        circuit.succeeded()

        assert circuit.state(31) is State.CLOSED
        assert circuit.enter(31)
        assert circuit.enter(31)

    def test_a_failure_opens_it_for_as_long_again(self) -> None:
        """
        One is enough then.
        """
        circuit = Circuit(5, 30)
        for _ in range(5):
            circuit.failed(0)
        circuit.enter(30)
        circuit.failed(31)

        assert circuit.state(60) is State.OPEN
        assert circuit.state(61) is State.HALF_OPEN

    def test_a_try_that_says_nothing_lets_another_try(self) -> None:
        """
        It does not stay half open for ever.
        """
        circuit = self.opened()
        circuit.enter(30)
        circuit.left()

        assert circuit.enter(30)
