from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gateway.core.decision import Effect
from gateway.errors import ConfigurationError
from gateway.pdp import bundle as bundles
from gateway.pdp.embedded import EmbeddedPdp
from tests.unit.pdp.builders import ACME, DECISION, REFUSAL, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gateway.core.decision import Decision
    from gateway.pdp.bundle import Bundle


class EngineSimulator:
    """An engine that is bound to its thread, as the real one is, and does what it is told."""

    def __init__(self, behave: Callable[[str], str]) -> None:
        self._thread = threading.get_ident()
        self._behave = behave
        self._text = ""

    def set_input_json(self, text: str) -> None:
        assert threading.get_ident() == self._thread
        self._text = text

    def eval_rule_as_json(self, path: str) -> str:
        assert threading.get_ident() == self._thread
        return self._behave(self._text)


class Panic(BaseException):
    """As a Rust panic arrives: not an `Exception`."""


class Scene:
    """An `EmbeddedPdp` on simulated engines, with what it did to them."""

    def __init__(self, bundle: Bundle, seconds: float) -> None:
        self.made = 0
        self.seen: list[str] = []
        self.go_on = threading.Event()
        self.entered = threading.Event()
        self.pdp = EmbeddedPdp(bundle, seconds, self._make)

    def _make(self, _bundle: Bundle) -> EngineSimulator:
        self.made += 1
        return EngineSimulator(self._behave)

    def _behave(self, text: str) -> str:
        self.seen.append(text)
        if text == '"panic"':
            raise Panic
        if text == '"exit"':
            raise SystemExit
        if text == '"hang"':
            self.entered.set()
            self.go_on.wait(5)
        if text == '"garbage"':
            return "{"
        return (REFUSAL if text == "{}" else DECISION).decode()

    def ask(self, text: str = '"go"') -> Decision:
        return self.pdp.decide(ACME, "gateway/decision", text.encode())


@pytest.fixture(scope="module")
def shipped() -> Bundle:
    return bundles.load()


@pytest.fixture
def scene(shipped: Bundle) -> Iterator[Scene]:
    made = Scene(shipped, seconds=0.1)
    made.pdp.start()
    yield made
    made.go_on.set()
    made.pdp.stop()


def code(decision: Decision) -> str:
    assert decision.effect is Effect.DENY
    return decision.reasons[0].code


