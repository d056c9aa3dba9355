"""A schedule goes on, whatever one of its jobs does."""

from __future__ import annotations

import threading

import pytest

from gateway.core.clock import SystemClock
from gateway.errors import StorageUnavailable
from gateway.jobs.runner import Job, Schedule


@pytest.mark.parametrize("error", [StorageUnavailable(), OSError("no memory"), KeyError("x")])
def test_a_job_that_breaks_does_not_end_the_others(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """
    Every job of the thread has its next turn, and so has the one that broke.
    """
    turns, all_had = {"breaks": 0, "beats": 0}, threading.Event()

    def breaks() -> None:
        turns["breaks"] += 1
        raise error

    def beats() -> None:
        turns["beats"] += 1
        if min(turns.values()) > 2:
            all_had.set()

    schedule = Schedule([Job("breaks", 0.001, breaks), Job("beats", 0.001, beats)], SystemClock())
    schedule.start()
    went_on = all_had.wait(5)
    schedule.stop()

    assert went_on
    assert "job breaks" in caplog.text


def test_no_other_job_holds_up_one_that_is_apart() -> None:
    """
    A worker gives signs of life while another job of it takes its time.
    """
    beats, enough = [], threading.Event()

    def beat() -> None:
        beats.append(1)
        if len(beats) > 2:
            enough.set()

    seen: list[bool] = []
    takes_long = Job("takes long", 0.001, lambda: seen.append(enough.wait(5)))
    schedule = Schedule([takes_long], SystemClock(), apart=[Job("beats", 0.001, beat)])
    schedule.start()
    assert enough.wait(5)
    schedule.stop()

    assert seen[0]
