"""A policy that never returns stops its worker, and only until another one has come."""

from __future__ import annotations

import shutil
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest
import requests

from gateway.pdp import bundle as bundles
from tests.e2e.conftest import Company, openai_shaped

if TYPE_CHECKING:
    from pathlib import Path

    from tests.simulators.upstream import Upstream

pytestmark = pytest.mark.e2e
STUCK_SECONDS = 2.0
_BIG = "big := [" + ",\n".join(map(str, range(300))) + "]\n"
_LOOP = """
deny contains reason if {
	input.request.stream == true
	found := [1 | some a in big; some b in big; some c in big; some d in big; a == 1000]
	count(found) > 0
	reason := {"rule": "BS-01", "code": "model.unknown", "params": {}}
}
"""


def looping(folder: Path) -> Path:
    """The shipped policies with a rule that does not return when a stream is asked for."""
    shutil.copytree(bundles.shipped_folder(), folder)
    rule = folder / "gateway" / "rules" / "bs_01.rego"
    rule.write_text(rule.read_text(encoding="utf-8") + _LOOP + _BIG, encoding="utf-8")
    return folder


def ask(company: Company, key: str, **more: Any) -> int:
    """The status of one request; 0 when the connection was cut."""
    body = {"model": "echo", "messages": [{"role": "user", "content": "hi"}], **more}
    headers = {"Authorization": f"Bearer {key}", "Connection": "close"}
    url = f"{company.base}/v1/chat/completions"
    try:
        return requests.post(url, json=body, headers=headers, timeout=30).status_code
    except requests.ConnectionError:
        return 0


class TestStuck:
    def test_a_worker_with_a_policy_that_loops_is_replaced(
        self, tmp_path: Path, upstream: Upstream
    ) -> None:
        """
        The examination was bypassed: the server was started on the folder. The worker dies, the
        caller's connection is cut, and a new worker answers as the old one did.
        """
        configuration = openai_shaped(upstream.base_url, "echo")
        configuration["policy"] = {
            "directory": str(looping(tmp_path / "policies")),
            "stuck_seconds": STUCK_SECONDS,
            "reload_seconds": 0,
        }
        company = Company(tmp_path, configuration)
        key = company.found("openai/api-default")
        company.start()
        try:
            before, status = company.workers(), ask(company, key)
            began = time.monotonic()

            assert status in (200, 403)
            assert ask(company, key, stream=True) == 0
            assert time.monotonic() - began < STUCK_SECONDS + 10

            end = time.monotonic() + 30
            while ask(company, key) != status and time.monotonic() < end:
                time.sleep(0.2)
            assert ask(company, key) == status
            assert company.workers().isdisjoint(before)
            assert "a policy does not return" in (tmp_path / "log").read_text()
        finally:
            company.kill(signal.SIGKILL)
