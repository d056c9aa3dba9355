"""The tour's picture: asked for, marked, and known again with the rights in it."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import requests

from gateway import settings
from gateway.core.clock import SystemClock
from gateway.demo import company
from gateway.demo.telling import SECONDS, require, say
from gateway.rights import signed

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.core.principal import Tenant
    from gateway.rights.marks.marks import Marks

PROMPT = "A lighthouse at dawn, flat colours"
FILE = "picture.png"
"""Its name beside the demonstration's configuration."""

_SHOWN = 20
"""Letters of a digest."""


def take_media_course(config: Path, email: str) -> None:
    """Record, as an operator would, that somebody took the course's module on media.

    Raises:
        AssertionError: the command failed.
    """
    today = SystemClock().now().date()
    command = (
        sys.executable, "-m", "gateway", "training", "record", "--tenant", company.TENANT,
        "--for", email, "--course", "media", "--completed-on", today.isoformat(),
        "--valid-until", today.replace(day=1, year=today.year + 1).isoformat(),
    )  # fmt: skip
    environment = {**os.environ, settings.CONFIG_VARIABLE: str(config)}
    done = subprocess.run(  # noqa: S603 - our own interpreter
        command, env=environment, capture_output=True, text=True, check=False
    )
    require(done.returncode == 0, f"recording the course failed: {done.stderr[-300:]}")
    say("operator", done.stdout.strip())


def generate(client: Any) -> tuple[bytes, str]:
    """A picture through OpenAI's client; its bytes and the exchange it came from."""
    raw = client.images.with_raw_response.generate(model=company.MODEL, prompt=PROMPT)
    answer = raw.parse()
    data = base64.b64decode(answer.data[0].b64_json)
    exchange = raw.headers["x-proviso-decision-id"]
    said = {name: raw.headers.get(f"x-proviso-{name}", "") for name in ("ai-generated", "terms")}
    say("picture", f"{len(data)} bytes; {answer.data[0].revised_prompt}")
    say("headers", f"AI-generated: {said['ai-generated']}; terms: {said['terms']}")
    say("receipt", raw.headers["x-proviso-receipt"])
    require(said == {"ai-generated": "true", "terms": "synthetic"}, "the headers do not say so")
    return data, exchange


def check_manifest(marks: Marks, tenant: Tenant, data: bytes, exchange: str) -> None:
    """Read the content credentials as anybody with the company's certificate could.

    Raises:
        AssertionError: they are not what they should be, or hold for a picture that was changed.
    """
    found = marks.read(tenant, data)
    require(found is not None, "the picture bears no manifest")
    if found is None:
        return
    whose = f"signed by {tenant.name}" if found.trusted else "signed by somebody else"
    say("manifest", f"{found.state}, {whose}: {', '.join(found.sources)}")
    require(found.state == "valid" and found.trusted, "the manifest does not hold")
    require(found.sources == ("trainedAlgorithmicMedia",), "it does not say that a model made it")
    require(found.exchange == exchange, "the manifest names another exchange")
    at = data.rindex(b"IDAT") + 200
    changed = marks.read(tenant, data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    require(changed is not None and changed.state == "invalid", "a change was not noticed")
    say("one bit off", "invalid: the manifest belongs to these bytes alone")


def find_record(base: str, key: str, data: bytes, exchange: str, verifier: str) -> None:
    """Find the rights record by the picture alone, and verify it with the log's public key.

    Raises:
        AssertionError: it is not found, or is not this picture's.
    """
    answer = _looked_up(base, key, data)
    (found, *_) = answer["data"]
    say("looked up", f"the same {found['kind']}, as it was {found['match']}, of {found['at']}")
    require((found["exchange"], found["match"]) == (exchange, "released"), "another was found")
    require(answer["content_credentials"]["state"] == "valid", "the lookup saw no manifest")
    record = requests.get(base + found["record"], headers=_with(key), timeout=SECONDS).text
    document = signed.verify(record, verifier)
    rights = document["rights"]
    (output,) = (item for item in rights["outputs"] if item["kind"] == "image")
    say("record", f"{rights['owner_meaning'].replace('_', ' ')}; terms {rights['terms_version']}")
    say("before", f"{output['received'][:_SHOWN]}… as the provider sent it")
    say("after", f"{output['digest'][:_SHOWN]}… as it was released, marked")
    require(rights["marks_out"][0]["c2pa"] == "valid", "the record knows of no mark")
    require(rights["marks_in"][0]["c2pa"] == "none", "the provider's own mark is not as it was")


def _looked_up(base: str, key: str, data: bytes) -> dict[str, Any]:
    """What the lookup says; the index follows the log by a moment."""
    until = time.monotonic() + SECONDS
    while True:
        answer = requests.post(
            f"{base}/v1/rights/lookup",
            headers=_with(key),
            files={"file": (FILE, data, "image/png")},
            timeout=SECONDS,
        )
        require(answer.status_code == 200, f"the lookup answered {answer.status_code}")
        said: dict[str, Any] = answer.json()
        if said["data"] or time.monotonic() > until:
            require(bool(said["data"]), "the picture was not found")
            return said
        time.sleep(0.2)


def _with(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}
