"""One value, one sequence of bytes: held against an implementation nobody here wrote."""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.audit import canonical

keys = st.text(alphabet=st.characters(max_codepoint=127), max_size=8)
leaves = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), st.text(max_size=20)
)
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4)
)
documents = st.dictionaries(keys, values, max_size=6)


class TestAgreement:
    @given(documents)
    @settings(max_examples=300, deadline=None)
    def test_the_bytes_are_rfc_8785(self, document: dict[str, Any]) -> None:
        """
        On the part of JSON the log uses, the bytes are those of RFC 8785.
        """
        assert canonical.encode(document) == rfc8785.dumps(document)


class Word(str):
    """Text that is more than text."""

    __slots__ = ()


class TestRefusals:
    @pytest.mark.parametrize(
        "value",
        [0.5, 2**53, -(2**53), float("nan"), "\ud800", b"bytes", {"ö": 1}, {1: 2}, (1,), {1, 2}],
    )
    def test_what_others_might_write_differently(self, value: Any) -> None:
        """
        Anything outside that part is refused, wherever it stands.
        """
        with pytest.raises(ValueError):
            canonical.encode({"a": [{"b": value}]} if not isinstance(value, dict) else value)

    @given(documents, st.text(min_size=1, max_size=4).filter(lambda key: not key.isascii()))
    @settings(max_examples=100, deadline=None)
    def test_a_key_beyond_ascii_is_refused_at_any_depth(
        self, document: dict[str, Any], key: str
    ) -> None:
        """
        Code points and UTF-16 units sort it differently.
        """
        deep: dict[str, Any] = {"a": [document, {"b": {key: 1}}]}
        for value in ({key: document}, deep, {"a": key, key: 0}):
            with pytest.raises(ValueError):
                canonical.encode(value)

    def test_only_plain_types_are_taken(self) -> None:
        """
        Whatever else the library could write: text and numbers of other types, as key or value.
        """
        others: tuple[Any, ...] = (Word("a"), uuid4(), HTTPStatus.OK, datetime.now(UTC))
        for value in (*others, OrderedDict()):
            with pytest.raises(ValueError):
                canonical.encode({"a": value})
        with pytest.raises(ValueError):
            canonical.encode({Word("a"): 1})

    def test_what_holds_itself_is_refused(self) -> None:
        """
        It has no bytes, and looking for them ends.
        """
        holds: dict[str, Any] = {"a": []}
        holds["a"].append(holds)

        with pytest.raises(ValueError):
            canonical.encode(holds)
