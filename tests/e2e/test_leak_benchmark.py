"""A bar nobody here wrote: the public `pii-leak-benchmark` against a running gateway.

It plays the client and the provider at once. Its first profile sends personal data and
credentials and asks what the provider got and what came back. Its second asks two opposite
things of one stream: the caller's own values restored, and everybody else's taken out,
however they are encoded and wherever the stream is cut.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.e2e.conftest import Company, free_port, openai_shaped

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.e2e
BENCHMARK = Path(sys.executable).with_name("pii-leak-benchmark")
SPLITS = Path(sys.executable).with_name("pii-leak-benchmark-v2")
OTHERS = "CREDIT_CARD,EMAIL_ADDRESS,PHONE_NUMBER,US_SSN"
"""The types that the second profile puts into answers, as a tenant would list them."""

SEED = "a1b2c3d4e5f60001"


class Target(NamedTuple):
    """A running gateway whose provider is the benchmark's own capture."""

    company: Company
    key: str
    capture: int

    def run(self, program: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The benchmark's command, with what it says."""
        return subprocess.run(
            [program, *arguments],
            cwd=self.company.folder,
            env={**os.environ, "V2_GATEWAY_TOKEN": self.key},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """
    A gateway as its documentation sets one up, for a tenant that wants others' data taken out.
    """
    capture = free_port()
    company = Company(
        tmp_path_factory.mktemp("benchmark"),
        openai_shaped(f"http://127.0.0.1:{capture}/v1", "conformance-model", "test"),
    )
    key = company.found("openai/api-default")
    for name, value in (("ip_06_others", OTHERS), ("ip_06_restored", "request")):
        company.run("parameters", "set", name, value, "--tenant", "acme")
    company.start()
    yield Target(company, key, capture)
    company.kill(signal.SIGTERM)


def reported(path: Path) -> dict[str, Any]:
    """A report of the benchmark."""
    report: dict[str, Any] = json.loads(path.read_text())
    return report


def checked(target: Target, profile: str) -> tuple[str, dict[str, Any]]:
    """What the first profile says of the gateway, and its report."""
    out = target.company.folder / f"{profile}.json"
    done = target.run(
        BENCHMARK, "selfcheck",
        "--profile", profile,
        "--target-base-url", f"{target.company.base}/v1",
        "--target-api-key", target.key,
        "--capture-port", str(target.capture),
        "--json-out", str(out),
    )  # fmt: skip
    return done.stdout + done.stderr, reported(out)


class TestBenchmark:
    def test_nothing_leaves_and_everything_comes_back(self, target: Target) -> None:
        """
        The first profile: no personal value reaches the provider, the caller gets its own values
        back, and the stream is sound.
        """
        said, report = checked(target, "pii-v1")

        assert "\n  CLEAN" in said, said
        assert report["passed"] is True

    def test_credentials_do_not_leave_at_all(self, target: Target) -> None:
        """
        With credentials in the prompt there is nothing to measure: the gateway refuses it whole,
        and no request of it arrives at the provider.
        """
        said, report = checked(target, "pii-secrets-v1")
        boundary = report["checks"]["configured_upstream_boundary"]

        assert "answered HTTP 403 and forwarded" in said, said
        assert boundary["correlated_requests"] == 0

    def test_others_values_are_taken_out_at_any_split(self, target: Target) -> None:
        """
        The second profile: own values restored, others' redacted, from every part of a request,
        encoded or not, at every place where a value can be cut in two.
        """
        out = target.company.folder / "splits"
        done = target.run(
            SPLITS,
            "--out", str(out),
            "--only", "proviso",
            "--gateway-url", f"{target.company.base}/v1/chat/completions",
            "--upstream-port", str(target.capture),
            "--model", "test",
            "--seed", SEED,
            "--oracle", "exhaustive-2-part",
        )  # fmt: skip
        report = reported(out / "proviso.json")

        assert done.returncode == 0, done.stdout + done.stderr
        assert report["outcome"] == "pass", done.stdout
