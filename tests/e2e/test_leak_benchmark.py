"""A bar nobody here wrote: the public `pii-leak-benchmark` against a running gateway.

It plays the client and the provider at once. Its first program sends personal data, and in its
second profile credentials as well, and asks what the provider got and what came back. Its other
program asks two opposite things of one stream: the caller's own values restored, and everybody
else's taken out, however they are encoded and wherever the stream is cut.

The profile with credentials passes under two duties: ``restore``, where everything comes back
word for word, and ``anonymize``, where it need not. A credential that came back would be in
whatever shows the answer, so here none ever does, and the duty to measure by is the second.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.e2e.conftest import Company, free_port, openai_shaped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.e2e
PROFILES, SPLITS = "pii_leak_benchmark.cli", "pii_leak_benchmark.v2_cli"
RUN = (
    "import runpy, socketserver, sys\n"
    "socketserver.BaseServer.serve_forever.__defaults__ = (0.02,)\n"
    "del sys.argv[0]\n"
    "sys.exit(runpy.run_module(sys.argv[0])['main']())\n"
)
"""Its servers, one a case, look twice a second whether they should end: a quarter of a minute of
sleep in all. Nothing that it measures hangs on that."""

OTHERS = "CREDIT_CARD,EMAIL_ADDRESS,PHONE_NUMBER,US_SSN"
"""The types that the second profile puts into answers, as a tenant would list them."""

KEPT_NOWHERE = "kept-nowhere"
"""The model for what is restricted, as everything is that held a credential (IP-03)."""

CREDENTIALS = ("AWS_ACCESS_KEY_ID", "GITHUB_TOKEN", "SLACK_TOKEN")
SEED = "a1b2c3d4e5f60001"


class Target(NamedTuple):
    """A running gateway whose provider is the benchmark's own capture."""

    company: Company
    key: str
    capture: int

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One of the benchmark's commands, with what it says."""
        return subprocess.run(
            [sys.executable, "-c", RUN, program, *arguments],
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
    company = Company(tmp_path_factory.mktemp("benchmark"), configuration(capture))
    key = company.found("openai/api-default", "openai/api-zdr")
    company.do("parameters", "set", "ip_06_others", OTHERS, "--tenant", "acme")
    company.do("parameters", "set", "ip_06_restored", "request", "--tenant", "acme")
    company.start()
    yield Target(company, key, capture)
    company.kill(signal.SIGTERM)


def configuration(capture: int) -> dict[str, Any]:
    """Two contracts with the same provider; under one of them it keeps nothing."""
    made = openai_shaped(f"http://127.0.0.1:{capture}/v1", "conformance-model", "test")
    made["providers"]["keeps-nothing"] = made["providers"]["sim"] | {"tier": "openai/api-zdr"}
    made["models"][KEPT_NOWHERE] = {"provider": "keeps-nothing", "upstream": "conformance-model"}
    return made


def reported(path: Path) -> dict[str, Any]:
    """A report of the benchmark."""
    report: dict[str, Any] = json.loads(path.read_text())
    return report


def checked(target: Target, profile: str, *how: str) -> tuple[str, dict[str, Any]]:
    """What the first program says of the gateway, and its report."""
    out = target.company.folder / f"{profile}.json"
    done = target.run(
        PROFILES, "selfcheck",
        "--profile", profile,
        "--target-base-url", f"{target.company.base}/v1",
        "--target-api-key", target.key,
        "--capture-port", str(target.capture),
        "--json-out", str(out),
        *how,
    )  # fmt: skip
    return done.stdout + done.stderr, reported(out)


@pytest.fixture
def taken_out(target: Target) -> Iterator[Target]:
    """The same gateway, whose tenant has credentials taken out rather than refused."""
    set_ = ("parameters", "set", "ip_07_taken_out")
    target.company.do(*set_, "any", "--tenant", "acme")
    yield target
    target.company.do(*set_, "single_token", "--tenant", "acme")


class TestBenchmark:
    def test_nothing_leaves_and_everything_comes_back(self, target: Target) -> None:
        """
        The first profile: no personal value reaches the provider, the caller gets its own values
        back, and the stream is sound.
        """
        said, report = checked(target, "pii-v1")

        assert "\n  CLEAN" in said, said
        assert report["passed"] is True

    def test_credentials_are_refused_where_nobody_asked_for_more(self, target: Target) -> None:
        """
        With credentials in the prompt there is nothing to measure: the gateway refuses it whole,
        and no request of it arrives at the provider.
        """
        said, report = checked(target, "pii-secrets-v1", "--target-model", KEPT_NOWHERE)
        boundary = report["checks"]["configured_upstream_boundary"]

        assert "answered HTTP 403 and forwarded" in said, said
        assert boundary["captured_requests"] == 0

    def test_credentials_are_taken_out_where_the_tenant_wants_it(self, taken_out: Target) -> None:
        """
        The second profile: the request goes on and no value of it reaches the provider, personal
        or secret.
        """
        said, report = checked(
            taken_out, "pii-secrets-v1", "--target-model", KEPT_NOWHERE, "--duty", "anonymize"
        )
        boundary = report["checks"]["configured_upstream_boundary"]

        assert "\n  CLEAN" in said, said
        assert boundary["passed"] is True
        assert boundary["correlated_requests"] == 3
        assert boundary["needle_lengths"].keys() >= set(CREDENTIALS)

    def test_of_what_was_taken_out_credentials_alone_stay_out(self, taken_out: Target) -> None:
        """
        Under the other duty it misses the credentials in the answer, and nothing but them.
        """
        said, report = checked(taken_out, "pii-secrets-v1", "--target-model", KEPT_NOWHERE)
        failed = {name for name, check in report["checks"].items() if not check["passed"]}

        assert failed == {"response_fidelity", "fragmentation_safety"}, said
        assert re.findall(r"FAIL  (\w+) was not restored", said) == list(CREDENTIALS)

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
