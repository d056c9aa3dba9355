"""Anthropic's Message Batches, through its own SDK and by hand."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any

import anthropic
import pytest
from werkzeug.serving import make_server

from gateway.core.identifiers import TenantId
from gateway.sealed.envelope import new_key
from tests.e2e.conftest import free_port
from tests.factories import UPSTREAM_KEY, an_installation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.factories import Installation
    from tests.simulators.upstream import Upstream

PATH = "/v1/messages/batches"
MAIL = "jane.doe@customer.example"


@pytest.fixture
def address() -> str:
    """Where the gateway will be, should a test serve it."""
    return f"http://127.0.0.1:{free_port()}"


@pytest.fixture
def company(tmp_path: Path, upstream: Upstream, address: str) -> Iterator[Installation]:
    """A tenant that keeps content, whose provider speaks Messages."""
    base = upstream.base_url.removesuffix("/v1")
    where = {"wire": "anthropic", "base_url": base, "region": "eu", "transfer": "none_needed"}
    good = {**where, "tier": "openai/api-default", "api_key": UPSTREAM_KEY}
    providers = {"sim": good, "trainer": {**where, "tier": "google/gemini-api-unpaid"}}
    sealing = {"master_keys": [new_key().hex()]}
    server = {"threads": 16, "streams": 8, "public_url": address}
    made = an_installation(
        tmp_path, upstream.base_url, providers=providers, sealing=sealing, server=server
    )
    made.gateway.rights.content.turn(
        TenantId(made.tenant.id), on=True, dpia="DPIA-7", days=30, by="p_officer", note=lambda: None
    )
    yield made
    made.close()


@pytest.fixture
def server(company: Installation, address: str) -> Iterator[str]:
    """The same behind a socket; its address."""
    port = int(address.rpartition(":")[2])
    served = make_server("127.0.0.1", port, company.flask, threaded=True)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    yield address
    served.shutdown()


def asked(custom: str, text: str, model: str = "echo", **more: Any) -> Any:
    """One request of a batch."""
    messages = [{"role": "user", "content": text}]
    return {
        "custom_id": custom,
        "params": {"model": model, "max_tokens": 50, "messages": messages, **more},
    }


class Caller:
    """Somebody with a key, without an SDK."""

    def __init__(self, made: Installation, email: str = "emma@acme.example") -> None:
        self._made = made
        self._headers = {"x-api-key": made.key_for(email)}

    def call(self, method: str, path: str = PATH, **more: Any) -> Any:
        """Any request."""
        headers = {**self._headers, **more.pop("headers", {})}
        return getattr(self._made.client, method)(path, headers=headers, **more)

    def begin(self, *requests: Any, **more: Any) -> Any:
        """A batch of these requests."""
        return self.call("post", json={"requests": list(requests)}, **more)

    def ended(self, name: str) -> Any:
        """A batch, once it has ended."""
        for _ in range(200):
            told = self.call("get", f"{PATH}/{name}").json
            if told["processing_status"] == "ended":
                return told
            time.sleep(0.05)
        raise AssertionError(told)

    def results(self, name: str) -> dict[str, Any]:
        """What came of each request, by its name."""
        data = self.call("get", f"{PATH}/{name}/results").data
        lines = [json.loads(line) for line in data.splitlines()]
        return {line["custom_id"]: line["result"] for line in lines}


class TestThroughTheSdk:
    @pytest.mark.parametrize("prefix", ["", "/anthropic"])
    def test_it_is_begun_followed_read_and_deleted(
        self, company: Installation, upstream: Upstream, server: str, prefix: str
    ) -> None:
        """
        Created, retrieved, listed, its results read and deleted, with base URL and key changed.
        """
        before = upstream.count
        key = company.key_for()
        with anthropic.Anthropic(base_url=server + prefix, api_key=key, max_retries=0) as client:
            batches = client.messages.batches
            made = batches.create(
                requests=[asked("a", f"Write to {MAIL}"), asked("trains", "Hello", "trains")]
            )
            while (told := batches.retrieve(made.id)).processing_status != "ended":
                time.sleep(0.05)
            results = {item.custom_id: item.result for item in batches.results(made.id)}
            listed = [item.id for item in batches.list()]
            gone = batches.delete(made.id)
            with pytest.raises(anthropic.NotFoundError):
                batches.retrieve(made.id)

        assert (made.processing_status, made.request_counts.processing) == ("in_progress", 2)
        assert told.request_counts.succeeded == told.request_counts.errored == 1
        assert results["a"].type == "succeeded"
        assert results["a"].message.content[0].text == f"Write to {MAIL}"
        assert results["trains"].type == "errored"
        assert results["trains"].error.error.type == "permission_error"
        assert listed == [made.id] == [gone.id]
        assert upstream.count - before == 1
        assert MAIL not in json.dumps(upstream.calls[before:])

    def test_it_is_cancelled(self, company: Installation, server: str) -> None:
        """
        What nobody asked any more is told as cancelled, by name.
        """
        company.gateway.batches.stop()
        with anthropic.Anthropic(base_url=server, api_key=company.key_for()) as client:
            batches = client.messages.batches
            made = batches.create(requests=[asked("a", "Hello"), asked("b", "Hello")])
            stopping = batches.cancel(made.id)
            company.gateway.batches.start()
            while (told := batches.retrieve(made.id)).processing_status != "ended":
                time.sleep(0.05)
            kinds = {item.custom_id: item.result.type for item in batches.results(made.id)}

        assert stopping.processing_status == "canceling"
        assert stopping.cancel_initiated_at is not None
        assert told.request_counts.canceled == 2
        assert kinds == {"a": "canceled", "b": "canceled"}


class TestMessageBatches:
    def test_one_bad_request_stops_nothing(self, company: Installation, upstream: Upstream) -> None:
        """
        Each is an exchange of its own: the good are answered, each bad one with its own error.
        """
        emma, before = Caller(company), upstream.count
        requests = [
            asked("a", f"Write to {MAIL}"),
            asked("empty", "Hello", messages=[]),
            {"custom_id": "none"},
            asked("streamed", "Hello", stream=True),
            asked("secret", "Hello", "secretive"),
            asked("broken", "Hello", "broken"),
            asked("b", "Good morning"),
        ]
        told = emma.ended(emma.begin(*requests).json["id"])
        results = emma.results(told["id"])
        kinds = {
            name: result["error"]["error"]["type"]
            for name, result in results.items()
            if result["type"] == "errored"
        }

        assert told["request_counts"]["succeeded"] == 2
        assert results["b"]["message"]["content"][0]["text"] == "Good morning"
        assert kinds == {
            "empty": "invalid_request_error",
            "none": "invalid_request_error",
            "streamed": "invalid_request_error",
            "secret": "permission_error",
            "broken": "api_error",
        }
        assert upstream.count - before == 4
        assert MAIL not in json.dumps(upstream.calls[before:])
        assert company.verify().intact

    def test_headers_of_the_api_go_where_the_requests_go(
        self, company: Installation, upstream: Upstream
    ) -> None:
        """
        A version and a beta belong to fields of the requests, so each request carries them.
        """
        emma = Caller(company)
        wanted = {"anthropic-beta": "context-1m-2025-08-07", "anthropic-version": "2023-06-01"}
        emma.ended(emma.begin(asked("a", "Hello"), headers=wanted).json["id"])
        sent = {name.lower(): value for name, value in upstream.headers[-1].items()}

        assert wanted.items() <= sent.items()

    @pytest.mark.parametrize(
        "requests",
        [
            [],
            [{"params": {}}],
            [asked("a", "Hello"), asked("a", "Hello")],
            [asked("a b", "Hello")],
            "all",
        ],
    )
    def test_what_cannot_be_told_apart_is_refused(
        self, company: Installation, requests: Any
    ) -> None:
        """
        In the API's own form, by name, and nothing begins.
        """
        emma = Caller(company)
        answer = emma.call("post", json={"requests": requests})

        assert answer.status_code == 400
        assert answer.json["type"] == "error"
        assert answer.json["error"]["type"] == "invalid_request_error"
        assert emma.call("get").json["data"] == []
        assert emma.call("get", "/v1/files").json["data"] == []

    def test_without_an_assessment_none_begins(self, acme: Installation) -> None:
        """
        A tenant that keeps no content keeps no requests for later (promise P7).
        """
        answer = Caller(acme).begin(asked("a", "Hello"))

        assert answer.status_code == 403
        assert answer.json["error"]["type"] == "permission_error"
        assert "privacy officer" in answer.json["error"]["message"]

    def test_results_wait_for_the_end(self, company: Installation) -> None:
        """
        Before it there are none, and it cannot be deleted: both are said, and nothing is lost.
        """
        company.gateway.batches.stop()
        emma = Caller(company)
        told = emma.begin(asked("a", "Hello")).json
        early = emma.call("get", f"{PATH}/{told['id']}/results")

        assert told["results_url"] is None
        assert early.status_code == 422
        assert early.json["error"]["type"] == "invalid_request_error"
        assert emma.call("delete", f"{PATH}/{told['id']}").status_code == 422

        company.gateway.batches.start()

        assert emma.ended(told["id"])["request_counts"]["succeeded"] == 1

    def test_the_list_comes_in_pages(self, company: Installation) -> None:
        """
        Newest first, forwards and backwards, each batch once.
        """
        emma = Caller(company)
        names = [emma.begin(asked("a", "Hello")).json["id"] for _ in range(5)][::-1]
        first = emma.call("get", f"{PATH}?limit=2").json
        second = emma.call("get", f"{PATH}?limit=2&after_id={first['last_id']}").json
        last = emma.call("get", f"{PATH}?limit=2&after_id={second['last_id']}").json
        back = emma.call("get", f"{PATH}?limit=2&before_id={last['first_id']}").json
        pages = [[item["id"] for item in page["data"]] for page in (first, second, last, back)]

        assert pages == [names[:2], names[2:4], names[4:], names[2:4]]
        assert [page["has_more"] for page in (first, second, last, back)] == [
            True, True, False, True,
        ]  # fmt: skip
        assert emma.call("get", f"{PATH}?limit=0").status_code == 400
        assert emma.call("get", f"{PATH}?before_id=a&after_id=b").status_code == 400
        assert emma.call("get", f"{PATH}?after_id=nobody").json["data"] == []

    def test_nobody_sees_anothers(self, company: Installation) -> None:
        """
        Neither how far it is nor what came out; and each API tells of its own batches only.
        """
        emma, paul = Caller(company), Caller(company, "paul@acme.example")
        name = emma.begin(asked("a", "Hello")).json["id"]
        emma.ended(name)

        for method, below in (
            ("get", ""), ("get", "/results"), ("post", "/cancel"), ("delete", ""),
        ):  # fmt: skip
            assert paul.call(method, f"{PATH}/{name}{below}").status_code == 404
        assert paul.call("get").json["data"] == []
        assert emma.call("get", "/v1/batches").json["data"] == []
        assert emma.call("get", f"/v1/batches/{name}").status_code == 404

    def test_deleting_it_deletes_what_was_asked_and_answered(self, company: Installation) -> None:
        """
        No file is left of it, and the log says so.
        """
        emma = Caller(company)
        name = emma.begin(asked("a", "Hello")).json["id"]
        emma.ended(name)
        before = len(emma.call("get", "/v1/files").json["data"])
        deleted = emma.call("delete", f"{PATH}/{name}")

        assert deleted.json == {"id": name, "type": "message_batch_deleted"}
        assert before == 2
        assert emma.call("get", "/v1/files").json["data"] == []
        actions = [item.get("action") for item in company.entries()[-3:]]
        assert actions == ["batch.deleted", "file.deleted", "file.deleted"]

    def test_a_revoked_key_stops_it(self, company: Installation, upstream: Upstream) -> None:
        """
        Nothing more is asked for who may no longer ask; each request is told why.
        """
        emma, before = Caller(company), upstream.count
        company.gateway.batches.stop()
        name = emma.begin(asked("a", "Hello")).json["id"]
        tenant, keys = TenantId(company.tenant.id), company.gateway.identity.keys
        for item in keys.held(tenant):
            keys.revoke(tenant, item.facts.id)
        company.gateway.batches.start()
        again = Caller(company)
        told = again.ended(name)

        assert told["request_counts"]["errored"] == 1
        assert again.results(name)["a"]["error"]["error"]["type"] == "authentication_error"
        assert upstream.count == before
