"""Amazon's signatures and event streams, against readings of their own documents."""

from __future__ import annotations

import hashlib
import hmac
import re
import zlib
from itertools import pairwise
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.catalogue import AwsKeys
from gateway.errors import ProviderGarbage
from gateway.providers.aws import EventFrames, signed
from tests.simulators.wires.converse import frame

KEYS = AwsKeys("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "", "eu-central-1")
HOST = "https://bedrock-runtime.eu-central-1.amazonaws.com"
AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<id>\w+)/(?P<day>\d{8})/(?P<region>[\w-]+)/bedrock/"
    r"aws4_request, SignedHeaders=(?P<names>[\w;-]+), Signature=(?P<signature>[0-9a-f]{64})"
)
texts = st.text(max_size=20)
messages = st.tuples(
    st.dictionaries(
        st.sampled_from([":event-type", ":message-type", ":content-type", "x"]), texts, max_size=4
    ),
    st.binary(max_size=200),
)


def expected(url: str, headers: dict[str, str], body: bytes, found: re.Match[str]) -> str:
    """The signature by the four tasks of Amazon's description (Signature Version 4)."""
    parts = urlsplit(url)
    lower = {name.lower(): value for name, value in headers.items()} | {"host": parts.netloc}
    names = found["names"].split(";")
    canonical = "\n".join(
        [
            "POST", quote(parts.path, safe="/-_.~"), "",
            *(f"{name}:{lower[name]}" for name in names), "",
            found["names"], hashlib.sha256(body).hexdigest(),
        ]
    )  # fmt: skip
    scope = f"{found['day']}/{found['region']}/bedrock/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{lower['x-amz-date']}\n{scope}\n{digest}"
    key = f"AWS4{KEYS.secret_access_key}".encode()
    for step in (found["day"], found["region"], "bedrock", "aws4_request"):
        key = hmac.new(key, step.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


class TestSignatures:
    @pytest.mark.parametrize(
        "model", ["anthropic.claude-x", "eu.amazon.nova-v1%3A0", "arn%3Aaws%3Abedrock%3A%2Fx"]
    )
    @pytest.mark.parametrize("token", ["", "session-token"])
    def test_as_amazon_describes_them(self, model: str, token: str) -> None:
        """
        The signature is the one that the description's own steps give; colons are quoted twice.
        """
        keys = AwsKeys(KEYS.access_key_id, KEYS.secret_access_key, token, KEYS.region)
        url, body = f"{HOST}/model/{model}/converse", b'{"messages": []}'
        headers = signed(keys, url, {"Content-Type": "application/json"}, body)
        found = AUTHORIZATION.fullmatch(headers["Authorization"])

        assert found is not None
        assert (found["id"], found["region"]) == ("AKIDEXAMPLE", "eu-central-1")
        assert {"host", "x-amz-date"} <= set(found["names"].split(";"))
        assert headers.get("X-Amz-Security-Token", "") == token
        assert expected(url, headers, body, found) == found["signature"]

    def test_the_body_is_signed(self) -> None:
        """
        One byte more is another signature.
        """
        one = signed(KEYS, f"{HOST}/model/m/converse", {}, b"{}")
        other = signed(KEYS, f"{HOST}/model/m/converse", {}, b"{} ")

        assert one["Authorization"] != other["Authorization"]
        assert KEYS.secret_access_key not in str(one)


class TestFrames:
    @given(st.lists(messages, max_size=5), st.lists(st.integers(0, 1_500), max_size=10))
    @settings(max_examples=200, deadline=None)
    def test_any_split_is_the_same(self, sent: list[Any], cuts: list[int]) -> None:
        """
        Messages come out as they went in, wherever the network cuts.
        """
        stream = b"".join(frame(headers, payload) for headers, payload in sent)
        places = sorted({0, len(stream), *(min(cut, len(stream)) for cut in cuts)})
        frames = EventFrames()
        found = [message for a, b in pairwise(places) for message in frames.feed(stream[a:b])]

        assert [message.payload for message in found] == [payload for _, payload in sent]
        assert [message.kind for message in found] == [
            headers.get(":message-type", "event") for headers, _ in sent
        ]

    @given(st.data())
    @settings(max_examples=200, deadline=None)
    def test_a_changed_byte_is_noticed(self, data: st.DataObject) -> None:
        """
        Both checksums are checked: no changed frame is taken for what was sent.
        """
        good = bytearray(frame({":event-type": "messageStop", "x": "y"}, b'{"a": 1}'))
        place = data.draw(st.integers(0, len(good) - 1))
        good[place] ^= data.draw(st.integers(1, 255))
        frames = EventFrames()
        try:
            found = frames.feed(bytes(good))
        except ProviderGarbage:
            return
        # A longer length is a frame that has not come whole yet.
        assert found == []

    @given(st.binary(max_size=400))
    @settings(max_examples=300, deadline=None)
    def test_any_bytes_are_frames_or_garbage(self, data: bytes) -> None:
        """
        Nothing else comes of bytes that are no frames.
        """
        try:
            assert EventFrames().feed(data) == []
        except ProviderGarbage:
            return

    @pytest.mark.parametrize("kind", range(6, 256, 7))
    def test_header_types_nobody_knows(self, kind: int) -> None:
        """
        A frame with good checksums and a header of an unknown type is garbage.
        """
        packed = b"\x01x" + bytes([kind])
        with pytest.raises(ProviderGarbage):
            EventFrames().feed(_frame(packed))

    def test_a_frame_too_large_is_garbage_at_once(self) -> None:
        """
        P10: its length is refused before it is waited for.
        """
        start = (1 << 30).to_bytes(4) + (0).to_bytes(4)
        with pytest.raises(ProviderGarbage):
            EventFrames().feed(start + _checksum(start) + b"x" * 100)


def _frame(packed: bytes) -> bytes:
    start = (16 + len(packed)).to_bytes(4) + len(packed).to_bytes(4)
    body = start + _checksum(start) + packed
    return body + _checksum(body)


def _checksum(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(4)