class TestThread:
    def test_one_engine_on_one_thread_answers_every_caller(self, scene: Scene) -> None:
        """
        The engine belongs to the thread that made it; callers on other threads get answers.
        """
        answers: list[Decision] = []
        callers = [threading.Thread(target=lambda: answers.append(scene.ask())) for _ in range(20)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join(5)

        assert [answer.effect for answer in answers] == [Effect.PERMIT] * 20
        assert scene.made == 1

    def test_before_the_start_everything_is_denied(self, shipped: Bundle) -> None:
        """
        A process that forgot to start the thread permits nothing, and does not wait.
        """
        scene = Scene(shipped, seconds=60)

        assert code(scene.ask()) == "policy.unavailable"
        assert not scene.pdp.ready()

    def test_after_the_stop_everything_is_denied(self, scene: Scene) -> None:
        """
        A worker on its way out permits nothing; started again, it decides again.
        """
        scene.pdp.stop()

        assert code(scene.ask()) == "policy.unavailable"

        scene.pdp.start()
        assert scene.ask().permits

    def test_stopping_what_never_started_is_nothing(self, shipped: Bundle) -> None:
        """
        A process that ends before it began ends quietly.
        """
        EmbeddedPdp(shipped, 1).stop()

    def test_starting_twice_makes_one_thread(self, scene: Scene) -> None:
        """
        Two threads would be two engines.
        """
        scene.pdp.start()
        scene.ask()

        assert scene.made == 1


class TestFailures:
    @pytest.mark.parametrize("text", ['"panic"', '"exit"', '"garbage"'])
    def test_whatever_the_engine_does_is_a_deny_and_costs_it_its_place(
        self, scene: Scene, text: str
    ) -> None:
        """
        A panic is a `BaseException`. It is denied, and another engine answers the next caller.
        """
        assert code(scene.ask(text)) == "policy.unavailable"
        assert scene.ask().permits
        assert scene.made == 2

    def test_a_real_panic_is_survived(self, shipped: Bundle) -> None:
        """
        `strings.count` with an empty pattern makes the real engine panic.
        """
        text = 'package gateway\n\ndecision := strings.count("aa", input.pattern)\n'
        pdp = EmbeddedPdp(with_main(shipped, text), 5)
        pdp.start()

        panicked = pdp.decide(ACME, "gateway/decision", b'{"pattern": ""}')
        answered = pdp.decide(ACME, "gateway/decision", b'{"pattern": "a"}')

        pdp.stop()
        assert code(panicked) == "policy.unavailable"
        assert code(answered) == "policy.malformed"

    def test_no_failure_repeats_the_question_in_the_log(
        self, scene: Scene, caplog: pytest.LogCaptureFixture
    ) -> None:
        """
        The engine quotes values in its messages; only the place goes to the log.
        """
        scene.ask('"panic"')

        assert "Panic" in caplog.text
        assert '"panic"' not in caplog.text


class TestTime:
    def test_a_slow_decision_is_a_deny(
        self, scene: Scene, caplog: pytest.LogCaptureFixture
    ) -> None:
        """
        The caller waits for its deadline and no longer; operators can read it, not the question.
        """
        assert code(scene.ask('"hang"')) == "policy.timeout"
        assert "no policy decision within" in caplog.text
        assert "hang" not in caplog.text

    def test_a_stuck_thread_is_not_ready(self, scene: Scene) -> None:
        """
        While an evaluation does not return, readiness is red; afterwards it is green again.
        """
        scene.ask('"hang"')

        assert not scene.pdp.ready()

        scene.go_on.set()
        until(scene.pdp.ready)

    def test_questions_nobody_waits_for_are_not_evaluated(self, scene: Scene) -> None:
        """
        Behind a slow evaluation, the ones given up are dropped, so that the thread catches up.
        """
        scene.ask('"hang"')
        for number in range(3):
            assert code(scene.ask(f'"late {number}"')) == "policy.timeout"
        scene.go_on.set()
        until(scene.pdp.ready)

        assert not any("late" in text for text in scene.seen)


class TestLoading:
    def test_an_interrupt_is_no_fault_of_the_policies(
        self, shipped: Bundle, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        Everything the engine throws is caught while loading; Ctrl-C is not the engine's.
        """

        def interrupted() -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("gateway.pdp.engine.regorus.Engine", interrupted)

        with pytest.raises(KeyboardInterrupt):
            EmbeddedPdp(shipped, 1)

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("package gateway\n\ndecision := x {", "gateway/main.rego:3:"),
            ("package gateway\n\ndecision := unknown_name\n", "unsafe"),
            ("package gateway\n\ndecision := no_such_function(1)\n", "no_such_function"),
        ],
        ids=["syntax", "unsafe variable", "unknown function"],
    )
    def test_a_bundle_that_cannot_be_evaluated_is_refused_with_its_place(
        self, shipped: Bundle, text: str, said: str
    ) -> None:
        """
        At the start, not at the first request, and with file and line.
        """
        with pytest.raises(ConfigurationError, match=r"gateway/main\.rego") as caught:
            EmbeddedPdp(with_main(shipped, text), 1)

        assert said in str(caught.value)


def with_main(shipped: Bundle, text: str) -> Bundle:
    """The shipped bundle with another ``main.rego``."""
    kept = [item for item in shipped.modules if item[0] != "gateway/main.rego"]
    return replace(shipped, modules=(("gateway/main.rego", text), *kept))
