"""A worker that shows no sign of life is ended; one that does is left alone."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gateway.pdp.watchdog import Watchdog

ROOT = Path(__file__).resolve().parents[3]
_WORKER = """
import sys, time
sys.path.insert(0, {root!r})
from gateway.pdp.watchdog import Watchdog
watchdog = Watchdog({seconds})
watchdog.start()
print(watchdog._process.pid if watchdog._process else 0, flush=True)
{work}
"""
_LOOP = """
from gateway.pdp.engine import CoveringEngine
big = "big := [" + ",\\n".join(map(str, range(200))) + "]"
loops = "some a in big; some b in big; some c in big; some d in big; a == 300"
text = "package p\\n" + big + "\\nx := count([1 | " + loops + "])\\n"
CoveringEngine([("p.rego", text)], {}).value("data.p.x")
"""


def worker(seconds: float, work: str) -> subprocess.Popen[str]:
    """A process that starts a watchdog and then does `work`."""
    text = _WORKER.format(root=str(ROOT), seconds=seconds, work=work)
    return subprocess.Popen(
        [sys.executable, "-c", text], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def alive(pid: int) -> bool:
    """Whether a process of that number runs."""
    return Path(f"/proc/{pid}").exists()


class TestWatchdog:
    def test_a_worker_in_an_endless_evaluation_is_ended(self) -> None:
        """
        The engine holds the interpreter's lock: no thread can act, and so another process does.
        """
        process = worker(1.0, _LOOP)
        began = time.monotonic()
        _, said = process.communicate(timeout=30)

        assert process.returncode == -signal.SIGKILL
        assert "a policy does not return" in said
        assert time.monotonic() - began < 20

    def test_a_worker_that_works_is_left_alone(self) -> None:
        """
        Busy Python gives its lock away now and then; that is sign of life enough.
        """
        work = "end = time.monotonic() + 3\nwhile time.monotonic() < end: sum(range(1000))"
        process = worker(1.0, work)
        process.communicate(timeout=30)

        assert process.returncode == 0

    def test_it_ends_with_its_worker(self) -> None:
        """
        No watchdog outlives what it watches, whichever way that ended.
        """
        process = worker(60.0, "time.sleep(60)")
        assert process.stdout is not None
        watching = int(process.stdout.readline())
        assert alive(watching)

        process.kill()
        process.communicate()

        end = time.monotonic() + 5
        while alive(watching) and time.monotonic() < end:
            time.sleep(0.02)
        assert not alive(watching)

    @pytest.mark.parametrize("seconds", [0.0, 5.0])
    def test_starting_and_stopping(self, seconds: float) -> None:
        """
        Stopped, it ends nobody; with no time agreed, there is no process at all.
        """
        watchdog = Watchdog(seconds)
        watchdog.start()
        assert (watchdog._process is not None) == bool(seconds)

        watchdog.stop()
        watchdog.stop()

        assert watchdog._process is None
