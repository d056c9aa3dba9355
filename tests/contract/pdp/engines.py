"""Every engine behind one contract, and the situations they are asked about."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
import pytest

from gateway.core.clock import SystemClock
from gateway.core.identifiers import TenantId
from gateway.pdp import bundle as bundles
from gateway.pdp.cache import CachedPdp
from gateway.pdp.embedded import EmbeddedPdp
from gateway.pdp.form import FormedPdp, Forms
from gateway.pdp.opa import OpaServerPdp
from gateway.pep.ports import Entrypoint

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gateway.core.decision import Decision
    from gateway.pdp.bundle import Bundle
    from gateway.pep.ports import PolicyDecisionPoint

OPA = shutil.which("opa")
needs_opa = pytest.mark.skipif(OPA is None, reason="opa is not on PATH")
ENGINES = [
    "embedded",
    "cached",
    pytest.param("opa", marks=[pytest.mark.opa, needs_opa]),
]
ACME = TenantId(UUID(int=1))
SECONDS = 5.0

_EXAMPLES = bundles.shipped_folder() / "schemas" / "examples"
REQUEST: dict[str, Any] = orjson.loads((_EXAMPLES / "request.json").read_bytes())
"""A request that every rule lets pass."""

OUTPUT: dict[str, Any] = orjson.loads((_EXAMPLES / "output.json").read_bytes())
"""An output that every rule lets pass."""

ACT: dict[str, Any] = orjson.loads((_EXAMPLES / "admin.json").read_bytes())
"""An administrative act that every rule lets pass."""

BASES = {
    Entrypoint.REQUEST: REQUEST,
    Entrypoint.OUTPUT: OUTPUT,
    Entrypoint.ADMIN: ACT,
}


def changed(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """`base` with the values of `changes` laid over it, deeply."""
    result = deepcopy(base)
    for key, value in changes.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = changed(result[key], value) if both else deepcopy(value)
    return result


def without(base: dict[str, Any], path: str) -> dict[str, Any]:
    """`base` without the attribute at a dotted path."""
    result = deepcopy(base)
    *parents, last = path.split(".")
    holder = result
    for part in parents:
        holder = holder[part]
    del holder[last]
    return result


def ask(
    pdp: PolicyDecisionPoint, question: dict[str, Any], entrypoint: Entrypoint | None = None
) -> Decision:
    """The decision on `question`, at the entrypoint of its phase unless told otherwise."""
    phase = str(question.get("phase", "request")).upper()
    entrypoint = entrypoint or getattr(Entrypoint, phase, Entrypoint.REQUEST)
    return pdp.decide(ACME, entrypoint, orjson.dumps(question))


def codes(decision: Decision) -> list[str]:
    """The codes of its reasons."""
    return [reason.code for reason in decision.reasons]


def with_module(bundle: Bundle, name: str, text: str) -> Bundle:
    """`bundle` with one module put in or replaced."""
    kept = [item for item in bundle.modules if item[0] != name]
    return replace(bundle, modules=tuple(sorted([*kept, (name, text)])))


PHASES = {"rules": "request", "output_rules": "output", "admin_rules": "admin"}
"""What the rules in each folder judge."""


def without_rule(bundle: Bundle, folder: str, rule: str, *, required: bool) -> Bundle:
    """`bundle` with one rule's module deleted; `required` says whether the list still names it."""
    path = f"gateway/{folder}/{rule}.rego"
    assert path in dict(bundle.modules)
    data = deepcopy(bundle.data)
    if not required:
        phase = PHASES[folder]
        data["proviso"]["required"][phase].remove(rule)
    modules = tuple(item for item in bundle.modules if item[0] != path)
    return replace(bundle, modules=modules, data=data)


def echoing(bundle: Bundle) -> Bundle:
    """A bundle that answers whatever the question holds under ``answer``."""
    text = "package gateway\n\ndecision := input.answer\n"
    return with_module(bundle, "gateway/main.rego", text)


@contextmanager
def opened(
    kind: str, bundle: Bundle, folder: Path, *, formed: bool = False
) -> Iterator[PolicyDecisionPoint]:
    """An engine of that kind that runs `bundle`; `folder` is for its files.

    `formed`: behind the form of the question, as the gateway asks it.
    """
    if kind == "opa":
        with opa_server(bundle, folder) as url:
            server = OpaServerPdp(url, bundle.revision, SECONDS, SystemClock())
            server.start()
            yield FormedPdp(server, Forms()) if formed else server
            server.stop()
        return
    embedded = EmbeddedPdp(bundle, SECONDS)
    embedded.start()
    engine = FormedPdp(embedded, Forms()) if formed else embedded
    yield CachedPdp(engine, 100) if kind == "cached" else engine
    embedded.stop()


@contextmanager
def opa_server(bundle: Bundle, folder: Path) -> Iterator[str]:
    """The URL of a real OPA that runs `bundle`."""
    file = folder / "bundle.tar.gz"
    file.write_bytes(bundles.archive(bundle))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [OPA or "opa", "run", "--server", "--addr", address, "--bundle", str(file)]
    process = subprocess.Popen(
        [*command, "--log-level", "error", "--disable-telemetry"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(address, process)
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    host, _, port = address.partition(":")
    for _ in range(500):
        assert process.poll() is None, "opa ended by itself"
        try:
            with socket.create_connection((host, int(port)), timeout=1):
                return
        except OSError:
            time.sleep(0.02)
    pytest.fail("opa did not start")
