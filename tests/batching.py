"""Batches of one request each, asked for at any address that takes batches."""

from __future__ import annotations

import json
import time
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from gateway.web.api.generation import Batched
    from tests.factories import Installation


class Answered(NamedTuple):
    """One answer of a batch, as samples read the answer of a request."""

    status_code: int
    json: dict[str, Any]


class Door:
    """One address that takes batches, as its API's clients use it."""

    def __init__(self, made: Installation, batch: Batched) -> None:
        self._client, self._batch = made.client, batch
        self._headers = {"Authorization": f"Bearer {made.key_for()}"}
        self._anthropic = batch.route.dialect.name == "anthropic"

    def ask(self, body: dict[str, Any]) -> Answered:
        """The answer to a batch with one request, which has this body."""
        told = self.ended(self.begin(body))
        (line,) = self._client.get(self.results(told), headers=self._headers).data.splitlines()
        return self._answer(json.loads(line))

    def begin(self, body: dict[str, Any]) -> str:
        """The name of a batch with one request, which has this body."""
        client, headers, path = self._client, self._headers, self._batch.path
        if self._anthropic:
            asked: dict[str, Any] = {"requests": [{"custom_id": "one", "params": body}]}
        else:
            line = {"custom_id": "one", "url": self._batch.route.path, "body": body}
            fields = {"purpose": "batch", "file": (BytesIO(json.dumps(line).encode()), "a.jsonl")}
            file = client.post("/v1/files", data=fields, headers=headers).json["id"]
            asked = {"input_file_id": file, "endpoint": self._batch.route.path}
        return str(client.post(path, json=asked, headers=headers).json["id"])

    def ended(self, name: str) -> dict[str, Any]:
        """A batch, once it has ended."""
        for _ in range(1_500):
            path = f"{self._batch.path}/{name}"
            told = self._client.get(path, headers=self._headers).json
            if told.get("processing_status", told.get("status")) in ("completed", "ended"):
                return dict(told)
            time.sleep(0.02)
        raise AssertionError(told)

    def results(self, told: dict[str, Any]) -> str:
        """Where the answers of a batch that has ended are read."""
        if self._anthropic:
            return f"{self._batch.path}/{told['id']}/results"
        return f"/v1/files/{told['output_file_id'] or told['error_file_id']}/content"

    def _answer(self, line: dict[str, Any]) -> Answered:
        if not self._anthropic:
            return Answered(line["response"]["status_code"], line["response"]["body"])
        result = line["result"]
        if result["type"] == "succeeded":
            return Answered(200, result["message"])
        refused = result["error"]["error"]["type"] == "permission_error"
        return Answered(403 if refused else 500, result["error"])
