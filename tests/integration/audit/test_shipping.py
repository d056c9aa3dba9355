"""A SIEM receives while the gateway runs, however unwell it is, and gets no word of anybody."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner

from gateway.cli import proviso
from tests.factories import EMMA, an_installation
from tests.simulators.siem import Siem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.factories import Installation
    from tests.simulators.upstream import Upstream

WORDS = "Please write to jane.roe@example.com about Project Nightjar"
SECRETS = ("Nightjar", "jane.roe", EMMA, "AKIA")


@pytest.fixture
def siem() -> Iterator[Siem]:
    """A receiver."""
    with Siem() as simulator:
        yield simulator


@pytest.fixture
def shipping(tmp_path: Path, upstream: Upstream, siem: Siem) -> Iterator[Installation]:
    """A running gateway that sends its log to the receiver."""
    made = an_installation(tmp_path, upstream.base_url, audit=audit(siem))
    yield made
    made.close()


def audit(siem: Siem) -> dict[str, Any]:
    """The section of the settings."""
    sink = {"kind": "http", "url": siem.url, "tenants": ["acme"], "seconds": 0.3}
    return {"sinks": {"siem": sink}, "ship_seconds": 0.2}


def eventually(condition: Any) -> bool:
    """Whether it comes true within ten seconds."""
    for _ in range(200):
        if condition():
            return True
        time.sleep(0.05)
    return False


def received(siem: Siem) -> set[int]:
    """The places of the log that have arrived."""
    return {line["sequence"] for line in siem.lines()}


class TestWhileItRuns:
    def test_everything_arrives_whatever_the_receiver_does(
        self, shipping: Installation, siem: Siem
    ) -> None:
        """
        It answers 503, hangs, cuts the line, loses its answer, and is well again: no entry is
        missing, those given twice have one id, and the metrics have counted.
        """
        key = shipping.key_for()
        for mood in ("failing", "hanging", "dropping", "swallowing"):
            setattr(siem, mood, 5 if mood == "failing" else 2)
            for _ in range(3):
                assert shipping.chat(key, WORDS).status_code == 200
            assert eventually(lambda mood=mood: getattr(siem, mood) == 0)
        size = len(shipping.entries())
        complete = eventually(lambda: received(siem) >= set(range(size)))
        metrics = shipping.gateway.metrics.expose().decode()

        assert complete
        ids = {line["sequence"]: line["id"] for line in siem.lines()}
        assert all(ids[line["sequence"]] == line["id"] for line in siem.lines())
        assert len(siem.lines()) > len(ids)
        failures = [line for line in metrics.splitlines() if "outflow_failures_total{" in line]
        assert len(failures) == 1
        assert float(failures[0].split()[-1]) > 0

    def test_no_content_leaves(self, shipping: Installation, siem: Siem) -> None:
        """
        P7: of a request that was answered, and of one that was refused, labels only.
        """
        key = shipping.key_for()
        shipping.chat(key, WORDS)
        shipping.chat(key, f"{WORDS} AKIAIOSFODNN7EXAMPLE")
        size = len(shipping.entries())

        assert eventually(lambda: received(siem) >= set(range(size)))
        sent = b"".join(body for _, body in siem.posts).decode()
        assert not [secret for secret in SECRETS if secret in sent]

    def test_it_lags_and_says_so(self, shipping: Installation, siem: Siem) -> None:
        """
        The gauges of a receiver that takes nothing, for an alert.
        """
        siem.failing = 10_000
        shipping.chat(shipping.key_for(), WORDS)

        def behind() -> bool:
            text = shipping.gateway.metrics.expose().decode()
            lines = [line for line in text.splitlines() if "lag_entries{" in line]
            return bool(lines) and float(lines[0].split()[-1]) > 0

        assert eventually(behind)


class TestCommand:
    def test_it_goes_on_where_the_gateway_stopped(
        self, tmp_path: Path, upstream: Upstream, siem: Siem
    ) -> None:
        """
        The cursor is in the database: `proviso audit ship --once` sends what is new, then nothing.
        """
        made = an_installation(tmp_path, upstream.base_url)
        made.chat(made.key_for(), WORDS)
        made.close()
        settings = made.gateway.settings
        document = {
            "database": settings.database, "secret_file": str(settings.secret_file),
            "audit": audit(siem),
        }  # fmt: skip
        file = tmp_path / "proviso.yaml"
        file.write_text(yaml.safe_dump(document))
        words = [
            "audit",
            "ship",
            "--tenant",
            "acme",
            "--to",
            "siem",
            "--once",
            "--config",
            str(file),
        ]
        first = CliRunner().invoke(proviso, words)
        second = CliRunner().invoke(proviso, words)
        siem.failing = 10
        unknown = CliRunner().invoke(proviso, [*words[:-1], str(file), "--to", "nobody"])

        assert first.exit_code == second.exit_code == 0, first.output
        assert received(siem) == set(range(len(siem.lines())))
        assert second.output == "siem: 0 entries\n"
        assert unknown.exit_code == 2
