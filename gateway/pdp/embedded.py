"""Rego in this process, through microsoft/regorus. The sole importer of `regorus`.

The engine is bound to the thread that made it, holds the interpreter's lock
while it evaluates, has no time limit, and lets Rust panics out as
`BaseException`. Hence one decision thread per process that owns the engine;
callers wait with a deadline, and an engine that panicked is thrown away.
"""

from __future__ import annotations

import json
import logging
from queue import SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import regorus

from gateway.core.decision import Decision, unavailable
from gateway.errors import ConfigurationError
from gateway.pdp.result import read

if TYPE_CHECKING:
    from gateway.core.identifiers import TenantId
    from gateway.pdp.bundle import Bundle

_LOG = logging.getLogger(__name__)
_UNDEFINED = '"<undefined>"'


class _Question:
    """One question on its way through the decision thread."""

    __slots__ = ("answer", "answered", "path", "policy_input")

    def __init__(self, path: str, policy_input: str) -> None:
        self.path = path
        self.policy_input = policy_input
        self.answered = Event()
        self.answer: Any = None


_FAILED = object()


class EmbeddedPdp:
    """Decides with the modules of one bundle."""

    def __init__(self, bundle: Bundle, seconds: float) -> None:
        """`seconds` is how long a caller waits for one decision.

        Raises:
            ConfigurationError: the bundle does not load.
        """
        self._bundle = bundle
        self._seconds = seconds
        self._queue: SimpleQueue[_Question | None] = SimpleQueue()
        self._thread: Thread | None = None
        self._stuck: _Question | None = None
        try:
            _engine(bundle)
        # A panic of the engine is a BaseException; see the module's docstring.
        except BaseException as error:
            if not _from_engine(error):
                raise
            raise ConfigurationError(f"The policies do not load: {_first_line(error)}") from error

    @property
    def revision(self) -> str:
        """The revision decisions are made with."""
        return self._bundle.revision

    def start(self) -> None:
        """Start the decision thread; after a fork, in the child."""
        self._thread = Thread(target=self._run, name="decide", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the decision thread."""
        self._queue.put(None)
        if self._thread is not None:
            self._thread.join(self._seconds)

    def decide(self, tenant: TenantId, entrypoint: str, policy_input: bytes) -> Decision:  # noqa: ARG002
        """The decision; see `gateway.pep.ports.PolicyDecisionPoint`."""
        if self._thread is None or not self._thread.is_alive():
            return unavailable(self.revision)
        path = "data." + entrypoint.replace("/", ".")
        question = _Question(path, policy_input.decode("utf-8", "replace"))
        self._queue.put(question)
        if not question.answered.wait(self._seconds):
            self._stuck = question
            return unavailable(self.revision, "policy.timeout")
        if question.answer is _FAILED:
            return unavailable(self.revision)
        return read(question.answer, self.revision)

    def ready(self) -> bool:
        """Whether the decision thread lives and is not stuck in an evaluation."""
        stuck = self._stuck is not None and not self._stuck.answered.is_set()
        return self._thread is not None and self._thread.is_alive() and not stuck

    def _run(self) -> None:
        engine = _engine(self._bundle)
        while (question := self._queue.get()) is not None:
            try:
                # Only JSON text goes in and comes out: the engine's own conversion of Python
                # values crashes on lone surrogates and cannot return sets of objects.
                engine.set_input_json(question.policy_input)
                answer = engine.eval_rule_as_json(question.path)
                question.answer = None if answer == _UNDEFINED else json.loads(answer)
            # One of the two places where everything is caught: whatever the engine does,
            # the answer is deny, and an engine that failed once is not asked again.
            except BaseException as error:  # noqa: BLE001
                _LOG.error("policy evaluation failed: %s", type(error).__name__)
                question.answer = _FAILED
                engine = _engine(self._bundle)
            question.answered.set()


def _engine(bundle: Bundle) -> Any:
    engine = regorus.Engine()
    engine.add_data_json(json.dumps(bundle.data))
    for name, text in bundle.modules:
        engine.add_policy(name, text)
    return engine


def _from_engine(error: BaseException) -> bool:
    """Whether `error` came out of the engine: its own, or a Rust panic."""
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"


def _first_line(error: BaseException) -> str:
    """The engine's message without the source line and the Rust stack it appends."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:200] if lines else type(error).__name__
