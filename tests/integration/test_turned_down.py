"""What a hostile provider says when it says no: bodies and headers, in every API."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from gateway.core.identifiers import TenantId
from gateway.sealed.envelope import new_key
from tests.factories import an_installation
from tests.integration.hostile import (
    APIS,
    CHAT,
    GEMINI,
    HEAD,
    MESSAGES,
    RESPONSES,
    Hostile,
    asked,
    events,
    said,
)
from tests.integration.test_batches import Caller, a_line
from tests.integration.test_pseudonyms import ORDERS
from tests.simulators.sockets import serving

if TYPE_CHECKING:
    import logging
    import socket
    from collections.abc import Iterator
    from pathlib import Path

CARD, NUMBER, MARK = "4111 1111 1111 1111", 4111111111111111, "[CREDIT_CARD]"
CANARY = "CANARY-desk-7f3a9c2e"
SECRET = "AKIAIOSFODNN7EXAMPLE"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hostile]:
    """A gateway and its provider."""
    made = Hostile(tmp_path_factory.mktemp("turned"))
    yield made
    made.close()


def turned_down(
    hostile: Hostile,
    api: str,
    document: dict[str, Any],
    system: str = "",
    words: str = "Hello",
    *,
    stream: bool = False,
    status: str = "400 Bad Request",
    headers: bytes = b"",
) -> Any:
    """The gateway's answer where the provider answers with this error."""
    head = HEAD.replace(b"200 OK", status.encode())
    hostile.answer = (
        head + b"application/json\r\n" + headers + b"\r\n" + json.dumps(document).encode()
    )
    path, body = asked(api, system, stream=stream)
    body = json.loads(json.dumps(body).replace('"Hello"', json.dumps(words)))
    key = hostile.key
    sent = {"Authorization": f"Bearer {key}"}
    if api in (MESSAGES, GEMINI):
        sent = {"x-goog-api-key" if api == GEMINI else "x-api-key": key}
    return hostile.made.client.post(path, json=body, headers=sent)


def problem(api: str, message: str, **more: Any) -> dict[str, Any]:
    """An error of that API."""
    if api == MESSAGES:
        return {"type": "error", "error": {"type": "invalid_request_error", "message": message},
                **more}  # fmt: skip
    if api == GEMINI:
        return {"error": {"code": 400, "message": message, "status": "INVALID_ARGUMENT", **more}}
    inner = {"message": message, "type": "invalid_request_error", "param": None, "code": None}
    return {"error": {**inner, **more}}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("api", APIS)
class TestBodies:
    def test_a_harmless_refusal_is_the_providers_own(
        self, hostile: Hostile, api: str, stream: bool
    ) -> None:
        """
        Clients read its wording to recover.
        """
        said = problem(api, "max_tokens: 99999 > 8192, which is the most for this model")
        answer = turned_down(hostile, api, said, stream=stream)

        assert answer.status_code == 400
        assert answer.json == said

    @pytest.mark.parametrize(
        "more",
        [
            {}, {"param": f"card {CARD}"}, {"code": CARD}, {"details": [{"note": NUMBER}]},
            {f"card {CARD}": 1},
        ],
    )  # fmt: skip
    def test_others_numbers_do_not_pass(
        self, hostile: Hostile, api: str, stream: bool, more: dict[str, Any]
    ) -> None:
        """
        A refusal quotes somebody's card: the rest of it goes back without.
        """
        said = problem(api, f"No such user: {CARD}.", **more)
        answer = turned_down(hostile, api, said, stream=stream)
        text = answer.get_data(as_text=True)

        assert answer.status_code == 400
        assert CARD not in text
        assert str(NUMBER) not in text
        assert f"No such user: {MARK}" in text

    def test_a_key_in_it_leaves_its_class_alone(
        self, hostile: Hostile, api: str, stream: bool
    ) -> None:
        """
        Policy withholds keys: the gateway's own text stands for the provider's, in its class.
        """
        answer = turned_down(hostile, api, problem(api, f"Not valid: {SECRET}"), stream=stream)

        assert answer.status_code == 400
        assert SECRET not in answer.get_data(as_text=True)
        assert answer.json["error"]["message"] == "The AI provider rejected the request."
        if api == MESSAGES:
            assert answer.json["error"]["type"] == "invalid_request_error"
        if api == GEMINI:
            assert answer.json["error"]["code"] == 400
            assert answer.json["error"]["status"] == "INVALID_ARGUMENT"

    @pytest.mark.parametrize("where", ["message", "beside"])
    def test_what_is_hidden_is_not_given_away(
        self, hostile: Hostile, api: str, stream: bool, where: str
    ) -> None:
        """
        A refusal that repeats the instructions, or a marked string of them, says its class alone.
        """
        for system, hidden in ((ORDERS, ORDERS), (f"Be kind. {CANARY}", CANARY)):
            said = problem(api, hidden if where == "message" else "No.", note={"x": hidden})
            answer = turned_down(hostile, api, said, system, stream=stream)
            text = answer.get_data(as_text=True)

            assert answer.status_code == 400
            assert hidden not in text
            assert hidden[:40] not in text
            assert answer.json["error"]["message"] == "The AI provider rejected the request."

    def test_the_outcome_is_a_failure(self, hostile: Hostile, api: str, stream: bool) -> None:
        """
        P1: whatever was taken out of its words, the provider said no.
        """
        turned_down(hostile, api, problem(api, CANARY), f"Be kind. {CANARY}", stream=stream)
        outcome = hostile.outcome()

        assert outcome["status"] == "failed"
        assert outcome["code"] == "provider.rejected"

    def test_the_callers_own_values_stay(self, hostile: Hostile, api: str, stream: bool) -> None:
        """
        What the caller wrote is theirs, in a refusal as in an answer.
        """
        said = problem(api, "Not good: DE89370400440532013000.")
        answer = turned_down(
            hostile, api, said, words="Pay to DE89370400440532013000", stream=stream
        )

        assert "DE89370400440532013000" in answer.get_data(as_text=True)


