"""What nobody thought of, in the middle of a batch: said, counted, and the rest goes on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from gateway.identity.standing import Standing
from gateway.web.api.batch_worker import BatchWorker, Worked
from gateway.web.api.routes import BATCHED, MESSAGES_BATCHED
from tests.factories import measured
from tests.integration.test_batches import Caller, a_line, company

if TYPE_CHECKING:
    import pytest

    from gateway.assembly import Gateway
    from tests.factories import Installation

__all__ = ["company"]


class Failing:
    """Something that fails in a way that nobody thought of, as often as it is told to."""

    def __init__(self, real: Any, name: str, times: int) -> None:
        self._real, self._name, self._left = real, name, times

    def __getattr__(self, name: str) -> Any:
        """What is asked for, or the failure."""
        if name == self._name and self._left:
            self._left -= 1
            raise ValueError("canary-0815")
        return getattr(self._real, name)


def a_worker(gateway: Gateway, **instead: Any) -> BatchWorker:
    """A worker like the gateway's own, with other rooms in some places."""
    rooms: dict[str, Any] = {
        "database": gateway.database,
        "files": gateway.rights.files,
        "standing": Standing(gateway.database, gateway.secret),
        "pep": gateway.pep,
        "limits": gateway.settings.limits,
        "seconds": 5.0,
        "routes": {**BATCHED, **MESSAGES_BATCHED},
        "catalogue": gateway.catalogue,
        "clock": gateway.clock,
        "metrics": gateway.metrics,
    }
    return BatchWorker(Worked(**{**rooms, **instead}))


def counted(gateway: Gateway) -> float:
    """How many unexpected errors were counted."""
    return measured(gateway.metrics, "errors_total", code="internal")


class TestFaults:
    def test_in_a_line_it_answers_that_line(
        self, company: Installation, caplog: pytest.LogCaptureFixture
    ) -> None:
        """
        The line reads the public words for it, the others are answered, and operators can look.
        """
        gateway, emma = company.gateway, Caller(company)
        gateway.batches.stop()
        name = emma.begin([a_line(str(at), "Hello") for at in range(6)]).json["id"]
        worker = a_worker(gateway, pep=Failing(gateway.pep, "generate", 1))

        assert worker.run_all() == 1

        told = emma.ended(name)
        (bad,) = emma.answers(told["error_file_id"])
        assert told["request_counts"] == {"total": 6, "completed": 5, "failed": 1}
        assert bad["response"]["status_code"] == 500
        assert bad["response"]["body"]["error"]["code"] == "internal"
        assert "canary" not in str(bad)
        assert counted(gateway) == 1
        assert "unexpected error in a batch" in caplog.messages

    def test_around_the_lines_it_fails_that_batch(self, company: Installation) -> None:
        """
        It ends and says so, instead of being taken up again for ever; the next one is worked on.
        """
        gateway, emma = company.gateway, Caller(company)
        gateway.batches.stop()
        names = [emma.begin([a_line("a", "Hello")]).json["id"] for _ in range(2)]
        standing = Failing(Standing(gateway.database, gateway.secret), "of", 1)

        assert a_worker(gateway, standing=standing).run_all() == 2

        failed, fine = (emma.ended(name) for name in names)
        assert failed["status"] == "failed"
        assert failed["errors"]["data"][0]["code"] == "internal"
        assert (fine["status"], fine["errors"]) == ("completed", None)
        assert counted(gateway) == 1

    def test_the_thread_outlives_it(self, company: Installation) -> None:
        """
        Whatever comes up between batches, the next sweep finds them.
        """
        gateway, emma = company.gateway, Caller(company)
        gateway.batches.stop()
        worker = a_worker(gateway, database=Failing(gateway.database, "directory_session", 1))
        worker.start()
        for _ in range(200):
            if counted(gateway):
                break
            time.sleep(0.02)
        name = emma.begin([a_line("a", "Hello")]).json["id"]
        worker.wake()
        told = emma.ended(name)
        worker.stop()

        assert told["status"] == "completed"
        assert counted(gateway) == 1
