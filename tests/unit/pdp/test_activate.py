"""Changing the policies while requests run: nothing waits, nothing is lost, nothing is mixed."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gateway.errors import ConfigurationError
from gateway.pdp import bundle as bundles
from gateway.pdp.embedded import EmbeddedPdp
from gateway.pdp.engine import load_engine
from tests.unit.pdp.builders import ACME, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.core.decision import Decision
    from gateway.pdp.bundle import Bundle
    from gateway.pdp.engine import Engine

SECONDS = 5.0


def answering(bundle: Bundle, revision: str) -> Bundle:
    """A bundle that names its revision and denies what holds no ``go``."""
    text = f"""package gateway

default effect := "deny"

effect := "permit" if input.go == true

reasons contains reason if {{
	effect == "deny"
	reason := {{"rule": "T-01", "code": "test.no", "kind": "deny", "params": {{}}}}
}}

decision := {{
	"effect": effect, "revision": "{revision}", "reasons": reasons,
	"obligations": set(), "advice": set(),
}}
"""
    modules = dict(bundle.modules)
    modules["gateway/main.rego"] = text
    return replace(bundle, revision=revision, modules=tuple(sorted(modules.items())))


@pytest.fixture(scope="module")
def shipped() -> Bundle:
    return bundles.load()


@pytest.fixture
def pdp(shipped: Bundle) -> Iterator[EmbeddedPdp]:
    """An engine that decides with revision one."""
    made = EmbeddedPdp(answering(shipped, "one"), SECONDS)
    made.start()
    yield made
    made.stop()


def ask(pdp: EmbeddedPdp) -> Decision:
    return pdp.decide(ACME, "gateway/decision", b'{"go": true}')


class TestActivate:
    def test_the_next_question_is_judged_by_the_new_revision(
        self, shipped: Bundle, pdp: EmbeddedPdp
    ) -> None:
        """
        Engine, revision and bundle change together.
        """
        assert ask(pdp).revision == "one"

        pdp.activate(answering(shipped, "two"))

        assert ask(pdp).revision == pdp.revision == pdp.bundle.revision == "two"

    def test_no_question_fails_while_revisions_change(
        self, shipped: Bundle, pdp: EmbeddedPdp
    ) -> None:
        """
        Four callers ask without a pause through ten changes, and every answer is a permit.
        """
        answers: list[Decision] = []
        over = threading.Event()

        def caller() -> None:
            while not over.is_set():
                answers.append(ask(pdp))

        callers = [threading.Thread(target=caller) for _ in range(4)]
        for thread in callers:
            thread.start()
        for number in range(10):
            pdp.activate(answering(shipped, f"r{number}"))
        over.set()
        for thread in callers:
            thread.join(SECONDS)

        assert all(answer.permits for answer in answers)
        assert len({answer.revision for answer in answers}) > 2

    def test_two_who_activate_at_the_same_moment(self, shipped: Bundle, pdp: EmbeddedPdp) -> None:
        """
        One of the two bundles is in force afterwards, whole, and one thread decides.
        """
        before, together = threading.active_count(), threading.Barrier(2)

        def activate(number: int) -> None:
            bundle = answering(shipped, f"r{number}")
            together.wait(SECONDS)
            pdp.activate(bundle)

        for turn in range(5):
            both = [threading.Thread(target=activate, args=(2 * turn + at,)) for at in range(2)]
            for thread in both:
                thread.start()
            for thread in both:
                thread.join(SECONDS)

            assert ask(pdp).revision == pdp.revision == pdp.bundle.revision
            assert pdp.revision in (f"r{2 * turn}", f"r{2 * turn + 1}")
        until(lambda: threading.active_count() <= before)

    def test_a_decision_in_flight_ends_with_the_revision_it_began_with(
        self, shipped: Bundle
    ) -> None:
        """
        The old thread answers what it has, then ends.
        """
        go_on, entered = threading.Event(), threading.Event()

        class Slow:
            """The real engine, held up where the test wants it."""

            def __init__(self, bundle: Bundle) -> None:
                self._engine = load_engine(bundle)
                self._slow = bundle.revision == "one"

            def set_input_json(self, text: str) -> None:
                self._engine.set_input_json(text)

            def eval_rule_as_json(self, path: str) -> str:
                if self._slow:
                    entered.set()
                    go_on.wait(SECONDS)
                return self._engine.eval_rule_as_json(path)

        def make(bundle: Bundle) -> Engine:
            return Slow(bundle)

        pdp = EmbeddedPdp(answering(shipped, "one"), SECONDS, make)
        pdp.start()
        answers: list[Decision] = []
        caller = threading.Thread(target=lambda: answers.append(ask(pdp)))
        caller.start()
        entered.wait(SECONDS)

        pdp.activate(answering(shipped, "two"))
        meanwhile = ask(pdp)
        go_on.set()
        caller.join(SECONDS)

        pdp.stop()
        assert meanwhile.revision == "two"
        assert [answer.revision for answer in answers] == ["one"]

    def test_the_old_thread_ends(self, shipped: Bundle, pdp: EmbeddedPdp) -> None:
        """
        An engine that nobody asks any more takes no memory for long.
        """
        before = threading.active_count()

        for number in range(5):
            pdp.activate(answering(shipped, f"r{number}"))

        until(lambda: threading.active_count() <= before)

    @pytest.mark.parametrize(
        "text",
        [
            "package gateway\n\ndecision := {",
            'package gateway\n\ndecision := {"effect": "permit"}\n',
            "package gateway\n",
        ],
        ids=["does not parse", "answers nonsense", "answers nothing"],
    )
    def test_a_bundle_that_cannot_judge_changes_nothing(
        self, shipped: Bundle, pdp: EmbeddedPdp, text: str
    ) -> None:
        """
        The old revision goes on, and its threads are as many as before.
        """
        modules = {**dict(shipped.modules), "gateway/main.rego": text}
        broken = replace(shipped, revision="two", modules=tuple(sorted(modules.items())))

        with pytest.raises(ConfigurationError):
            pdp.activate(broken)

        assert ask(pdp).revision == pdp.revision == "one"

    def test_before_the_start_it_changes_what_is_started(self, shipped: Bundle) -> None:
        """
        A process that has not started its thread yet starts it with the latest bundle.
        """
        pdp = EmbeddedPdp(answering(shipped, "one"), SECONDS)

        pdp.activate(answering(shipped, "two"))
        assert not pdp.ready()
        pdp.start()

        assert ask(pdp).revision == "two"
        pdp.stop()
