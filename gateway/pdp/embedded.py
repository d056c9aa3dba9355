"""Rego in this process, through microsoft/regorus. The sole importer of `regorus`.

The engine is bound to the thread that made it, holds the interpreter's lock
while it evaluates, has no time limit, and lets Rust panics out as
`BaseException`. Hence one decision thread per process that owns the engine;
callers wait with a deadline, and an engine that panicked is thrown away. A rule
that never ends would hold the whole process: what is activated is checked before,
and the server replaces a worker that no longer answers.
"""

from __future__ import annotations

import logging
import re
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, Protocol

import orjson
import regorus

from gateway.core.decision import Decision, unavailable
from gateway.errors import ConfigurationError
from gateway.pdp.result import PROBES, answers, read

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.core.identifiers import TenantId
    from gateway.pdp.bundle import Bundle

_LOG = logging.getLogger(__name__)
_UNDEFINED = '"<undefined>"'
_FAILED = object()
_PLACE = re.compile(r"--> (\S+:\d+:\d+)")
_SAID = re.compile(r"^error: (.{1,200})", re.MULTILINE)


class Engine(Protocol):
    """What is used of `regorus.Engine`; made, used and dropped on one thread."""

    def set_input_json(self, text: str) -> None:
        """The question, as JSON text."""

    def eval_rule_as_json(self, path: str) -> str:
        """The value of a rule, as JSON text."""


class _Question:
    """One question on its way through the decision thread."""

    __slots__ = ("answer", "answered", "given_up", "path", "text")

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.answered = Event()
        self.answer: Any = _FAILED
        self.given_up = False


class EmbeddedPdp:
    """Decides with the modules of one bundle."""

    lifetime = float("inf")
    """Seconds an answer holds: for ever, because the bundle of this object never changes."""

    def __init__(
        self, bundle: Bundle, seconds: float, make: Callable[[Bundle], Engine] | None = None
    ) -> None:
        """`seconds` is how long a caller waits for one decision; `make` builds an engine.

        Raises:
            ConfigurationError: the bundle does not load.
        """
        self._bundle = bundle
        self._seconds = seconds
        self._make = make or load_engine
        self._queue: SimpleQueue[_Question | None] = SimpleQueue()
        self._thread: Thread | None = None
        self._lock = Lock()
        self._stuck: _Question | None = None
        load_engine(bundle)

    @property
    def revision(self) -> str:
        """The revision decisions are made with."""
        return self._bundle.revision

    def start(self) -> None:
        """Start the decision thread; after a fork, in the child. Starting twice changes nothing."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                # A queue of its own: an old thread that is stuck must not take from the new one's.
                self._queue = SimpleQueue()
                self._thread = Thread(
                    target=self._run, args=(self._queue,), name="decide", daemon=True
                )
                self._thread.start()

    def stop(self) -> None:
        """End the decision thread; whoever still asks is denied."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            thread.join(self._seconds)

    def decide(self, tenant: TenantId, entrypoint: str, policy_input: bytes) -> Decision:  # noqa: ARG002 - one bundle for all tenants so far
        """The decision; see `gateway.pep.ports.PolicyDecisionPoint`."""
        thread = self._thread
        if thread is None or not thread.is_alive():
            return unavailable(self.revision)
        try:
            question = _Question(rule_path(entrypoint), policy_input.decode())
        except UnicodeDecodeError:
            return unavailable(self.revision)
        self._queue.put(question)
        if not question.answered.wait(self._seconds):
            # Nobody waits for it any more: the thread drops it instead of falling further behind.
            question.given_up = True
            self._stuck = question
            return unavailable(self.revision, "policy.timeout")
        if question.answer is _FAILED:
            return unavailable(self.revision)
        return read(question.answer, self.revision)

    def ready(self) -> bool:
        """Whether the decision thread answers a question now, and not with a broken policy."""
        if self._stuck is not None and not self._stuck.answered.is_set():
            return False
        return answers(self)

    def _run(self, questions: SimpleQueue[_Question | None]) -> None:
        engine: Engine | None = None
        while (question := questions.get()) is not None:
            if question.given_up:
                question.answered.set()
                continue
            try:
                engine = engine or self._make(self._bundle)
                # Only JSON text goes in and comes out: the engine's own conversion of Python
                # values crashes on lone surrogates and cannot return sets of objects.
                engine.set_input_json(question.text)
                answer = engine.eval_rule_as_json(question.path)
                question.answer = None if answer == _UNDEFINED else orjson.loads(answer)
            # One of the two places where everything is caught: whatever the engine does,
            # the answer is deny, and an engine that failed once is not asked again.
            except BaseException as error:  # noqa: BLE001
                _LOG.error("policy evaluation failed: %s", _place(error))
                engine = None
            finally:
                question.answered.set()


def rule_path(entrypoint: str) -> str:
    """The engine's name for an entrypoint: ``data.gateway.decision``."""
    return "data." + entrypoint.replace("/", ".")


def load_engine(bundle: Bundle) -> Engine:
    """An engine with the modules and the data of `bundle`, bound to the calling thread.

    Raises:
        ConfigurationError: a module does not parse or cannot be evaluated, or the data conflict.
    """
    try:
        engine: Any = regorus.Engine()
        engine.add_data_json(orjson.dumps(bundle.data).decode())
        for name, text in bundle.modules:
            engine.add_policy(name, text)
        # The engine finds unsafe variables and the like only when it is first asked.
        engine.set_input_json("{}")
        for entrypoint in PROBES:
            engine.eval_rule_as_json(rule_path(entrypoint))
    # A panic of the engine is a BaseException; see the module's docstring.
    except BaseException as error:
        if not _from_engine(error):
            raise
        said = _SAID.search(str(error))
        problem = f"{_place(error)}: {said.group(1)}" if said else _place(error)
        raise ConfigurationError(f"The policies do not load: {problem}") from error
    return engine  # type: ignore[no-any-return]


def _from_engine(error: BaseException) -> bool:
    """Whether `error` came out of the engine: its own, or a Rust panic."""
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"


def _place(error: BaseException) -> str:
    """File, line and column. The rest of the engine's message may repeat a part of the input."""
    place = _PLACE.search(str(error))
    return place.group(1) if place else type(error).__name__
