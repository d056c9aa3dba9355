"""What is measured is what Prometheus would have measured."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Histogram, generate_latest

from gateway.telemetry import Metrics

NAME = "proviso_stage_seconds"
BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
spans = st.one_of(st.sampled_from(BOUNDS), st.floats(0, 1000, allow_nan=False))


def said(exposed: bytes) -> list[str]:
    """The samples of the histogram, without the time when it was made."""
    lines = exposed.decode().splitlines()
    return [line for line in lines if line.startswith(NAME) and "_created" not in line]


class TestSeconds:
    @given(st.lists(spans, min_size=1))
    def test_every_span_stands_in_the_bucket_of_prometheus(self, taken: list[float]) -> None:
        """
        Also the one that is exactly a bound, and the one that is longer than all of them.
        """
        metrics, registry = Metrics(), CollectorRegistry()
        usual = Histogram(NAME, "x", ["stage"], buckets=BOUNDS, registry=registry).labels("x")
        for seconds in taken:
            metrics.stage("x").observe(seconds)
            usual.observe(seconds)

        assert said(metrics.expose()) == said(generate_latest(registry))

    def test_a_block_is_measured_also_when_it_fails(self) -> None:
        """
        What took long before it broke is not left out.
        """
        metrics = Metrics()
        for _ in range(2):
            with pytest.raises(LookupError), metrics.stage("x").time():
                raise LookupError

        assert f'{NAME}_count{{stage="x"}} 2.0' in said(metrics.expose())
