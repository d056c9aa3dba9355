"""Several workers are one gateway: one log, one set of counts."""

from __future__ import annotations

import re
import signal
import threading
import time
from typing import TYPE_CHECKING

import pytest
import requests
from prometheus_client.multiprocess import MultiProcessCollector

from tests.e2e.conftest import Company, openai_shaped

if TYPE_CHECKING:
    from pathlib import Path

    from tests.simulators.upstream import Upstream

pytestmark = pytest.mark.e2e
REQUESTS, THREADS = 40, 4


class TestTwoWorkers:
    def test_one_log_and_one_count(
        self, tmp_path: Path, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        Requests spread over two processes leave one contiguous log, and metrics add them up: within
        seconds for whoever asks, and to the last one when the workers are stopped.
        """
        monkeypatch.setenv("TMPDIR", str(tmp_path))  # where workers keep their counts
        configuration = openai_shaped(upstream.base_url, "echo")
        configuration["server"] = {"threads": 16, "streams": 8, "workers": 2}
        company = Company(tmp_path, configuration)
        key = company.found("openai/api-default")
        company.start()
        statuses: list[int] = []

        def ask(times: int = REQUESTS // THREADS) -> None:
            for _ in range(times):
                body = {"model": "echo", "messages": [{"role": "user", "content": "hi"}]}
                answer = requests.post(
                    f"{company.base}/v1/chat/completions",
                    json=body,
                    headers={"Authorization": f"Bearer {key}", "Connection": "close"},
                    timeout=10,
                )
                statuses.append(answer.status_code)

        threads = [threading.Thread(target=ask) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        until = time.monotonic() + 10
        while (scraped := self.scraped(company)) != REQUESTS and time.monotonic() < until:
            time.sleep(0.1)
        ask(1)
        company.kill(signal.SIGTERM)

        assert statuses == [200] * (REQUESTS + 1)
        assert scraped == REQUESTS
        assert self.left(tmp_path) == REQUESTS + 1
        verdict = company.json("audit", "verify", "--tenant", "acme")
        assert verdict["intact"]
        assert verdict["size"] == 2 * (REQUESTS + 1) + 6

    @staticmethod
    def scraped(company: Company) -> float:
        """Decisions about requests, as whichever worker is asked adds them up."""
        metrics = requests.get(f"{company.base}/metrics", timeout=5).text
        found = re.search(
            r'^proviso_decisions_total\{.*phase="request".*\} (\S+)$', metrics, re.MULTILINE
        )
        return float(found[1]) if found is not None else 0

    @staticmethod
    def left(folder: Path) -> float:
        """Decisions about requests in what stopped workers have left."""
        files = [str(path) for path in folder.glob("proviso-metrics-*/*.db")]
        return sum(
            sample.value
            for metric in MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]
            for sample in metric.samples
            if sample.name == "proviso_decisions_total" and sample.labels["phase"] == "request"
        )
