"""What every shape must keep: nothing that a request says goes unseen (promise P5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.content.walk import walk
from gateway.core.media import Upload
from gateway.shapes.registry import SHAPES

if TYPE_CHECKING:
    from gateway.shapes.shape import Shape

ADDRESS = "jane.doe@customer.example"
KNOWN = (
    "content", "contents", "file", "image", "input", "input_reference", "instructions", "messages",
    "metadata", "model", "parts", "prompt", "role", "source", "suffix", "system",
    "systemInstruction", "text", "tools", "type", "user",
)  # fmt: skip
WORDS = ("assistant", "hello", "image", "message", "system", "text", "tool", "user")
keys = st.sampled_from(KNOWN) | st.text(max_size=6)
leaves = st.sampled_from(WORDS) | st.text(max_size=6) | st.none() | st.booleans() | st.integers()
nodes = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=12,
)
bodies = st.dictionaries(keys, nodes, max_size=5)


def planted(node: Any, ways: list[int]) -> Any:
    """`node` with the address in place of one leaf, by these turnings."""
    if isinstance(node, dict) and node:
        key = sorted(node)[ways[0] % len(node)]
        return {**node, key: planted(node[key], ways[1:] or [0])}
    if isinstance(node, list) and node:
        at = ways[0] % len(node)
        return [*node[:at], planted(node[at], ways[1:] or [0]), *node[at + 1 :]]
    return ADDRESS


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
class TestReach:
    @given(body=bodies, ways=st.lists(st.integers(0, 9), min_size=8, max_size=8))
    @settings(max_examples=60, deadline=None)
    def test_every_string_is_reached(
        self, shape: Shape, body: dict[str, Any], ways: list[int]
    ) -> None:
        """
        An address planted anywhere, under keys that are known or not, is among what is inspected.
        """
        changed = planted(body, ways)
        if not isinstance(changed, dict):
            changed = {"prompt": ADDRESS}
        seen = [item.text for item in walk(changed, turns=shape.turns).fields]

        assert any(ADDRESS in text for text in seen)

    @given(name=keys)
    @settings(max_examples=30, deadline=None)
    def test_names_of_files_are_reached(self, shape: Shape, name: str) -> None:
        """
        A file of a form is an attachment, and its name is a text like others.
        """
        body = {"model": "m", name: Upload(f"{ADDRESS}.png", "image/png", b"\x89PNG")}
        walked = walk(body, turns=shape.turns)

        assert [item.upload for item in walked.attached] == [body[name]]
        assert any(ADDRESS in item.text for item in walked.fields)

    @given(key=st.text(max_size=4))
    @settings(max_examples=30, deadline=None)
    def test_keys_are_reached(self, shape: Shape, key: str) -> None:
        """
        A value in the place of a key is seen as well.
        """
        body = {"model": "m", "metadata": {f"{key}{ADDRESS}": 1}}

        assert any(ADDRESS in item.text for item in walk(body, turns=shape.turns).fields)
