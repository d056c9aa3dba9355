"""Keyed digests of an answer's texts, the same whether it came whole or in pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import hmac

    from gateway.core.identifiers import TenantId
    from gateway.core.secrets import RootSecret


class FieldDigests:
    """HMAC-SHA-256 over every text of an answer, under the tenant's own key.

    Keyed, because a short answer behind a bare hash can be guessed.
    """

    def __init__(self, secret: RootSecret, tenant: TenantId) -> None:
        """Digests under the content key that `secret` holds for `tenant`."""
        self._secret = secret
        self._tenant = tenant
        self._fields: dict[tuple[int, str], hmac.HMAC] = {}

    def add(self, key: tuple[int, str], text: str) -> None:
        """Append `text` to the text named by choice and path."""
        field = self._fields.get(key)
        if field is None:
            field = self._fields[key] = self._secret.content_hmac(self._tenant)
        field.update(text.encode("utf-8", "surrogatepass"))

    def digest(self) -> str:
        """The digest of all texts with their places, as hex; empty when there was no text."""
        if not self._fields:
            return ""
        whole = self._secret.content_hmac(self._tenant)
        for (index, path), field in sorted(self._fields.items()):
            whole.update(f"{index}.{path}=".encode() + field.digest())
        return whole.hexdigest()
