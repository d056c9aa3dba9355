"""Anthropic's counting of tokens: a number is the whole answer."""

from __future__ import annotations

from typing import Any

from tests.simulators.wires.messages import MessagesForm


class CountTokensForm(MessagesForm):
    """Asked in the form of a message."""

    def whole(self, text: str, tool: str | None = None) -> dict[str, Any]:
        """Seven, whatever was asked."""
        return {"input_tokens": 7}