class TestInTheMiddle:
    @pytest.mark.parametrize("api", APIS)
    def test_an_error_event_says_none_of_its_words(self, hostile: Hostile, api: str) -> None:
        """
        A stream that breaks off says the gateway's own words, whatever the provider's were.
        """
        words = f"Odd: {CARD} {SECRET} {CANARY}"
        sent = [*events(api, [], {})[:3], problem(api, words)]
        _, text = hostile.streamed(api, sent, f"Be kind. {CANARY}")

        assert not [word for word in ("Odd", CARD, SECRET, CANARY) if word in text]
        assert "provider.failed" in text or api == MESSAGES
        assert hostile.outcome()["status"] == "failed"

    @pytest.mark.parametrize("stream", [False, True])
    def test_a_response_that_failed_is_judged(self, hostile: Hostile, stream: bool) -> None:
        """
        The Responses API tells of a failure inside of an answer: judged like its words.
        """
        error = {"code": "server_error", "message": f"No user {CARD}."}
        failed = {**said(RESPONSES, {}, {}), "status": "failed", "error": error}
        if stream:
            sent = [*events(RESPONSES, [], {})[:2], {"type": "response.failed", "response": failed}]
            _, text = hostile.streamed(RESPONSES, sent)
        else:
            _, text = hostile.whole(RESPONSES, failed)

        assert CARD not in text
        assert f"No user {MARK}." in text


class TestBeside:
    def test_nothing_of_it_is_logged(
        self, hostile: Hostile, caplog: pytest.LogCaptureFixture
    ) -> None:
        """
        P7: neither what was taken out nor the rest.
        """
        caplog.set_level(0)
        turned_down(hostile, CHAT, problem(CHAT, f"Odd words, {CARD}, {CANARY}"), f"Hm {CANARY}")
        records: list[logging.LogRecord] = caplog.records
        text = "\n".join(f"{item.getMessage()} {item.exc_text} {item.__dict__}" for item in records)

        assert CARD not in text
        assert CANARY not in text
        assert "Odd words" not in text

    def test_only_known_headers_go_back(self, hostile: Hostile) -> None:
        """
        What says when to come again does; what is anything else does not.
        """
        head = (
            b"retry-after: 7\r\nx-ratelimit-limit-requests: 3\r\n"
            b"x-ratelimit-remaining-requests: 4111111111111111\r\n"
            b"x-ratelimit-4111111111111111: 1\r\nx-request-id: 4111111111111111\r\n"
            b"openai-organization: somebody\r\n"
        )
        said = problem(CHAT, "Too fast.")
        answer = turned_down(hostile, CHAT, said, status="429 Too Many Requests", headers=head)

        assert answer.status_code == 429
        assert answer.headers["retry-after"] == "7"
        assert answer.headers["x-ratelimit-limit-requests"] == "3"
        assert "4111111111111111" not in str(answer.headers)
        assert "openai-organization" not in answer.headers

    def test_the_lines_of_a_batch_alike(self, tmp_path: Path) -> None:
        """
        What answers a line that failed is judged like what answers a request.
        """
        document = json.dumps(problem(CHAT, f"No user {CARD}.")).encode()
        head = HEAD.replace(b"200 OK", b"400 Bad Request") + b"application/json\r\n\r\n"

        def play(peer: socket.socket) -> None:
            peer.recv(65_536)
            peer.sendall(head + document)

        with serving(play) as base:
            sealing = {"master_keys": [new_key().hex()]}
            made = an_installation(tmp_path, f"{base}/v1", sealing=sealing)
            with closing(made):
                made.gateway.rights.content.turn(
                    TenantId(made.tenant.id), on=True, dpia="DPIA-7", days=30, by="p_officer",
                    note=lambda: None,
                )  # fmt: skip
                emma = Caller(made)
                told = emma.ended(emma.begin([a_line("a", "Hello")]).json["id"])
                (bad,) = emma.answers(told["error_file_id"])

        assert bad["response"]["status_code"] == 400
        assert bad["response"]["body"]["error"]["message"] == f"No user {MARK}."
