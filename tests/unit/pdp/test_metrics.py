"""What operators see of decisions remembered and policies changed."""

from __future__ import annotations

from gateway.pdp.cache import CachedPdp
from gateway.telemetry import Metrics
from tests.unit.pdp.builders import ACME, ToldEngine, permit


class TestMetrics:
    def test_size_and_hits_of_the_cache(self) -> None:
        """
        Answers found and computed, decisions kept, and the memory they take.
        """
        metrics, cache = Metrics(), CachedPdp(ToldEngine(permit()), 10)
        metrics.follow_cache(cache)
        for _ in range(3):
            cache.decide(ACME, "gateway/decision", b"{}")

        text = metrics.expose().decode()
        counts = {
            name: float(line.rsplit(" ", 1)[1])
            for line in text.splitlines()
            for name in ("hits", "misses", "entries", "bytes")
            if line.startswith(f'proviso_decision_cache{{count="{name}"}}')
        }

        assert counts == {"hits": 2, "misses": 1, "entries": 1, "bytes": cache.size}

    def test_changes_of_the_policies(self) -> None:
        """
        What came of each change of the folder is counted.
        """
        metrics = Metrics()
        metrics.policy_reload("refused").inc()

        assert 'proviso_policy_reload_total{result="refused"} 1.0' in metrics.expose().decode()
