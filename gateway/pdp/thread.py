"""One thread that owns one engine, and the queue before it.

Callers wait with a deadline. An engine that failed once is thrown away, whatever it
was that failed.
"""

from __future__ import annotations

import logging
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

import orjson

from gateway.core.decision import Decision, unavailable
from gateway.pdp.engine import UNDEFINED, place, rule_path
from gateway.pdp.result import answers, read

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.core.identifiers import TenantId
    from gateway.pdp.bundle import Bundle
    from gateway.pdp.engine import Engine

_LOG = logging.getLogger(__name__)
_FAILED = object()


class Ended(Exception):
    """The thread takes no more questions: another one has taken its place."""


class _Question:
    """One question on its way through the decision thread."""

    __slots__ = ("answer", "answered", "given_up", "path", "text")

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.answered = Event()
        self.answer: Any = _FAILED
        self.given_up = False


class DecisionThread:
    """Answers with the modules of one bundle from the moment it is made until it is ended."""

    def __init__(self, bundle: Bundle, seconds: float, make: Callable[[Bundle], Engine]) -> None:
        """Start it. `seconds` is how long a caller waits; `make` builds an engine."""
        self.bundle = bundle
        self._seconds = seconds
        self._make = make
        self._queue: SimpleQueue[_Question | None] = SimpleQueue()
        self._ended = False
        self._lock = Lock()
        self._stuck: _Question | None = None
        self._thread = Thread(target=self._run, name="decide", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def decide(self, tenant: TenantId, entrypoint: str, policy_input: bytes) -> Decision:  # noqa: ARG002 - parameters ride in the input, so one bundle serves all tenants
        """The decision; see `gateway.pep.ports.PolicyDecisionPoint`.

        Raises:
            Ended: it takes no more questions.
        """
        if not self.alive and not self._ended:
            return unavailable(self.bundle.revision)
        try:
            question = _Question(rule_path(entrypoint), policy_input.decode())
        except UnicodeDecodeError:
            return unavailable(self.bundle.revision)
        self._put(question)
        if not question.answered.wait(self._seconds):
            # Nobody waits for it any more: the thread drops it instead of falling further behind.
            question.given_up = True
            self._stuck = question
            _LOG.warning("no policy decision within %s s: denied", self._seconds)
            return unavailable(self.bundle.revision, "policy.timeout")
        if question.answer is _FAILED:
            return unavailable(self.bundle.revision)
        return read(question.answer, self.bundle.revision)

    def ready(self) -> bool:
        """Whether it answers a question now, and not with a broken policy."""
        if self._stuck is not None and not self._stuck.answered.is_set():
            return False
        return answers(self)

    def end(self) -> None:
        """Answer what waits, then end. Does not wait for it."""
        with self._lock:
            self._ended = True
            self._queue.put(None)

    def join(self) -> None:
        """Wait for the end, as long as a caller would wait for an answer."""
        self._thread.join(self._seconds)

    def _put(self, question: _Question) -> None:
        # Under a lock, so that nothing is put behind the end, where nobody would answer it.
        with self._lock:
            if self._ended:
                raise Ended
            self._queue.put(question)

    def _run(self) -> None:
        engine: Engine | None = None
        while (question := self._queue.get()) is not None:
            if question.given_up:
                question.answered.set()
                continue
            try:
                engine = engine or self._make(self.bundle)
                engine.set_input_json(question.text)
                answer = engine.eval_rule_as_json(question.path)
                question.answer = None if answer == UNDEFINED else orjson.loads(answer)
            # One of the few places where everything is caught: whatever the engine does,
            # the answer is deny, and an engine that failed once is not asked again.
            except BaseException as error:  # noqa: BLE001
                _LOG.error("policy evaluation failed: %s", place(error))
                engine = None
            finally:
                question.answered.set()
