"""Where the log goes: a file, an address, standard output."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, BinaryIO, Protocol

from gateway.audit.outbound import Outbound, Unanswered
from gateway.audit.outflow.formats import FORMATS, Format
from gateway.errors import ConfigurationError, GatewayError

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.evidence_sections import SinkSettings


_CONNECT_SECONDS = 5.0
_AGAIN = 3
LONGEST_SECONDS = 90.0
"""The longest a post can take, every attempt and every wait between them together: an answer may
take 15 seconds, and who does not answer is not asked again at once; the next run does."""


class SinkUnavailable(GatewayError):
    """A receiver of the decision log did not take what it was given; it is given again."""

    status = 503
    code = "audit.sink_unavailable"
    title = "A receiver of the decision log did not take what it was given."
    retryable = True


class Sink(Protocol):
    """A receiver of encoded records."""

    def give(self, body: bytes, form: Format) -> None:
        """Hand over `body`; on return the receiver has it.

        Raises:
            SinkUnavailable: it has not, or not for certain.
        """


class FileSink:
    """A file that is only added to, readable by its owner."""

    def __init__(self, path: Path) -> None:
        """Records go to the end of `path`."""
        self._path = path

    def give(self, body: bytes, form: Format) -> None:
        """Add the records and see them to the disk."""
        try:
            file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(file, "ab") as stream:
                if not stream.tell():
                    stream.write(form.heading)
                stream.write(body)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise SinkUnavailable("The file cannot be written.") from error


class HttpSink:
    """An address that records are posted to, which tells what it has had before by their ids."""

    def __init__(self, url: str, token: str, seconds: float) -> None:
        """An answer may take `seconds`, at most 15."""
        self._url = url
        self._token = token
        self._outbound = Outbound(
            connect=_CONNECT_SECONDS, read=seconds, again=_AGAIN, when_silent=False
        )

    def give(self, body: bytes, form: Format) -> None:
        """Post the records."""
        try:
            self._outbound.post(
                self._url, body, form.content_type, token=self._token, encoding=form.encoding
            )
        except Unanswered as error:
            raise SinkUnavailable(f"It was posted, but {error}.") from error


class StdoutSink:
    """Standard output, for a collector that reads a container's."""

    def __init__(self, stream: BinaryIO | None = None) -> None:
        """`stream` is the process's standard output unless said otherwise."""
        self._stream = stream

    def give(self, body: bytes, form: Format) -> None:  # noqa: ARG002 - headings would repeat
        """Write the records and flush."""
        stream = self._stream or sys.stdout.buffer
        try:
            stream.write(body)
            stream.flush()
        except OSError as error:
            raise SinkUnavailable("Standard output is closed.") from error


def made(name: str, settings: SinkSettings) -> tuple[Sink, Format]:
    """The configured sink and its format.

    Raises:
        ConfigurationError: it lacks what its kind needs.
    """
    place, form = f"audit.sinks.{name}", FORMATS[settings.format]
    if settings.kind == "stdout":
        if form.encoding:
            raise ConfigurationError(f"{place}: {settings.format} is no text for stdout.")
        return StdoutSink(), form
    if settings.kind == "file":
        if settings.path is None:
            raise ConfigurationError(f"{place} needs a path.")
        return FileSink(settings.path), form
    if not settings.url.startswith(("https://", "http://")):
        raise ConfigurationError(f"{place} needs a url that begins with https://.")
    return HttpSink(settings.url, settings.token, settings.seconds), form
