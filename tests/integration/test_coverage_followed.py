"""What was made before is fetched, listed, stopped and deleted under the same rules."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from gateway.web.api import coverage
from gateway.web.api.followed import FOLLOWED
from tests.integration.test_coverage import ADDRESS
from tests.samples.followed import Caller, revoked
from tests.samples.responses import events_of, text_of
from tests.storing import a_storing_company, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.web.api.followed import Followed
    from tests.factories import Installation
    from tests.simulators.upstream import Upstream

TEXT, PERSONAL = "Write to us please", f"Write to {ADDRESS} please"
SECRET = "Your key is AKIAIOSFODNN7EXAMPLE ok"
PAUL = "paul@acme.example"
RESULTS = ("/results", "/v1/files/<name>/content")


def _cells(kind: str) -> list[Any]:
    """The cells of a kind: each is in exactly one."""
    return [
        pytest.param(row, way, id=f"{row.method}-{row.path}-{row.stream}-{way}")
        for row, way in coverage.followed_cells(FOLLOWED)
        if kind == _kind(row, way)
    ]


def _kind(row: Followed, way: str) -> str:
    if way == "foreign":
        return "foreign"
    if row.path.endswith(RESULTS):
        return "results"
    return "exchange" if "deny" in row.ways else "beside"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory, upstream: Upstream) -> Iterator[Installation]:
    """A company that lets answers be kept at its provider, and keeps content itself."""
    made = a_storing_company(tmp_path_factory.mktemp("followed"), upstream.base_url)
    yield made
    made.close()


@pytest.fixture
def idle(company: Installation) -> Iterator[Installation]:
    """The same, while nobody works through its batches."""
    company.gateway.batches.stop()
    yield company
    company.gateway.batches.start()


@pytest.mark.parametrize(("row", "way"), _cells("foreign"))
def test_somebody_elses(row: Followed, way: str, idle: Installation, upstream: Upstream) -> None:
    """
    It is as if it were not there: nobody is asked, and nothing is decided.
    """
    name = Caller(idle, row).begin(TEXT)
    paul = Caller(idle, row, PAUL)
    asked, before = (upstream.count, len(upstream.asked)), len(idle.entries())
    answer = paul.follow(name)

    if "<" in row.path:
        assert answer.status_code == 404
    else:
        assert answer.json["data"] == []
    assert name not in answer.get_data(as_text=True)
    assert (upstream.count, len(upstream.asked)) == asked
    assert len(idle.entries()) == before
    assert way == "foreign"


@pytest.mark.parametrize(("row", "way"), _cells("beside"))
def test_beside_an_exchange(row: Followed, way: str, idle: Installation) -> None:
    """
    A state says no word of what was asked or answered; what ends something stands in the log.
    """
    emma = Caller(idle, row)
    name = emma.begin(PERSONAL)
    before = len(idle.entries())
    answer = emma.follow(name)
    told, fresh = answer.get_data(as_text=True), idle.entries()[before:]

    assert answer.status_code == 200, told
    assert name in told
    assert "Write" not in told
    assert {item["kind"] for item in fresh} == (
        set() if row.method == "GET" else {"administration"}
    )
    assert [item["target"] == name for item in fresh].count(True) == (row.method != "GET")
    if row.method == "DELETE":
        assert emma.call("GET", row.path.partition("<")[0] + name).status_code == 404
    assert way == "allow"


@pytest.mark.parametrize(("row", "way"), _cells("exchange"))
def test_an_exchange(row: Followed, way: str, company: Installation, upstream: Upstream) -> None:
    """
    It is allowed, refused or pseudonymised, or its answer withheld; recorded so.
    """
    emma, spoken = Caller(company, row), row.modality == "text"
    name = emma.begin(PERSONAL if way == "pseudonymise" else TEXT)
    if way == "withhold":
        upstream.spoil(rows(company)[-1].upstream_id, SECRET)
    prompts = row.path.endswith("/remix")
    asked, before = upstream.count + len(upstream.asked), len(company.entries())
    if way == "deny":
        with revoked(company):
            answer = emma.follow(name)
    else:
        answer = emma.follow(name)
    body = answer.get_data()
    decision, outcome = (
        item for item in company.entries()[before:] if item["kind"] in ("decision", "outcome")
    )

    assert decision["effect"] == ("deny" if way == "deny" else "permit"), decision
    assert (upstream.count + len(upstream.asked) > asked) == (way != "deny")
    assert b"AKIAIOSFODNN7EXAMPLE" not in body
    assert ADDRESS not in str(upstream.kept)
    expected = {"deny": "denied", "withhold": "withheld"}
    assert outcome["status"] == expected.get(way, "completed")
    if way == "deny" or (way == "withhold" and not row.stream):
        assert answer.status_code == 403
    elif way == "withhold":
        assert events_of(answer)[-1]["type"] == "response.incomplete"
    else:
        assert answer.status_code == 200, body
        assert answer.headers["x-proviso-decision-id"] == decision["exchange"]
        assert not spoken or (PERSONAL if way == "pseudonymise" else TEXT) in _said(row, answer)
        assert not (prompts and way == "pseudonymise") or ADDRESS.encode() not in upstream.raw


def _said(row: Followed, answer: Any) -> str:
    return text_of(events_of(answer)) if row.stream else str(answer.get_data(as_text=True))


@pytest.mark.parametrize(("row", "way"), _cells("results"))
def test_answers_of_a_batch(
    row: Followed, way: str, company: Installation, upstream: Upstream
) -> None:
    """
    Each is what became of its request, and is read by its person alone, with values in place.
    """
    emma, door = Caller(company, row), Caller(company, row).door()
    body = emma.batched(
        PERSONAL if way == "pseudonymise" else TEXT, "secretive" if way == "withhold" else "echo"
    )
    before = upstream.count
    if way == "deny":
        with revoked(company):
            told = door.ended(door.begin(body))
    else:
        told = door.ended(door.begin(body))
    sent, entries = upstream.count - before, len(company.entries())
    answer = emma.call("GET", door.results(told))
    (line,) = answer.get_data(as_text=True).splitlines()

    assert answer.status_code == 200
    assert sent == (way != "deny")
    assert upstream.count == before + sent
    assert len(company.entries()) == entries
    assert "AKIAIOSFODNN7EXAMPLE" not in line
    assert ADDRESS.encode() not in upstream.raw
    problem = json.dumps(json.loads(line))
    if way in ("deny", "withhold"):
        assert "permission_error" in problem or "policy_violation" in problem
    else:
        assert (PERSONAL if way == "pseudonymise" else TEXT) in problem
