"""Time stamps of a time-stamp authority (RFC 3161): the sole importer of rfc3161_client.

A stamp says that these bytes existed at that time. With it, a key that leaks
later cannot sign an earlier history: its stamps would be too young.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

if TYPE_CHECKING:
    from rfc3161_client import TimeStampResponse


class Stamps:
    """One authority's stamps, as those who trust its certificates see them."""

    def __init__(self, certificates: bytes) -> None:
        """`certificates` is PEM: the authority's roots and intermediates.

        Raises:
            ValueError: it holds none.
        """
        found = x509.load_pem_x509_certificates(certificates)
        self._roots = [item for item in found if item.issuer == item.subject]
        self._intermediates = [item for item in found if item.issuer != item.subject]
        if not self._roots:
            raise ValueError("there is no root certificate of a time-stamp authority")

    def query(self, message: bytes) -> tuple[bytes, int]:
        """The request for a stamp over `message`, and its nonce."""
        request = (
            TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256).build()
        )
        return request.as_bytes(), request.nonce or 0

    def check(self, message: bytes, response: bytes, nonce: int | None = None) -> str:
        """When `message` was stamped, in ISO 8601; `nonce` is the request's, where it is known.

        Raises:
            ValueError: the stamp is not of this authority, or not over these bytes.
        """
        answer = decode_timestamp_response(response)
        builder = VerifierBuilder(roots=[*self._roots], intermediates=[*self._intermediates])
        if nonce is not None:
            builder = builder.nonce(nonce)
        try:
            builder.build().verify_message(answer, message)
        except VerificationError as error:
            raise ValueError(f"the time stamp does not hold: {error}") from error
        return _moment(answer)


def _moment(answer: TimeStampResponse) -> str:
    return answer.tst_info.gen_time.isoformat(timespec="seconds")
