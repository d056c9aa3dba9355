"""A request of each API with everything in it that its callers may send.

But for what the policy refuses as it ships, such as servers of MCP, whose terms are not known.
"""

from __future__ import annotations

import base64
from typing import Any

SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "place",
    "description": "where",
    "properties": {"city": {"type": "string", "enum": ["Oslo", "Rome"], "description": "which"}},
    "required": ["city"],
    "$defs": {"unit": {"const": "celsius", "default": "celsius", "examples": ["celsius"]}},
}
CSV = base64.b64encode(b"city;degrees\nOslo;12\n").decode()
FUNCTION = {"name": "weather", "description": "tells it", "parameters": SCHEMA, "strict": False}
CALL = {"name": "weather", "arguments": '{"city": "Oslo", "day": 3, "note": "a\\"b"}'}
UNKNOWN = {"vendor_extension": {"deep": [["far", {"key": "value", "number": 7}]]}}

CHAT: dict[str, Any] = {
    "model": "echo",
    "messages": [
        {"role": "system", "content": "Be brief.", "name": "rules"},
        {"role": "developer", "content": [{"type": "text", "text": "Be kind."}]},
        {
            "role": "user",
            "name": "caller",
            "content": [
                {"type": "text", "text": "How is it?"},
                {"type": "text", "text": "There."},
                {"type": "never_seen_before", "payload": {"deep": ["far"]}},
                {
                    "type": "file",
                    "file": {"filename": "a.csv", "file_data": f"data:text/csv;base64,{CSV}"},
                },
            ],
        },
        {
            "role": "assistant",
            "content": None,
            "refusal": "no",
            "reasoning_content": "hm",
            "tool_calls": [{"id": "call_1", "type": "function", "function": CALL}],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": '{"said": "warm,\\nmostly"}'},
        {"role": "assistant", "content": "Warm.", "function_call": CALL},
    ],
    "tools": [{"type": "function", "function": FUNCTION}],
    "tool_choice": {"type": "function", "function": {"name": "weather"}},
    "response_format": {
        "type": "json_schema",
        "json_schema": {"name": "answer", "description": "form", "schema": SCHEMA},
    },
    "prediction": {"type": "content", "content": [{"type": "text", "text": "It is"}]},
    "stop": ["END"],
    "user": "u",
    "safety_identifier": "s",
    "prompt_cache_key": "p",
    "metadata": {"ticket": "t", "user": "u"},
    "logit_bias": {"17": 1},
    "seed": 7,
    **UNKNOWN,
}
MESSAGES: dict[str, Any] = {
    "model": "echo",
    "max_tokens": 100,
    "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
    "messages": [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "How is it?"},
                {
                    "type": "document",
                    "title": "guide",
                    "context": "of it",
                    "citations": {"enabled": True},
                    "source": {"type": "text", "media_type": "text/plain", "data": "Oslo is warm"},
                },
                {
                    "type": "document",
                    "title": "a.csv",
                    "source": {"type": "base64", "media_type": "text/csv", "data": CSV},
                },
                {
                    "type": "document",
                    "source": {"type": "content", "content": [{"type": "text", "text": "Oslo"}]},
                },
                {
                    "type": "search_result",
                    "source": "https://x.example/a",
                    "title": "found",
                    "content": [{"type": "text", "text": "It is warm."}],
                },
            ],
        },
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "hm", "signature": "c2ln"},
                {
                    "type": "text",
                    "text": "Let me see.",
                    "citations": [{"type": "char_location", "cited_text": "warm"}],
                },
                {"type": "tool_use", "id": "t1", "name": "weather", "input": {"city": ["Oslo", 3]}},
                {
                    "type": "mcp_tool_use",
                    "id": "t2",
                    "name": "look",
                    "server_name": "books",
                    "input": {"q": "warm"},
                },
            ],
        },
        {
            "role": "user",
            "content": [
                {
                    "type": "tool_result",
                    "tool_use_id": "t1",
                    "content": [{"type": "text", "text": '{"said": "warm,\\nmostly"}'}],
                },
                {
                    "type": "mcp_tool_result",
                    "tool_use_id": "t2",
                    "content": [{"type": "text", "text": "none"}],
                },
            ],
        },
    ],
    "tools": [{"name": "weather", "description": "tells it", "input_schema": SCHEMA}],
    "tool_choice": {"type": "tool", "name": "weather"},
    "stop_sequences": ["END"],
    "metadata": {"user_id": "u"},
    "output_config": {"format": {"type": "json_schema", "schema": SCHEMA}},
    **UNKNOWN,
}
COUNTED = {name: value for name, value in MESSAGES.items() if name != "max_tokens"}
PLAIN_MESSAGES: dict[str, Any] = {
    "model": "echo",
    "max_tokens": 100,
    "system": "Be brief.",
    "messages": [
        {"role": "user", "content": [{"type": "text", "text": "How is it?"}]},
        {"role": "assistant", "content": [MESSAGES["messages"][1]["content"][2]]},
        {"role": "user", "content": [MESSAGES["messages"][2]["content"][0]]},
    ],
    "tools": MESSAGES["tools"],
    "stop_sequences": ["END"],
    "metadata": {"user_id": "u"},
}
"""What can be told as a chat."""

