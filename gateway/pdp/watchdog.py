"""What ends a worker whose policy never returns.

The embedded engine holds the interpreter's lock while it evaluates and has no time limit:
a rule that loops stops every thread of its worker, and nothing in that process can act any
more. So each worker starts a tiny process and sends it a byte each second. When none comes
for the agreed time, the worker is ended, and the server starts another.

Run as a program, this file needs the standard library alone: ``watchdog.py PID SECONDS``.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from threading import Event, Thread

_BEAT_SECONDS = 1.0
_SAID = b"the worker did not answer: a policy does not return. It is ended.\n"


class Watchdog:
    """The process that watches this one, and the thread that tells it that all is well."""

    def __init__(self, seconds: float) -> None:
        """End this process after `seconds` without a sign of life; 0 watches nothing."""
        self._seconds = seconds
        self._ended = Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: Thread | None = None

    def start(self) -> None:
        """Start watching; after a fork, in the child."""
        if self._seconds <= 0:
            return
        self._ended.clear()
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and this very file
            [sys.executable, "-I", "-S", __file__, str(os.getpid()), str(self._seconds)],
            stdin=subprocess.PIPE,
            env={},
        )
        self._thread = Thread(target=self._beat, name="watchdog", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the watching; this process is not ended by it."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(_BEAT_SECONDS)
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.wait()
        self._process = self._thread = None

    def _beat(self) -> None:
        if self._process is None or self._process.stdin is None:
            return
        beat = min(_BEAT_SECONDS, self._seconds / 4)
        pipe = self._process.stdin.fileno()
        while not self._ended.wait(beat):
            try:
                os.write(pipe, b".")
            except OSError:
                return  # it is gone; without it the worker is merely not watched


def watch(pid: int, seconds: float) -> None:
    """End process `pid`, our parent, when standard input is silent for `seconds`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the worker is told, and closes the pipe
    while True:
        ready, _, _ = select.select([0], [], [], seconds)
        if ready and os.read(0, 64):
            continue
        # A closed pipe is a worker that has ended. A process of that number that is not our
        # parent any more is somebody else.
        if not ready and os.getppid() == pid:
            os.write(2, _SAID)
            os.kill(pid, signal.SIGKILL)
        return


if __name__ == "__main__":
    watch(int(sys.argv[1]), float(sys.argv[2]))
