"""Who is stopped while a request of theirs is under way: the next one is refused, this one ends.

A permit was given to who they were then. What was begun is recorded to its end, once, and whoever
was erased meanwhile has nothing kept for them.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from gateway.core.identifiers import TenantId
from gateway.db import principals
from gateway.errors import StorageUnavailable
from gateway.pep import upstream as calling
from gateway.sealed.envelope import new_key
from tests.factories import EMMA, an_installation
from tests.integration.test_sealed import rows, turn_on
from tests.integration.test_streams import HEAD, event
from tests.simulators.sockets import serving, whole_request

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.factories import Installation

SECONDS = 5.0


@dataclass
class Halves:
    """A provider that says the second half of its answer when it is told to."""

    first: bytes = HEAD + event({"content": "One "}) + event({"content": "two. "})
    second: bytes = event({"content": "Three."}) + event({}, "stop") + b"data: [DONE]\n\n"
    go_on: threading.Event = field(default_factory=threading.Event)

    def play(self, peer: socket.socket) -> None:
        """Answer one request."""
        if whole_request(peer):
            peer.sendall(self.first)
            self.go_on.wait(SECONDS)
            peer.sendall(self.second)


@pytest.fixture
def provider() -> Halves:
    """It waits in the middle of each answer."""
    return Halves()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def company(
    request: pytest.FixtureRequest, tmp_path: Path, provider: Halves
) -> Iterator[Installation]:
    """A company that keeps content, on either database."""
    changes: dict[str, Any] = {"sealing": {"master_keys": [new_key().hex()]}}
    if request.param == "postgresql":
        changes["database"] = request.getfixturevalue("migrated_postgres_url")
    with serving(provider.play) as base:
        made = an_installation(tmp_path, f"{base}/v1", **changes)
        turn_on(made, made.gateway.rights.content)
        yield made
        made.close()


def revoke(company: Installation) -> None:
    """Stop Emma's key."""
    keys = company.gateway.identity.keys
    for held in keys.held(TenantId(company.tenant.id)):
        keys.revoke(TenantId(company.tenant.id), held.facts.id)


def deactivate(company: Installation) -> None:
    """Emma has left the company, says its identity provider."""
    with company.gateway.database.tenant_session(
        TenantId(company.tenant.id), write=True
    ) as session:
        person = principals.by_email(session, EMMA)
        assert person is not None
        person.active = False


def erase(company: Installation) -> None:
    """Emma is erased."""
    company.gateway.rights.erasure.erase(
        TenantId(company.tenant.id), company.person(EMMA), "operator:x"
    )


STOPPED = pytest.mark.parametrize("stop", [revoke, deactivate, erase])


def ends(company: Installation) -> list[tuple[str, str]]:
    """The exchanges' entries: of each its kind, and what it says."""
    return [
        (item["kind"], item.get("effect") or item.get("status"))
        for item in company.entries()
        if item["kind"] in ("decision", "outcome")
    ]


class TestInMidStream:
    @STOPPED
    def test_it_ends_as_it_was_permitted(
        self, company: Installation, provider: Halves, stop: Callable[[Installation], None]
    ) -> None:
        """
        The stream is whole and recorded once; the next request is refused at once.
        """
        key = company.key_for()
        answer = company.chat(key, stream=True, buffered=False)
        pieces = iter(answer.response)
        said = next(pieces)
        stop(company)
        refused = company.chat(key)
        provider.go_on.set()
        said += b"".join(pieces)
        answer.close()

        assert refused.status_code == 401
        assert b"One" in said
        assert b"Three." in said
        assert said.rstrip().endswith(b"data: [DONE]")
        assert ends(company) == [("decision", "permit"), ("outcome", "completed")]
        assert company.verify().intact
        assert rows(company, "open_exchange") == 0
        if stop is erase:
            assert rows(company, "sealed_content") == 0
            assert rows(company, "person_key") == 0


