"""Looking at a folder of policies with the embedded engine, in a process that may be killed.

Run as a program by `gateway.pdp.submission`: parsing can be made exponential, evaluation
has no time limit, and a fault of the engine may end the process. Limits are set before
anything is read. Each line of output is a JSON object; ``at`` says what is looked at, so
that whoever kills this process can say where it hung.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.errors import ConfigurationError
from gateway.pdp import bundle as bundles
from gateway.pdp import result
from gateway.pdp.engine import UNDEFINED, CoveringEngine, EngineFault, rule_path
from gateway.pdp.form import ENTRYPOINTS, examples
from gateway.pdp.lint import Finding, lint
from gateway.pdp.report import Covered, Report, Tested
from gateway.pdp.syntax import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gateway.pdp.syntax import Module

LINT, EVALUATE, TEST = "lint", "evaluate", "test"
STAGES = (LINT, EVALUATE, TEST)
_ROOMS = {
    "request": "gateway.rules.",
    "output": "gateway.output_rules.",
    "admin": "gateway.admin_rules.",
}
_OPTIONAL = frozenset({"admin"})
"""Phases that a folder may have no rules for: without any, every act is denied."""


def examine(folder: Path, stages: Sequence[str], note: Callable[[str], None]) -> Report:
    """What the embedded engine says about `folder`; the first stage with findings is the last."""
    if LINT in stages:
        findings = tuple(lint(folder, note))
        if findings or tuple(stages) == (LINT,):
            return Report(findings=findings)
    note("")
    try:
        bundle = bundles.load(folder)
        modules = tuple(
            (path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8"))
            for path in bundles.policy_files(folder, tests=True)
            if path.suffix == ".rego"
        )
        trees = [parse(name, text) for name, text in modules]
        if EVALUATE in stages:
            # Without the tests, as a gateway runs it: their packages stand among the rules'.
            engine = CoveringEngine(bundle.modules, bundle.data)
            findings = tuple(_evaluated(engine, trees, note))
            if findings or TEST not in stages:
                return Report(bundle.revision, findings)
        # Coverage counts what the tests reach, not what the examples do.
        return _tested(CoveringEngine(modules, bundle.data), trees, bundle.revision, note)
    except ConfigurationError as error:
        return Report(findings=(Finding("", 1, 1, "parse", error.message),))
    except EngineFault as fault:
        place = Finding(fault.file, fault.line, fault.column, "parse", f"{fault.said}.")
        return Report(findings=(place,))


def _evaluated(
    engine: CoveringEngine, modules: list[Module], note: Callable[[str], None]
) -> Iterator[Finding]:
    """Every rule and every entrypoint, on the complete examples."""
    for phase, question in examples().items():
        text = json.dumps(question)
        room = [module for module in modules if module.package.startswith(_ROOMS[phase])]
        for module in room:
            if not module.is_test:
                note(module.path)
                yield from _answered(engine, module, text)
        if phase in _OPTIONAL and not room:
            continue
        entrypoint = ENTRYPOINTS[phase]
        note(f"{entrypoint} of {phase}.json")
        yield from _judged(engine, entrypoint, text)


def _answered(engine: CoveringEngine, module: Module, question: str) -> Iterator[Finding]:
    for name in sorted({rule.name for rule in module.rules if rule.kind != "function"}):
        try:
            engine.value(f"data.{module.package}.{name}", question)
        except EngineFault as fault:
            yield _fault(fault, module.path)
            return


def _judged(engine: CoveringEngine, entrypoint: str, question: str) -> Iterator[Finding]:
    try:
        value = engine.value(rule_path(entrypoint), question)
    except EngineFault as fault:
        yield _fault(fault, "")
        return
    decision = result.read(None if value == UNDEFINED else json.loads(value), "")
    codes = sorted({item.code for item in decision.reasons} & result.CANNOT_JUDGE)
    if codes:
        said = f"`{entrypoint}` answers {', '.join(codes)} to a complete question."
        yield Finding("", 1, 1, "value.evaluates", said)


def _fault(fault: EngineFault, file: str) -> Finding:
    said = f"It cannot be evaluated: {fault.said}."
    return Finding(fault.file or file, fault.line, fault.column, "value.evaluates", said)


def _tested(
    engine: CoveringEngine, modules: list[Module], revision: str, note: Callable[[str], None]
) -> Report:
    tests: list[Tested] = []
    for module in modules:
        if module.is_test:
            note(module.path)
            names = {r.name: r.place.line for r in module.rules if r.name.startswith("test_")}
            tests += [_run(engine, module, name, line) for name, line in names.items()]
    missing = {module.path for module in modules if not module.is_test}
    coverage = {
        path: Covered(len(reached), tuple(missed))
        for path, (reached, missed) in engine.lines().items()
        if path in missing
    }
    return Report(revision, tests=tuple(tests), coverage=coverage)


def _run(engine: CoveringEngine, module: Module, name: str, line: int) -> Tested:
    path = f"data.{module.package}.{name}"
    try:
        passed = engine.value(path) == "true"
    except EngineFault:
        passed = False
    return Tested(path, module.path, line, passed)


def _limit(cpu_seconds: int, memory_bytes: int) -> None:
    """No more CPU time and memory than that, no file written, no memory dumped."""
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _say(document: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()


def main(arguments: Sequence[str]) -> None:
    """Examine what the command line names: ``FOLDER CPU-SECONDS MEMORY-BYTES STAGE…``."""
    folder, cpu_seconds, memory_bytes, *stages = arguments
    _limit(int(cpu_seconds), int(memory_bytes))
    report = examine(Path(folder), stages, lambda at: _say({"at": at}))
    _say({"report": report.as_json()})


if __name__ == "__main__":
    main(sys.argv[1:])
