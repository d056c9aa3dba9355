"""Forms with files: read whole, or refused."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from urllib3.filepost import encode_multipart_formdata
from werkzeug.test import EnvironBuilder

from gateway.core.media import Upload
from gateway.errors import InvalidRequest
from gateway.sections import LimitSettings
from gateway.web.api.reading import Reading, read_form

TYPE = "multipart/form-data; boundary=b"
names = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=8)


def read(body: bytes, content_type: str = TYPE) -> Reading:
    """A form as it was read."""
    builder = EnvironBuilder(method="POST", input_stream=BytesIO(body), content_type=content_type)
    builder.content_length = len(body)
    return read_form(builder.get_request(), LimitSettings(), {})  # type: ignore[arg-type]


def written(fields: list[tuple[str, Any]]) -> bytes:
    """The form with these fields."""
    return encode_multipart_formdata(fields, "b")[0]


class TestForms:
    @given(st.dictionaries(names, st.text(max_size=20), max_size=5), st.binary(max_size=200))
    @settings(max_examples=60, deadline=None)
    def test_what_was_written_is_read(self, fields: dict[str, str], data: bytes) -> None:
        """
        Fields and the bytes of a file come back as they were put in.
        """
        fields.pop("file", None)
        given_fields: list[tuple[str, Any]] = list(fields.items())
        body = written([*given_fields, ("file", ("a.bin", data, "application/octet-stream"))])
        found = read(body).body

        assert found.pop("file") == Upload("a.bin", "application/octet-stream", data)
        assert found == fields

    @given(st.binary(min_size=1, max_size=300), st.data())
    @settings(max_examples=60, deadline=None)
    def test_one_that_was_cut_is_refused(self, data: bytes, draw: Any) -> None:
        """
        However little is missing, nothing is taken for the whole.
        """
        body = written([("file", ("a.bin", data, "application/octet-stream"))])
        at = draw.draw(st.integers(0, len(body.rstrip(b"\r\n")) - 1))

        with pytest.raises(InvalidRequest):
            read(body[:at])

    @given(st.binary(max_size=400))
    @settings(max_examples=100, deadline=None)
    def test_any_bytes_are_a_form_or_refused(self, middle: bytes) -> None:
        """
        Whatever stands between two boundaries: it is read, or refused by name.
        """
        with suppress(InvalidRequest):
            read(b"--b\r\n" + middle + b"\r\n--b--\r\n")

    def test_a_field_that_comes_twice_is_a_list(self) -> None:
        """
        So do pictures that are handed over together.
        """
        body = written(
            [("image[]", ("a.png", b"1", "image/png")), ("image[]", ("b.png", b"2", "image/png"))]
        )

        assert [item.data for item in read(body).body["image[]"]] == [b"1", b"2"]