class TestAtTheBeginning:
    def test_a_stream_that_cannot_be_read_is_recorded_at_once(
        self, company: Installation, provider: Halves, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        P1: where the tenant's terms cannot be had when the first byte has come, one outcome says
        so, and not the job that closes what crashes have left.
        """
        key, real, readers = company.key_for(), calling.streamed, company.gateway.readers

        def unreadable(*_: object) -> None:
            raise StorageUnavailable

        def meanwhile(*asked: Any) -> Any:
            answer = real(*asked)
            monkeypatch.setattr(type(readers), "of", unreadable)
            return answer

        monkeypatch.setattr(calling, "streamed", meanwhile)
        provider.go_on.set()
        answer = company.chat(key, stream=True)

        assert answer.status_code == 503
        assert ends(company) == [("decision", "permit"), ("outcome", "failed")]
        assert rows(company, "open_exchange") == 0


class TestBetweenDecisionAndOutcome:
    @STOPPED
    @pytest.mark.parametrize("fails", [False, True])
    def test_an_answer_comes_and_is_recorded_once(
        self,
        company: Installation,
        provider: Halves,
        monkeypatch: pytest.MonkeyPatch,
        stop: Callable[[Installation], None],
        fails: bool,
    ) -> None:
        """
        Whether the provider then answers or not.
        """
        key, real = company.key_for(), calling.whole

        def meanwhile(*asked: Any) -> Any:
            stop(company)
            return real(*asked)

        monkeypatch.setattr(calling, "whole", meanwhile)
        body = b'{"choices":[{"index":0,"message":{"role":"assistant","content":"Hi"}}]}'
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        provider.first = b"" if fails else f"{head}\r\n\r\n".encode() + body
        provider.second = b""
        provider.go_on.set()
        answer = company.chat(key)
        status = "failed" if fails else "completed"

        assert (answer.status_code == 200) is not fails
        assert ends(company) == [("decision", "permit"), ("outcome", status)]
        assert company.chat(key).status_code == 401
        assert rows(company, "open_exchange") == 0
        assert company.verify().intact
        if stop is erase:
            assert rows(company, "sealed_content") == 0
            assert rows(company, "person_key") == 0


class Arriving(BytesIO):
    """A body before whose first byte something happens."""

    def __init__(self, body: bytes, act: Callable[[], None]) -> None:
        super().__init__(body)
        self._act = act
        self.happened = False

    def readinto(self, buffer: Any, /) -> int:
        """Its next bytes."""
        if not self.happened:
            self.happened = True
            self._act()
        return super().readinto(buffer)


class TestInMidUpload:
    @STOPPED
    def test_a_request_that_was_let_in_is_judged(
        self, company: Installation, provider: Halves, stop: Callable[[Installation], None]
    ) -> None:
        """
        Who asks is found out before the body is read: what arrives after that is of who asked.
        """
        provider.go_on.set()
        key = company.key_for()
        body = orjson.dumps(
            {"model": "echo", "stream": True, "messages": [{"role": "user", "content": "Hello"}]}
        )
        arriving = Arriving(body, partial(stop, company))
        answer = company.client.post(
            "/v1/chat/completions",
            input_stream=arriving,
            content_type="application/json",
            headers={"Authorization": f"Bearer {key}"},
        )

        assert arriving.happened
        assert answer.status_code == 200
        assert b"Three." in answer.data
        assert ends(company) == [("decision", "permit"), ("outcome", "completed")]
        assert company.chat(key).status_code == 401
        if stop is erase:
            assert rows(company, "sealed_content") == 0
            assert rows(company, "person_key") == 0

    def test_a_file_of_who_is_erased_is_not_kept(self, company: Installation) -> None:
        """
        It arrived for somebody who is not there any more; the log does not say that it is there.
        """
        key, boundary = company.key_for(), "b0undary"
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nuser_data\r\n',
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n',
            f"Content-Type: text/plain\r\n\r\nHello\r\n--{boundary}--\r\n",
        ]
        body = "".join(parts).encode()
        answer = company.client.post(
            "/v1/files",
            input_stream=Arriving(body, partial(erase, company)),
            content_type=f"multipart/form-data; boundary={boundary}",
            headers={"Authorization": f"Bearer {key}"},
        )

        assert answer.status_code == 403, answer.text
        assert rows(company, "sealed_content") == 0
        assert rows(company, "person_key") == 0
        said = [
            entry["action"] for entry in company.entries() if "file." in entry.get("action", "")
        ]
        assert said == ["file.kept", "file.deleted"]
        assert company.verify().intact
