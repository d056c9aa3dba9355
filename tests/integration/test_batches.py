"""Files that are kept here, and batches whose lines are judged one by one."""

from __future__ import annotations

import json
import time
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from gateway.core.identifiers import TenantId
from gateway.pep.files import BYTES, FACTS
from gateway.sealed import content
from gateway.sealed.envelope import new_key
from tests.factories import an_installation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.factories import Installation
    from tests.simulators.upstream import Upstream

CHAT = "/v1/chat/completions"


@pytest.fixture
def company(tmp_path: Path, upstream: Upstream) -> Iterator[Installation]:
    """A tenant that keeps content, on an assessment."""
    sealing = {"master_keys": [new_key().hex()]}
    made = an_installation(tmp_path, upstream.base_url, sealing=sealing)
    made.gateway.rights.content.turn(
        TenantId(made.tenant.id), on=True, dpia="DPIA-7", days=30, by="p_officer", note=lambda: None
    )
    yield made
    made.close()


class Caller:
    """Somebody with a key."""

    def __init__(self, made: Installation, email: str = "emma@acme.example") -> None:
        self._made = made
        self._headers = {"Authorization": f"Bearer {made.key_for(email)}"}

    def call(self, method: str, path: str, **more: Any) -> Any:
        """Any request."""
        return getattr(self._made.client, method)(path, headers=self._headers, **more)

    def hand_over(self, data: bytes, purpose: str = "batch", name: str = "lines.jsonl") -> Any:
        """A file."""
        fields = {"purpose": purpose, "file": (BytesIO(data), name)}
        return self.call("post", "/v1/files", data=fields)

    def begin(self, lines: list[Any], endpoint: str = CHAT) -> Any:
        """A batch of these lines."""
        data = b"\n".join(
            item if isinstance(item, bytes) else json.dumps(item).encode() for item in lines
        )
        name = self.hand_over(data).json["id"]
        body = {"input_file_id": name, "endpoint": endpoint, "completion_window": "24h"}
        return self.call("post", "/v1/batches", json=body)

    def ended(self, name: str) -> dict[str, Any]:
        """A batch, once it has ended."""
        for _ in range(200):
            told = self.call("get", f"/v1/batches/{name}").json
            if told["status"] not in ("in_progress", "cancelling"):
                return dict(told)
            time.sleep(0.05)
        raise AssertionError(told)

    def answers(self, name: str | None) -> list[dict[str, Any]]:
        """The lines of a file of answers."""
        if name is None:
            return []
        data = self.call("get", f"/v1/files/{name}/content").data
        return [json.loads(line) for line in data.splitlines()]


def a_line(custom: str, text: str, model: str = "echo") -> dict[str, Any]:
    """One request of a batch."""
    body = {"model": model, "messages": [{"role": "user", "content": text}]}
    return {"custom_id": custom, "method": "POST", "url": CHAT, "body": body}


