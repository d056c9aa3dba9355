"""Keyed digests of an answer's texts, the same whether it came whole or in pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import hmac

    from gateway.core.identifiers import TenantId
    from gateway.core.secrets import RootSecret


_GATHERED = 64


class FieldDigests:
    """HMAC-SHA-256 over every text of an answer, under the tenant's own key.

    Keyed, because a short answer behind a bare hash can be guessed. Pieces are gathered and
    hashed together: hashing each one costs more than all of them at once.
    """

    def __init__(self, secret: RootSecret, tenant: TenantId, *, keep: bool = False) -> None:
        """Digests under the content key that `secret` holds for `tenant`.

        With `keep` the texts can be had at the end, to make a sketch of them; they are in memory
        until then.
        """
        self._secret = secret
        self._tenant = tenant
        self._keep = keep
        self._fields: dict[tuple[int, str], tuple[hmac.HMAC, list[str]]] = {}

    def add(self, key: tuple[int, str], text: str) -> None:
        """Append `text` to the text named by choice and path."""
        field = self._fields.get(key)
        if field is None:
            field = self._fields[key] = (self._secret.content_hmac(self._tenant), [])
        running, pieces = field
        pieces.append(text)
        if len(pieces) >= _GATHERED and not self._keep:
            _hash(running, pieces)
            pieces.clear()

    def texts(self) -> list[str]:
        """Every text whole, in the order of choice and path; none without `keep`."""
        fields = sorted(self._fields.items(), key=lambda item: item[0]) if self._keep else ()
        return ["".join(pieces) for _, (_, pieces) in fields]

    def digest(self) -> str:
        """The digest of all texts with their places, as hex; empty when there was no text."""
        if not self._fields:
            return ""
        whole = self._secret.content_hmac(self._tenant)
        for (index, path), (running, pieces) in sorted(
            self._fields.items(), key=lambda item: item[0]
        ):
            ended = running.copy()
            _hash(ended, pieces)
            whole.update(f"{index}.{path}=".encode() + ended.digest())
        return whole.hexdigest()


def _hash(running: hmac.HMAC, pieces: list[str]) -> None:
    running.update("".join(pieces).encode("utf-8", "surrogatepass"))
