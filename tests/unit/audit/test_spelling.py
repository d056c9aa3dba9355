"""Bytes have one spelling in an export, so that any changed character of an entry is named."""

from __future__ import annotations

import pytest

from tests.unit.audit.exports import an_export, kinds


class TestOneSpelling:
    @pytest.mark.parametrize(
        ("field", "old", "new"),
        [("canonical", "Q==", "a=="), ("leaf_hash", "e", "E")],
        ids=["unused bits of base64", "another spelling of hex"],
    )
    def test_another_spelling_of_the_same_bytes(self, field: str, old: str, new: str) -> None:
        """
        One byte of the file was changed, even if it decodes to the same: it is named.
        """
        lines = an_export()
        assert old in lines[1][field]
        lines[1] = {**lines[1], field: lines[1][field].replace(old, new)}

        assert "unreadable" in kinds(lines)
