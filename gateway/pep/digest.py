"""Keyed digests of an answer's texts, the same whether it came whole or in pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from gateway.core.identifiers import TenantId
    from gateway.core.secrets import RootSecret


_Key = TypeVar("_Key", bound="tuple[int, str]")


class FieldDigests(Generic[_Key]):
    """HMAC-SHA-256 over every text of an answer, under the tenant's own key.

    Keyed, because a short answer behind a bare hash can be guessed. Pieces are kept until the end
    and hashed together: hashing each one costs more than all of them at once.
    """

    def __init__(self, secret: RootSecret, tenant: TenantId) -> None:
        """Digests under the content key that `secret` holds for `tenant`."""
        self._secret = secret
        self._tenant = tenant
        self._fields: dict[_Key, list[str]] = {}

    def add(self, key: _Key, text: str) -> None:
        """Append `text` to the text named by choice and path."""
        self._fields.setdefault(key, []).append(text)

    def pieces(self, key: _Key) -> list[str]:
        """The pieces of that text, to which more can be appended; it is one of the texts now."""
        return self._fields.setdefault(key, [])

    def text(self, key: _Key) -> str:
        """That text whole; empty when there is none."""
        return "".join(self._fields.get(key, ()))

    def items(self) -> list[tuple[_Key, str]]:
        """Every text whole with its choice and path, in the order of these."""
        return [(key, "".join(self._fields[key])) for key in sorted(self._fields)]

    def texts(self) -> list[str]:
        """Every text whole, in the order of choice and path."""
        return ["".join(self._fields[key]) for key in sorted(self._fields)]

    def alike(self, other: FieldDigests[_Key]) -> bool:
        """Whether `other` has the same pieces, and so the same digest for this tenant."""
        return self._fields == other._fields

    def digest(self) -> str:
        """The digest of all texts with their places, as hex; empty when there was no text."""
        if not self._fields:
            return ""
        keyed = self._secret.content(self._tenant)
        parts = [
            f"{key[0]}.{key[1]}=".encode()
            + keyed.digest("".join(self._fields[key]).encode("utf-8", "surrogatepass"))
            for key in sorted(self._fields)
        ]
        return keyed.digest(b"".join(parts)).hex()
