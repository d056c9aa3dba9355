"""Amazon's signatures and event streams, by botocore; its sole importer (extra ``bedrock``).

botocore is Amazon's own and follows its protocols. Only its signer and its frame
parser are used: requests leave by our door like all others.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.eventstream import EventStreamBuffer, ParserError

from gateway.errors import ProviderGarbage

if TYPE_CHECKING:
    from gateway.core.catalogue import AwsKeys

SERVICE = "bedrock"
"""What a signature for Bedrock's runtime names as the service."""


class Message(NamedTuple):
    """One message of an event stream."""

    kind: str
    """``event``, ``exception`` or ``error``."""

    name: str
    """Which event or exception; empty for an error."""

    payload: bytes


def signed(keys: AwsKeys, url: str, headers: dict[str, str], body: bytes) -> dict[str, str]:
    """`headers` with a signature over them, the address and the body (Signature Version 4).

    The time that is signed is the machine's: Amazon refuses one that is minutes off.
    """
    request = AWSRequest("POST", url, headers=headers, data=body)
    credentials = Credentials(
        keys.access_key_id, keys.secret_access_key, keys.session_token or None
    )
    SigV4Auth(credentials, SERVICE, keys.region).add_auth(request)
    return dict(request.headers.items())


class EventFrames:
    """Messages out of bytes that arrive in any pieces, each checked by its two checksums."""

    def __init__(self) -> None:
        """Nothing has been read."""
        self._buffer = EventStreamBuffer()

    def feed(self, piece: bytes) -> list[Message]:
        """The messages that are complete now.

        Raises:
            ProviderGarbage: a checksum does not fit, a size is out of bounds, or it is no frame.
        """
        self._buffer.add_data(piece)
        try:
            return [_message(frame.headers, frame.payload) for frame in self._buffer]
        except (ParserError, struct.error, KeyError, UnicodeDecodeError) as error:
            raise ProviderGarbage from error


def _message(headers: dict[str, object], payload: bytes) -> Message:
    kind = headers.get(":message-type", "event")
    name = headers.get(":event-type") or headers.get(":exception-type") or ""
    return Message(str(kind), str(name), payload)
