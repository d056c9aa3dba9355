"""Reading documents in processes that are killed when they take too long (promise P10)."""

from __future__ import annotations

import logging
import subprocess
import sys
import weakref
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore, Lock, Timer
from typing import IO, TYPE_CHECKING

from gateway.content.attachments import frames
from gateway.content.attachments.attachment import (
    AttachmentLimits,
    Kind,
    Reading,
    Reason,
    unreadable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LOG = logging.getLogger(__name__)
_ROOT = Path(__file__).resolve().parents[3]
COMMAND = (sys.executable, "-m", "gateway.content.attachments.child")


class ReadingProcess:
    """One process, and how many documents it has read."""

    def __init__(self, command: Sequence[str]) -> None:
        """Start it. Of our environment it gets nothing but where our code is."""
        self.documents = 0
        self.process = subprocess.Popen(  # noqa: S603 - our own module in our own interpreter
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        )

    def read(self, data: bytes, limits: AttachmentLimits, seconds: float, *, pdf: bool) -> Reading:
        """What the process says of `data` within `seconds`.

        Raises:
            frames.Broken: it did not say anything, or not what it should.
        """
        self.documents += 1
        late = Timer(seconds, self.process.kill)
        late.start()
        try:
            frames.send_question(_pipe(self.process.stdin), limits, data, pdf=pdf)
            return frames.receive_reading(_pipe(self.process.stdout), limits, len(data))
        except OSError as error:
            raise frames.Broken from error
        finally:
            late.cancel()

    def end(self) -> None:
        """Kill it and take its last breath."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            try:
                _pipe(pipe).close()
            except BrokenPipeError:
                _LOG.debug("a reading process ended before it took all of its document")


class ReadingProcesses:
    """A few processes that read documents, started when they are first needed."""

    def __init__(self, most: int = 2, command: Sequence[str] = COMMAND) -> None:
        """At most so many at a time; whoever comes when all are busy waits."""
        self._command = tuple(command)
        self._slots = BoundedSemaphore(most)
        self._lock = Lock()
        self._idle: list[ReadingProcess] = []
        weakref.finalize(self, _end_all, self._idle)

    def read(self, kind: Kind, data: bytes, limits: AttachmentLimits, seconds: float) -> Reading:
        """What the PDF or office document `data` says, within `seconds` and `limits`.

        Never raises for what a document holds: a process that dies or is late gives a reading
        with `Reason.FAILED`.
        """
        if seconds <= 0 or not self._slots.acquire(timeout=seconds):
            return unreadable(kind, Reason.FAILED)
        try:
            with self._process(limits) as process:
                return process.read(data, limits, seconds, pdf=kind is Kind.PDF)
        except (frames.Broken, OSError) as error:
            _LOG.warning("reading an attachment (%s) failed: %s", kind, type(error).__name__)
            return unreadable(kind, Reason.FAILED)
        finally:
            self._slots.release()

    def close(self) -> None:
        """End the processes that wait."""
        with self._lock:
            _end_all(self._idle)

    @contextmanager
    def _process(self, limits: AttachmentLimits) -> Iterator[ReadingProcess]:
        """A process; one that failed, or has read enough, is not used again."""
        with self._lock:
            process = self._idle.pop() if self._idle else None
        if process is not None and process.process.poll() is not None:
            process.end()  # something ended it while it waited
            process = None
        process = process or ReadingProcess(self._command)
        good = False
        try:
            yield process
            good = process.documents < limits.documents_per_process
        finally:
            if good:
                with self._lock:
                    self._idle.append(process)
            else:
                process.end()


def _end_all(processes: list[ReadingProcess]) -> None:
    while processes:
        processes.pop().end()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise frames.Broken
    return pipe