class TestFiles:
    def test_one_is_kept_sealed_and_comes_back(
        self, company: Installation, upstream: Upstream
    ) -> None:
        """
        It opens for its person; in the database stands no word of it, and no provider has it.
        """
        emma, before = Caller(company), upstream.count
        told = emma.hand_over(b"canary-0815 wrote this", "user_data", "canary.txt").json
        where = company.gateway.settings.secret_file.parent
        stored = b"".join(path.read_bytes() for path in where.glob("test.db*"))

        assert emma.call("get", f"/v1/files/{told['id']}/content").data == b"canary-0815 wrote this"
        assert told["filename"] == "canary.txt"
        assert b"canary" not in stored
        assert upstream.count == before
        assert company.entries()[-1]["action"] == "file.kept"

    def test_without_an_assessment_none_is_kept(self, acme: Installation) -> None:
        """
        A tenant that keeps no content keeps no files (promise P7); the answer says who can help.
        """
        answer = Caller(acme).hand_over(b"{}")

        assert answer.status_code == 403
        assert answer.json["error"]["code"] == "content.off"
        assert "privacy officer" in answer.json["error"]["message"]

    def test_a_list_opens_no_bytes(
        self, company: Installation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        What files there are, what one is, and forgetting it, are answered from a few words of each.
        """
        emma = Caller(company)
        names = [emma.hand_over(b"x" * 9, "user_data", "a.txt").json["id"] for _ in range(2)]
        opened: list[str] = []
        opening = content._opened

        def noted(key: bytes, tenant: TenantId, row: Any) -> Any:
            opened.append(row.field)
            return opening(key, tenant, row)

        monkeypatch.setattr(content, "_opened", noted)
        listed = emma.call("get", "/v1/files").json["data"]
        one = emma.call("get", f"/v1/files/{names[0]}").json
        gone = emma.call("delete", f"/v1/files/{names[0]}")

        assert [item["bytes"] for item in listed if item["id"] in names] == [9, 9]
        assert one in listed
        assert gone.status_code == 200
        assert set(opened) == {FACTS}
        assert emma.call("get", f"/v1/files/{names[0]}/content").status_code == 404
        assert emma.call("get", f"/v1/files/{names[1]}/content").data == b"x" * 9
        assert BYTES in opened

    def test_nobody_opens_anothers(self, company: Installation) -> None:
        """
        A colleague who learns the name of a file gets nothing by it.
        """
        name = Caller(company).hand_over(b"{}").json["id"]
        paul = Caller(company, "paul@acme.example")

        assert paul.call("get", f"/v1/files/{name}/content").status_code == 404
        assert paul.call("delete", f"/v1/files/{name}").status_code == 404
        assert paul.call("get", "/v1/files").json["data"] == []

    def test_one_in_a_request_is_judged_there(
        self, company: Installation, upstream: Upstream
    ) -> None:
        """
        Its bytes stand in the place of its name, so what is in it is found and replaced.
        """
        emma = Caller(company)
        name = emma.hand_over(b"Write to jane.doe@customer.example", "user_data", "a.txt").json[
            "id"
        ]
        part = {"type": "file", "file": {"file_id": name}}
        body = {"model": "echo", "messages": [{"role": "user", "content": [part]}]}
        answer = emma.call("post", CHAT, json=body)

        assert answer.status_code == 200, answer.data
        assert "jane" not in json.dumps(upstream.calls[-1])
        assert company.entries()[-1]["replaced"] == {"EMAIL_ADDRESS": 1}

    def test_named_often_it_counts_as_often(
        self, company: Installation, upstream: Upstream
    ) -> None:
        """
        A small request that names one file many times is as large as what it stands for.
        """
        emma, before = Caller(company), upstream.count
        name = emma.hand_over(b"x" * 400_000, "user_data", "a.txt").json["id"]
        part = {"type": "file", "file": {"file_id": name}}
        body = {"model": "echo", "messages": [{"role": "user", "content": [part] * 80}]}
        answer = emma.call("post", CHAT, json=body)

        assert answer.status_code == 413
        assert upstream.count == before

    def test_one_can_be_deleted(self, company: Installation) -> None:
        """
        Then it is gone, and the log says so.
        """
        emma = Caller(company)
        name = emma.hand_over(b"{}").json["id"]

        assert emma.call("delete", f"/v1/files/{name}").json["deleted"] is True
        assert emma.call("get", f"/v1/files/{name}").status_code == 404
        assert company.entries()[-1]["action"] == "file.deleted"

    def test_one_that_is_held_cannot_be_deleted(self, company: Installation) -> None:
        """
        A legal hold keeps what somebody could delete themselves, and lets go at its end.
        """
        emma = Caller(company)
        name = emma.hand_over(b"{}").json["id"]
        holds, tenant = company.gateway.rights.holds, company.tenant.id
        hold = holds.add(tenant, None, part="all", matter="case 7", by="x", note=lambda: None)
        refused = emma.call("delete", f"/v1/files/{name}")
        there = emma.call("get", f"/v1/files/{name}").status_code
        holds.release(tenant, hold.id, "x", lambda: None)

        assert refused.status_code == 422
        assert "legal hold" in refused.json["error"]["message"]
        assert "case 7" not in refused.text
        assert there == 200
        assert emma.call("delete", f"/v1/files/{name}").status_code == 200


class TestBatches:
    def test_one_bad_line_stops_nothing(self, company: Installation, upstream: Upstream) -> None:
        """
        Each line is an exchange of its own: the good are answered, each bad one with its own error.
        """
        emma, before = Caller(company), upstream.count
        lines = [
            a_line("a", "Write to jane.doe@customer.example"),
            b"{this is no JSON",
            a_line("trains", "Hello", "trains"),
            {**a_line("elsewhere", "Hello"), "url": "/v1/embeddings"},
            a_line("b", "Good morning"),
            a_line("secret", "Hello", "secretive"),
        ]
        told = emma.ended(emma.begin(lines).json["id"])
        good, bad = emma.answers(told["output_file_id"]), emma.answers(told["error_file_id"])
        content = [item["response"]["body"]["choices"][0]["message"]["content"] for item in good]
        status = {item["custom_id"]: item["response"]["status_code"] for item in bad}

        assert told["status"] == "completed"
        assert told["request_counts"] == {"total": 6, "completed": 2, "failed": 4}
        assert [item["custom_id"] for item in good] == ["a", "b"]
        assert content == ["Write to jane.doe@customer.example", "Good morning"]
        assert status == {"": 400, "trains": 403, "elsewhere": 400, "secret": 403}
        assert upstream.count - before == 3
        assert "jane" not in json.dumps(upstream.calls[before:])
        decisions = [item for item in company.entries() if item["kind"] == "decision"]
        assert len(decisions) == 4
        assert company.verify().intact

    def test_a_line_may_name_a_file_of_ones_own(
        self, company: Installation, upstream: Upstream
    ) -> None:
        """
        As in any request its bytes are judged where the name stood; what a provider keeps is
        refused by name.
        """
        emma = Caller(company)
        own = emma.hand_over(b"Write to jane.doe@customer.example", "user_data", "a.txt").json["id"]
        lines = []
        for custom, name in (("own", own), ("foreign", "file-of-somebody")):
            line = a_line(custom, "")
            part = {"type": "file", "file": {"file_id": name}}
            line["body"]["messages"][0]["content"] = [part]
            lines.append(line)
        told = emma.ended(emma.begin(lines).json["id"])

        assert told["request_counts"] == {"total": 2, "completed": 1, "failed": 1}
        assert [item["custom_id"] for item in emma.answers(told["output_file_id"])] == ["own"]
        assert "jane" not in json.dumps(upstream.calls[-1])

    def test_what_has_no_answer_is_asked_by_another(
        self, company: Installation, upstream: Upstream
    ) -> None:
        """
        A worker that was killed leaves answers behind; the next one asks the other lines only.
        """
        emma = Caller(company)
        worker = company.gateway.batches
        worker.stop()
        name = emma.begin([a_line(str(at), f"Line {at}") for at in range(6)]).json["id"]
        tenant, person = TenantId(company.tenant.id), company.person()
        kept = {"id": "r", "custom_id": "0", "response": {"status_code": 200, "body": {}}}
        now = company.gateway.clock.now()
        for at in range(4):
            company.gateway.rights.content.put(
                tenant,
                person,
                name,
                f"line.{at:06}",
                {**kept, "custom_id": str(at)},
                now.replace(year=now.year + 1),
            )
        before = upstream.count
        worker.start()
        told = emma.ended(name)

        assert upstream.count - before == 2
        assert [item["custom_id"] for item in emma.answers(told["output_file_id"])] == list(
            "012345"
        )

    def test_a_revoked_key_stops_it(self, company: Installation, upstream: Upstream) -> None:
        """
        Who may no longer ask gets nothing asked, whatever was handed in before.
        """
        emma = Caller(company)
        company.gateway.batches.stop()
        name = emma.begin([a_line("a", "Hello")]).json["id"]
        tenant = TenantId(company.tenant.id)
        keys, before = company.gateway.identity.keys, upstream.count
        for item in keys.held(tenant):
            keys.revoke(tenant, item.facts.id)
        company.gateway.batches.start()
        told = Caller(company).ended(name)

        assert told["status"] == "failed"
        assert upstream.count == before

    def test_it_can_be_cancelled(self, company: Installation) -> None:
        """
        What has been answered stays; the rest is not asked.
        """
        emma = Caller(company)
        company.gateway.batches.stop()
        name = emma.begin([a_line("a", "Hello")]).json["id"]

        assert emma.call("post", f"/v1/batches/{name}/cancel").json["status"] == "cancelling"

        company.gateway.batches.start()
        told = emma.ended(name)

        assert told["status"] == "cancelled"
        assert told["output_file_id"] is None
        assert emma.call("post", f"/v1/batches/{name}/cancel").status_code == 422

    @pytest.mark.parametrize(
        "wrong",
        [{"endpoint": "/v1/images/generations"}, {"input_file_id": "file-x"}, {"input_file_id": 3}],
    )
    def test_what_cannot_be_begun_is_said(
        self, company: Installation, wrong: dict[str, Any]
    ) -> None:
        """
        The wrong address, or a file that is not there: by name, and nothing begins.
        """
        emma = Caller(company)
        name = emma.hand_over(json.dumps(a_line("a", "Hello")).encode()).json["id"]
        body = {"input_file_id": name, "endpoint": CHAT, **wrong}

        assert emma.call("post", "/v1/batches", json=body).status_code in (400, 404)
        assert emma.call("get", "/v1/batches").json["data"] == []

    def test_nobody_sees_anothers(self, company: Installation) -> None:
        """
        Neither how far it is nor what came out.
        """
        name = Caller(company).begin([a_line("a", "Hello")]).json["id"]
        paul = Caller(company, "paul@acme.example")

        assert paul.call("get", f"/v1/batches/{name}").status_code == 404
        assert paul.call("post", f"/v1/batches/{name}/cancel").status_code == 404
        assert paul.call("get", "/v1/batches").json["data"] == []
