"""Several workers are one gateway: one log, one set of counts."""

from __future__ import annotations

import re
import signal
import threading
from typing import TYPE_CHECKING

import pytest
import requests

from tests.e2e.conftest import Company, openai_shaped

if TYPE_CHECKING:
    from pathlib import Path

    from tests.simulators.upstream import Upstream

pytestmark = pytest.mark.e2e
REQUESTS, THREADS = 40, 4


class TestTwoWorkers:
    def test_one_log_and_one_count(self, tmp_path: Path, upstream: Upstream) -> None:
        """
        Requests spread over two processes leave one contiguous log, and metrics add them up.
        """
        configuration = openai_shaped(upstream.base_url, "echo")
        configuration["server"] = {"threads": 16, "streams": 8, "workers": 2}
        company = Company(tmp_path, configuration)
        key = company.found("openai/api-default")
        company.start()
        statuses: list[int] = []

        def ask() -> None:
            for _ in range(REQUESTS // THREADS):
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
        metrics = requests.get(f"{company.base}/metrics", timeout=5).text
        company.kill(signal.SIGTERM)
        counted = re.search(
            r'^proviso_decisions_total\{.*phase="request".*\} (\S+)$', metrics, re.MULTILINE
        )

        assert statuses == [200] * REQUESTS
        assert counted is not None, metrics
        assert float(counted[1]) == REQUESTS
        verdict = company.json("audit", "verify", "--tenant", "acme")
        assert verdict["intact"]
        assert verdict["size"] == 2 * REQUESTS + 6
