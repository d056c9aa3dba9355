"""Where the log goes: a file, an address, standard output."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, BinaryIO, Protocol

from gateway.audit.outflow.formats import FORMATS, Format
from gateway.audit.outflow.post import Post, SinkUnavailable
from gateway.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.evidence_sections import SinkSettings


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
    """An address that records are posted to."""

    def __init__(self, post: Post) -> None:
        """Records go through `post`."""
        self._post = post

    def give(self, body: bytes, form: Format) -> None:
        """Post the records."""
        self._post.send(body, form.content_type, form.encoding)


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
    return HttpSink(Post(settings.url, settings.token, settings.seconds)), form
