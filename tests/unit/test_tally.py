"""What is counted is settled once, whole, and seen by whoever asks."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from functools import partial
from itertools import pairwise
from threading import Barrier, Thread
from time import sleep
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.multiprocess import MultiProcessCollector

from gateway.tally import Level, Spans, Tally
from gateway.telemetry import MULTIPROCESS_VARIABLE, Metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

THREADS, EACH = 8, 20_000
BOUNDS = (0.001, 0.5, 10.0, math.inf)


class Shown:
    """Stands for a metric of Prometheus: what was handed on to it, settlement by settlement."""

    def __init__(self) -> None:
        self.amounts: list[float] = []
        self.counts: list[Sequence[int]] = []
        self.meanwhile: Callable[[], None] = partial(sleep, 0)  # another thread's turn

    def inc(self, amount: float) -> None:
        self.meanwhile()
        self.amounts.append(amount)

    def add(self, seconds: float, counts: Sequence[int]) -> None:
        self.inc(seconds)
        self.counts.append(counts)


@pytest.fixture
def hurried() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def beside(work: Callable[[], None], settle: Callable[[], None]) -> None:
    """Do `work` in many threads, and settle for as long as they run, and once at the end."""
    ready = Barrier(THREADS)

    def begin() -> None:
        ready.wait()
        work()

    threads = [Thread(target=begin) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        settle()
    settle()


class TestTally:
    @given(st.lists(st.lists(st.integers(0, 10**9))))
    def test_each_settlement_hands_on_what_came_since_the_last_once(
        self, rounds: list[list[int]]
    ) -> None:
        """
        However much was counted; and where nothing was, the metric is left alone.
        """
        shown = Shown()
        tally = Tally(shown)
        for amounts in rounds:
            for amount in amounts:
                tally.inc(amount)
            tally.settle()

        assert shown.amounts == [sum(amounts) for amounts in rounds if any(amounts)]

    @pytest.mark.usefixtures("hurried")
    def test_nothing_is_lost_or_doubled_between_threads(self) -> None:
        """
        Neither between those that count nor by a settlement in the midst of them.
        """
        shown = Shown()
        tally = Tally(shown)

        def work() -> None:
            for _ in range(EACH):
                tally.inc()

        beside(work, tally.settle)

        assert sum(shown.amounts) == THREADS * EACH

    def test_what_is_counted_during_a_settlement_is_for_the_next(self) -> None:
        """
        It is neither lost nor handed on twice.
        """
        shown = Shown()
        tally = Tally(shown)
        shown.meanwhile = partial(tally.inc, 5)
        tally.inc(2)
        tally.settle()
        shown.meanwhile = int
        tally.settle()
        tally.settle()

        assert shown.amounts == [2, 5]

    @pytest.mark.parametrize("amount", [-1, -0.5, math.nan])
    def test_a_count_only_grows(self, amount: float) -> None:
        """
        What would fall is refused where it is said, not later where it is settled.
        """
        shown = Shown()
        tally = Tally(shown)
        with pytest.raises(ValueError, match="only grows"):
            tally.inc(amount)
        tally.settle()

        assert shown.amounts == []


class TestLevel:
    @given(st.lists(st.sampled_from(["inc", "dec", "settle"])))
    def test_it_stands_where_it_stands(self, steps: list[str]) -> None:
        """
        What was shown is the level at the last settlement, also where it fell since the one before.
        """
        shown = Shown()
        level = Level(shown)
        for step in (*steps, "settle"):
            getattr(level, step)()

        assert sum(shown.amounts) == steps.count("inc") - steps.count("dec")

    @pytest.mark.usefixtures("hurried")
    def test_whatever_rose_falls_again(self) -> None:
        """
        Among threads that come and go it is nought at the end.
        """
        shown = Shown()
        level = Level(shown)

        def work() -> None:
            for _ in range(EACH):
                level.inc()
                level.dec()

        beside(work, level.settle)

        assert sum(shown.amounts) == 0


class TestSpans:
    @pytest.mark.usefixtures("hurried")
    def test_every_span_is_counted_once(self) -> None:
        """
        In its place, and in the sum, whoever settles meanwhile.
        """
        shown = Shown()
        spans = Spans(shown, BOUNDS)

        def work() -> None:
            for _ in range(EACH):
                spans.observe(0.25)
                spans.observe(16)

        beside(work, spans.settle)

        counted = [sum(column) for column in zip(*shown.counts, strict=True)]
        assert counted == [0, THREADS * EACH, 0, THREADS * EACH]
        assert sum(shown.amounts) == THREADS * EACH * 16.25

    def test_what_is_noted_during_a_settlement_is_for_the_next(self) -> None:
        """
        It is neither lost nor handed on twice.
        """
        shown = Shown()
        spans = Spans(shown, BOUNDS)
        shown.meanwhile = partial(spans.observe, 16)
        spans.observe(0.25)
        spans.settle()
        shown.meanwhile = int
        spans.settle()
        spans.settle()

        assert shown.amounts == [0.25, 16]
        assert shown.counts == [[0, 1, 0, 0], [0, 0, 0, 1]]

    @given(st.lists(st.floats(0, 20)), st.lists(st.floats(0, 20)))
    def test_settlements_add_up(self, first: list[float], second: list[float]) -> None:
        """
        A span belongs to the first bound that is not below it.
        """
        shown = Shown()
        spans = Spans(shown, BOUNDS)
        for taken in (first, second):
            for seconds in taken:
                spans.observe(seconds)
            spans.settle()
        places = [
            sum(low < seconds <= high for seconds in (*first, *second))
            for low, high in pairwise((-1.0, *BOUNDS))
        ]

        assert [sum(column) for column in zip([0] * 4, *shown.counts, strict=True)] == places
        assert sum(shown.amounts) == pytest.approx(sum(first) + sum(second))

    @pytest.mark.parametrize("bounds", [(), (1.0,), (*range(40), math.inf)])
    def test_there_must_be_a_place_for_every_span(self, bounds: tuple[float, ...]) -> None:
        """
        Bounds that end before infinity, or are more than there is room for, are refused.
        """
        with pytest.raises(ValueError, match="no place"):
            Spans(Shown(), bounds)


class TestMetrics:
    @pytest.mark.usefixtures("hurried")
    def test_a_scrape_has_what_was_counted_before_it(self) -> None:
        """
        Also while others scrape: whoever comes second waits for the first one's settlement.
        """
        metrics = Metrics()
        missed: list[str] = []

        def work() -> None:
            for at in range(20):
                metrics.error("x").inc()
                line = next(
                    line
                    for line in metrics.expose().decode().splitlines()
                    if line.startswith('proviso_errors_total{code="x"}')
                )
                if float(line.split()[-1]) <= at:
                    missed.append(line)

        beside(work, metrics.settle)

        assert missed == []
        assert b'proviso_errors_total{code="x"} 160.0' in metrics.expose()

    def test_what_is_counted_on_an_old_tally_counts(self) -> None:
        """
        Thousands of labels later, whoever kept the first one's tally still counts on it.
        """
        metrics = Metrics()
        first = metrics.error("first")
        for at in range(5_000):
            metrics.error(f"code {at}").inc()
        first.inc()

        assert b'proviso_errors_total{code="first"} 1.0' in metrics.expose()


WORKER = """
import json
import os
from pathlib import Path

