"""The embedded engine itself: microsoft/regorus. The sole importer of `regorus`.

An engine is bound to the thread that made it, holds the interpreter's lock while it
evaluates, has no time limit, and lets Rust panics out as `BaseException`. Only JSON
text goes in and comes out: its own conversion of Python values crashes the process on
lone surrogates and cannot return sets of objects. What it cannot promise is promised
around it: one thread that owns it (`gateway.pdp.thread`), limits on what is activated
(`gateway.pdp.submission`), and a watchdog for the worker (`gateway.pdp.watchdog`).
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, Protocol

import orjson
import regorus

from gateway.errors import ConfigurationError
from gateway.pdp.result import PROBES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gateway.pdp.bundle import Bundle

UNDEFINED = '"<undefined>"'
"""What the engine says for a rule that has no value."""

_PLACE = re.compile(r"--> (\S+):(\d+):(\d+)")
_SAID = re.compile(r"^error: (.{1,200})", re.MULTILINE)


class Engine(Protocol):
    """What is used of `regorus.Engine`; made, used and dropped on one thread."""

    def set_input_json(self, text: str) -> None:
        """The question, as JSON text."""

    def eval_rule_as_json(self, path: str) -> str:
        """The value of a rule, as JSON text."""


class EngineFault(Exception):
    """What the engine said, with its place. The text may quote policy, never input."""

    def __init__(self, said: str, file: str = "", line: int = 1, column: int = 1) -> None:
        super().__init__(f"{file}:{line}:{column}: {said}" if file else said)
        self.said = said
        self.file = file
        self.line = line
        self.column = column


def rule_path(entrypoint: str) -> str:
    """The engine's name for an entrypoint: ``data.gateway.decision``."""
    return "data." + entrypoint.replace("/", ".")


def load_engine(bundle: Bundle) -> Engine:
    """An engine with the modules and the data of `bundle`, bound to the calling thread.

    Raises:
        ConfigurationError: a module does not parse or cannot be evaluated, or the data conflict.
    """
    try:
        engine = _filled(bundle.modules, bundle.data)
        # The engine finds unsafe variables and the like only when it is first asked.
        engine.set_input_json("{}")
        for entrypoint in PROBES:
            evaluated(engine, rule_path(entrypoint))
    except EngineFault as fault:
        raise ConfigurationError(f"The policies do not load: {fault}") from fault
    return engine  # type: ignore[no-any-return]


def evaluated(engine: Engine, path: str) -> str:
    """The value of one rule as JSON text, or `UNDEFINED`.

    Raises:
        EngineFault: the evaluation failed, be it by a panic; use this engine no more.
    """
    try:
        return engine.eval_rule_as_json(path)
    # A panic of the engine is a BaseException; see the module's docstring.
    except BaseException as error:
        raise _fault(error) from error


def syntax_tree(name: str, text: str) -> dict[str, Any]:
    """The engine's own syntax tree of one module.

    Raises:
        EngineFault: it does not parse; with the place.
    """
    try:
        engine: Any = regorus.Engine()
        engine.add_policy(name, text)
        (module,) = orjson.loads(engine.get_ast_as_json())
    # Panics too, and the parser is fed what strangers wrote.
    except BaseException as error:
        raise _fault(error) from error
    return module["ast"]  # type: ignore[no-any-return]


class CoveringEngine:
    """An engine that notes which lines it evaluated."""

    def __init__(self, modules: Iterable[tuple[str, str]], data: Mapping[str, Any]) -> None:
        """Load `modules` and `data`.

        Raises:
            EngineFault: they do not load.
        """
        self._engine = _filled(modules, data)
        self._engine.set_enable_coverage(True)

    def value(self, path: str, question: str = "{}") -> str:
        """The value of one rule on `question` (JSON text), or `UNDEFINED`.

        Raises:
            EngineFault: the evaluation failed.
        """
        self._engine.set_input_json(question)
        return evaluated(self._engine, path)

    def lines(self) -> dict[str, tuple[list[int], list[int]]]:
        """Of each module, the lines that were evaluated and those that were not."""
        report = orjson.loads(self._engine.get_coverage_report_as_json())
        return {item["path"]: (item["covered"], item["not_covered"]) for item in report["files"]}


def place(error: BaseException) -> str:
    """File, line and column. The rest of the engine's message may repeat a part of the input."""
    found = _PLACE.search(str(error))
    return ":".join(found.groups()) if found else type(error).__name__


def _filled(modules: Iterable[tuple[str, str]], data: Mapping[str, Any]) -> Any:
    try:
        engine: Any = regorus.Engine()
        engine.add_data_json(orjson.dumps(data).decode())
        for name, text in modules:
            engine.add_policy(name, text)
            # Parsing holds the interpreter's lock; between modules others may have it.
            time.sleep(0)
    except BaseException as error:
        raise _fault(error) from error
    return engine


def _fault(error: BaseException) -> EngineFault:
    """What the engine threw, as a fault.

    Raises:
        BaseException: `error` itself, when it is not the engine's: Ctrl-C is no fault of a policy.
    """
    if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
        raise error
    found, said = _PLACE.search(str(error)), _SAID.search(str(error))
    what = said.group(1) if said else type(error).__name__
    if found is None:
        return EngineFault(what)
    return EngineFault(what, found[1], int(found[2]), int(found[3]))