RESPONSES: dict[str, Any] = {
    "model": "echo",
    "instructions": "Be brief.",
    "input": [
        {
            "type": "message",
            "role": "user",
            "content": [
                {"type": "input_text", "text": "How is it?"},
                {
                    "type": "input_file",
                    "filename": "a.csv",
                    "file_data": f"data:text/csv;base64,{CSV}",
                },
            ],
        },
        {"type": "function_call", "call_id": "c1", **CALL},
        {"type": "function_call_output", "call_id": "c1", "output": '{"said": "warm,\\nmostly"}'},
        {"type": "custom_tool_call", "call_id": "c2", "name": "run", "input": "warm"},
        {"type": "custom_tool_call_output", "call_id": "c2", "output": "done"},
    ],
    "tools": [
        {"type": "function", **FUNCTION},
        {"type": "custom", "name": "run", "description": "runs", "format": {"type": "text"}},
    ],
    "text": {"format": {"type": "json_schema", "name": "answer", "schema": SCHEMA}},
    "user": "u",
    "safety_identifier": "s",
    "prompt_cache_key": "p",
    "metadata": {"ticket": "t"},
    **UNKNOWN,
}
PLAIN_RESPONSES: dict[str, Any] = {
    "model": "echo",
    "instructions": "Be brief.",
    "input": [{"role": "user", "content": "How is it?"}, *RESPONSES["input"][1:3]],
    "tools": RESPONSES["tools"][:1],
    "metadata": {"ticket": "t"},
}
GEMINI: dict[str, Any] = {
    "systemInstruction": {"parts": [{"text": "Be brief."}]},
    "contents": [
        {
            "role": "user",
            "parts": [
                {"text": "How is it?"},
                {"text": "There."},
                {"inlineData": {"mimeType": "text/csv", "data": CSV, "displayName": "a.csv"}},
            ],
        },
        {
            "role": "model",
            "parts": [
                {"functionCall": {"name": "weather", "args": {"city": "Oslo", "day": 3}}},
                {"text": "Let me see.", "thoughtSignature": "c2ln"},
            ],
        },
        {
            "role": "user",
            "parts": [{"functionResponse": {"name": "weather", "response": {"said": "warm"}}}],
        },
    ],
    "tools": [
        {
            "functionDeclarations": [
                {"name": "weather", "description": "tells it", "parameters": SCHEMA}
            ]
        }
    ],
    "toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["weather"]}},
    "generationConfig": {
        "stopSequences": ["END"],
        "responseMimeType": "application/json",
        "responseSchema": SCHEMA,
        "seed": 7,
    },
    "labels": {"team": "blue"},
    "safetySettings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}],
    **UNKNOWN,
}
PLAIN_GEMINI: dict[str, Any] = {
    "systemInstruction": GEMINI["systemInstruction"],
    "contents": [
        {"role": "user", "parts": [{"text": "How is it?"}]},
        {"role": "model", "parts": GEMINI["contents"][1]["parts"][:1]},
        GEMINI["contents"][2],
    ],
    "tools": GEMINI["tools"],
    "generationConfig": {"stopSequences": ["END"]},
}
TEXTS: dict[str, Any] = {"model": "echo", "input": ["warm", "cold"], "user": "u", **UNKNOWN}
PROMPT: dict[str, Any] = {"model": "echo", "prompt": "warm", "user": "u", **UNKNOWN}

BODIES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("openai", "/v1/chat/completions", CHAT),
    ("openai", "/v1/responses", RESPONSES),
    ("openai", "/v1/completions", {**PROMPT, "suffix": "end", "stop": ["END"]}),
    ("openai", "/v1/embeddings", TEXTS),
    ("openai", "/v1/moderations", TEXTS),
    ("openai", "/v1/images/generations", {**PROMPT, "background": "auto"}),
    ("openai", "/v1/audio/speech", {**TEXTS, "input": "warm", "voice": "alloy"}),
    ("openai", "/v1/videos", {**PROMPT, "seconds": "4"}),
    ("openai", "/v1/messages", PLAIN_MESSAGES),
    ("openai", "/v1beta/models/echo:generateContent", PLAIN_GEMINI),
    ("anthropic", "/v1/messages", MESSAGES),
    ("anthropic", "/anthropic/v1/messages/count_tokens", COUNTED),
    ("anthropic", "/v1/responses", PLAIN_RESPONSES),
    ("gemini", "/v1beta/models/echo:generateContent", GEMINI),
    ("gemini", "/v1/chat/completions", {"model": "echo", "messages": CHAT["messages"][:1]}),
)
"""The wire of the provider, the address, and the body; some are told as a chat on the way."""

FORMS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/v1/audio/transcriptions", {"prompt": "warm", "language": "en", "note": "n"}),
    ("/v1/audio/translations", {"prompt": "warm", "note": "n"}),
    ("/v1/images/edits", {"prompt": "warm", "user": "u", "note": "n"}),
    ("/v1/images/variations", {"user": "u", "note": "n"}),
    ("/v1/videos", {"prompt": "warm", "note": "n"}),
)
"""The addresses that take forms, and the fields beside the model and the file."""
