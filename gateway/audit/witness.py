"""Those outside who are given checkpoints, each in its way.

A log whose only reader is its writer proves nothing against the writer. A witness
is anybody who keeps a checkpoint where this installation's operators cannot reach
it; the more independent, the better.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Protocol

from gateway.audit import note as notes
from gateway.audit.checkpoint import Verifier, read_verifier
from gateway.audit.note import BadCheckpoint
from gateway.audit.outbound import Outbound, Unanswered
from gateway.audit.walk import COSIGNATURE, TIME_STAMP
from gateway.core.values import dataclass
from gateway.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from gateway.audit.timestamp import Stamps
    from gateway.evidence_sections import WitnessSettings

DELIVERED = "delivered"
_ANSWER_BYTES = 65_536
_QUERY_TYPE = "application/timestamp-query"
_NOTE_TYPE = "text/plain; charset=utf-8"


class WitnessUnavailable(Exception):
    """A witness did not take the checkpoint; it is offered again at the next run."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a witness gave back."""

    kind: str
    content: bytes = b""


class Witness(Protocol):
    """Somebody who takes checkpoints."""

    def take(self, note: str, at: datetime) -> Given:
        """Give it a checkpoint; what it gave back.

        Raises:
            WitnessUnavailable: it has not got it.
        """


class FileWitness:
    """A file that is only added to: one JSON object with the note on each line."""

    def __init__(self, path: Path) -> None:
        """Checkpoints go to the end of `path`."""
        self._path = path

    def take(self, note: str, at: datetime) -> Given:
        """Add the checkpoint and see it to the disk."""
        line = json.dumps({"at": at.isoformat(timespec="seconds"), "note": note}) + "\n"
        try:
            file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            try:
                os.write(file, line.encode())
                os.fsync(file)
            finally:
                os.close(file)
        except OSError as error:
            raise WitnessUnavailable("the file cannot be written") from error
        return Given(DELIVERED)


class HttpWitness:
    """An address that checkpoints are posted to; it may answer with its own signature."""

    def __init__(self, outbound: Outbound, url: str, token: str, key: Verifier | None) -> None:
        """`key` is the witness's when it must cosign."""
        self._outbound = outbound
        self._url = url
        self._token = token
        self._key = key

    def take(self, note: str, at: datetime) -> Given:  # noqa: ARG002 - its own clock counts
        """Post the checkpoint; keep the signature that comes back, where one is owed."""
        answer = _answer(self._outbound, self._url, note.encode(), _NOTE_TYPE, self._token)
        if self._key is None:
            return Given(DELIVERED)
        for line in answer.decode("utf-8", "replace").splitlines():
            try:
                signature = notes.parse_line(line)
                good = self._key.verify(notes.parse(note).signed_also(signature))
            except BadCheckpoint:
                continue  # another line may be the one
            if good:
                return Given(COSIGNATURE, signature.line().encode())
        raise WitnessUnavailable("it did not sign the checkpoint")


class StampWitness:
    """A time-stamp authority (RFC 3161)."""

    def __init__(self, outbound: Outbound, url: str, stamps: Stamps) -> None:
        """`stamps` knows the authority's certificates: a stamp that does not hold is not kept."""
        self._outbound = outbound
        self._url = url
        self._stamps = stamps

    def take(self, note: str, at: datetime) -> Given:  # noqa: ARG002 - its own clock counts
        """Have the checkpoint stamped."""
        query, nonce = self._stamps.query(note.encode())
        answer = _answer(self._outbound, self._url, query, _QUERY_TYPE)
        try:
            self._stamps.check(note.encode(), answer, nonce)
        except ValueError as error:
            raise WitnessUnavailable(str(error)) from error
        return Given(TIME_STAMP, answer)


def _answer(outbound: Outbound, url: str, body: bytes, kind: str, token: str = "") -> bytes:
    try:
        answer = outbound.post(url, body, kind, token=token, most=_ANSWER_BYTES + 1)
    except Unanswered as error:
        raise WitnessUnavailable(str(error)) from error
    if len(answer) > _ANSWER_BYTES:
        raise WitnessUnavailable("the answer is too long")
    return answer


def from_settings(settings: Mapping[str, WitnessSettings]) -> dict[str, Witness]:
    """The configured witnesses by name.

    Raises:
        ConfigurationError: one lacks what its kind needs, or that cannot be read.
    """
    outbound = Outbound(connect=3.0, read=5.0, again=2, when_silent=True)
    return {name: _made(name, item, outbound) for name, item in settings.items()}


def _made(name: str, item: WitnessSettings, outbound: Outbound) -> Witness:
    place = f"audit.witnesses.{name}"
    if item.kind == "file":
        if item.path is None:
            raise ConfigurationError(f"{place} needs a path.")
        return FileWitness(item.path)
    if not item.url.startswith(("https://", "http://")):
        raise ConfigurationError(f"{place} needs a url that begins with https://.")
    try:
        if item.kind == "http":
            key = read_verifier(item.key) if item.key else None
            if key is not None and not key.cosigns:
                raise ConfigurationError(f"{place}.key is not a witness's key.")
            return HttpWitness(outbound, item.url, item.token, key)
        if item.certificates is None:
            raise ConfigurationError(f"{place} needs the authority's certificates.")
        # Here, because it takes 4 MB, and only this kind of witness needs it.
        from gateway.audit.timestamp import Stamps  # noqa: PLC0415

        return StampWitness(outbound, item.url, Stamps(item.certificates.read_bytes()))
    except (BadCheckpoint, OSError, ValueError) as error:
        raise ConfigurationError(f"{place} cannot be used: {error}.") from error
