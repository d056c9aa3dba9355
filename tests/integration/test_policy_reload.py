"""A changed folder of policies comes into force in a gateway that is at work."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from gateway.pdp import bundle as bundles
from tests.factories import an_installation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.factories import Installation
    from tests.simulators.upstream import Upstream

FILE = "gateway/rules/bs_01.rego"
_MORE = """
deny contains reason if {
	input.destination.known == true
	reason := {"rule": "BS-01", "code": "model.unknown", "params": {}}
}
"""
OFTEN = 3_600
"""Seconds: often enough that the job is there, and due only when a test says so."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped policies, without their tests: the change is meant to break some."""
    made = tmp_path / "policies"
    tests = shutil.ignore_patterns("*_test.rego")
    shutil.copytree(bundles.shipped_folder(), made, ignore=tests)
    return made


@pytest.fixture
def company(folder: Path, tmp_path: Path, upstream: Upstream) -> Iterator[Installation]:
    """A gateway that runs the copy and looks at it when told to."""
    policy = {"directory": str(folder), "reload_seconds": OFTEN}
    made = an_installation(tmp_path, upstream.base_url, policy=policy)
    made.gateway.reload.stop()
    yield made
    made.close()


def change(folder: Path, text: str) -> None:
    """Add to a rule of the folder."""
    path = folder / FILE
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def look(company: Installation) -> None:
    """Let the job look at the folder now."""
    for job in company.gateway.reload.jobs:
        job.work()


class TestReload:
    def test_a_sound_change_decides_the_next_request(
        self, company: Installation, folder: Path
    ) -> None:
        """
        The revision in the answer's header, the decision, the texts and the metric follow.
        """
        key = company.key_for()
        before = company.chat(key)
        change(folder, _MORE)
        title = (folder / FILE).read_text(encoding="utf-8").replace("Known models", "Our models", 1)
        (folder / FILE).write_text(title, encoding="utf-8")

        look(company)
        after = company.chat(key)

        assert (before.status_code, after.status_code) == (200, 403)
        revisions = [item.headers["x-proviso-policy-revision"] for item in (before, after)]
        assert revisions[0] != revisions[1] == company.gateway.bundle.revision
        assert company.gateway.reasons.title("BS-01").startswith("Our models")
        metrics = company.client.get("/metrics").text
        assert 'proviso_policy_reload_total{result="activated"} 1.0' in metrics

    def test_a_bad_change_changes_nothing_and_shows(
        self, company: Installation, folder: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        """
        Requests are judged as before; readiness, metric and log say what waits.
        """
        key, before = company.key_for(), company.gateway.bundle.revision
        change(folder, '\nx := http.send({"url": "http://127.0.0.1"})\n')

        look(company)

        assert company.chat(key).status_code == 200
        assert company.gateway.bundle.revision == before
        ready = company.client.get("/readyz")
        assert ready.status_code == 200
        assert ready.json["checks"]["policy_folder"] == "failing"
        assert f"{FILE}:" in caplog.text
        assert "builtin.allowed" in caplog.text
        metrics = company.client.get("/metrics").text
        assert 'proviso_policy_reload_total{result="refused"} 1.0' in metrics
