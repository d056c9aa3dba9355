"""One gateway process that dies at a chosen instruction, as a power cut would have it.

Run by test_killed_at.py in a process of its own, it serves one request and notes in a file
that an answer was released. Nothing here is in the product: the points are patched in from
outside.
"""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any, NoReturn
from unittest import mock

from gateway import app, assembly
from gateway.audit.ledger import Ledger
from gateway.audit.tail import Tail
from gateway.db.log_plain import Plain
from gateway.db.log_wire import Wire
from gateway.pep.opened import Opened
from gateway.pep.pipeline import EnforcementPoint
from gateway.providers.openai import OpenAIProvider
from tests.factories import settings_for

if TYPE_CHECKING:
    from pathlib import Path


def die(*_arguments: Any, **_named: Any) -> NoReturn:
    """End without a word, as kill -9 does."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still here")


def before(owner: Any, name: str, when: Any = None) -> Any:
    """Die when that function is called."""
    real = getattr(owner, name)

    def patched(*arguments: Any, **named: Any) -> Any:
        if when is None or when(arguments):
            die()
        return real(*arguments, **named)

    return mock.patch.object(owner, name, patched)


def after(owner: Any, name: str, when: Any = None) -> Any:
    """Die when that function has done its work."""
    real = getattr(owner, name)

    def patched(*arguments: Any, **named: Any) -> Any:
        result = real(*arguments, **named)
        if when is None or when(arguments):
            die()
        return result

    return mock.patch.object(owner, name, patched)


def kind(wanted: str) -> Any:
    """Whether the ledger is writing an entry of that kind."""
    return lambda arguments: any(item.entry.kind == wanted for item in arguments[2])


def placing(wanted: str) -> Any:
    """Whether an entry of that kind is given its place."""
    return lambda arguments: any(line.kind == wanted for line in arguments[3])


def statement(name: str) -> Any:
    """Whether that statement goes to the database."""
    return lambda arguments: arguments[1] == name


POINTS: dict[str, Any] = {
    "decision-before-transaction": lambda: before(Ledger, "_write", kind("decision")),
    "decision-before-entry": lambda: before(Tail, "place", placing("decision")),
    "decision-after-commit": lambda: after(Ledger, "_write", kind("decision")),
    "before-provider": lambda: before(OpenAIProvider, "generate"),
    "after-provider": lambda: after(OpenAIProvider, "generate"),
    "before-outcome": lambda: before(Opened, "settle"),
    "outcome-before-entry": lambda: before(Tail, "place", placing("outcome")),
    "outcome-after-commit": lambda: after(Ledger, "_write", kind("outcome")),
    "before-release": lambda: after(EnforcementPoint, "generate"),
    "never": lambda: mock.patch.object(Ledger, "never", create=True),
}


def within(owner: Any, name: str) -> dict[str, Any]:
    """Points between the statements of a transaction, which go to the database by that function."""
    return {
        "decision-between-entry-and-head": lambda: before(owner, name, statement("head")),
        "decision-before-open-exchange": lambda: before(owner, name, statement("open")),
        "decision-before-commit": lambda: before(owner, name, statement("commit")),
        "outcome-before-commit": lambda: after(owner, name, statement("close")),
    }


def serve(folder: Path, upstream: str, database: str, key: str, point: str) -> None:
    """Serve one request and die on the way; what was released stands in the folder."""
    settings = settings_for(folder, upstream, database=database)
    gateway = assembly.build(settings).start()
    client = app.create_app(gateway).test_client()
    body = {"model": "echo", "messages": [{"role": "user", "content": "Hello"}]}
    points = POINTS | (within(Plain, "run") if gateway.database.sqlite else within(Wire, "send"))
    with points[point]():
        answer = client.post(
            "/v1/chat/completions", json=body, headers={"Authorization": f"Bearer {key}"}
        )
        (folder / "released").write_text(f"{answer.status_code}")
    gateway.stop()