from gateway.telemetry import Metrics
from tests.unit.test_tally import in_files

metrics, folder = Metrics(), Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
metrics.in_flight.inc()
metrics.provider_in_flight("sim").inc()
metrics.error("x").inc(3)
with metrics.stage("x").time():
    pass
at_once = in_files(folder)
metrics.settle()
print(json.dumps([at_once, in_files(folder)]))
"""
LEVELS = {"proviso_in_flight_requests": 1, "proviso_provider_in_flight": 1}


def in_files(folder: Path) -> dict[str, float]:
    """What a scrape of another worker reads of the counts that are not nought, by name."""
    files = [str(path) for path in folder.glob("*.db")]
    return {
        sample.name: sample.value
        for metric in MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]
        for sample in metric.samples
        if sample.value and not sample.name.endswith(("_bucket", "_sum"))
    }


class TestWorkers:
    def test_another_worker_reads_what_was_settled(self, tmp_path: Path) -> None:
        """
        What is in progress it reads at once; counts, when they are settled, as they are each second
        and at the end.
        """
        done = subprocess.run(
            [sys.executable, "-c", WORKER],
            env={**os.environ, MULTIPROCESS_VARIABLE: str(tmp_path)},
            capture_output=True,
            check=True,
        )
        at_once, settled = json.loads(done.stdout)

        assert at_once == LEVELS
        assert settled == {**LEVELS, "proviso_errors_total": 3, "proviso_stage_seconds_count": 1}
        assert in_files(tmp_path) == settled
