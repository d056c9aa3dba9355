"""What an output is found again by: a digest for the same one, a sketch for one much like it.

Media are high-entropy and must be matchable by others, so their digest is plain
SHA-256. Text can be guessed, so its digest is keyed, and both kinds of sketch are:
without the tenant's key they say nothing, and two tenants' cannot be compared.

The text sketch is MinHash (Broder, "On the resemblance and containment of
documents", 1997) over runs of five words, 16 bits of each of 32 minima (Li and
König, "b-Bit Minwise Hashing", 2010). The picture sketch is made in
`gateway.rights.pictures`, and permuted and masked here, which keeps distances.
"""

from __future__ import annotations

import hashlib
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from gateway.core.secrets import Keyed
from gateway.core.values import dataclass
from gateway.rights.minima import COUNT, minima

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from gateway.core.identifiers import TenantId
    from gateway.core.secrets import RootSecret

TEXT, IMAGE = "text", "image"
IMPRINT = 16
"""Bytes of an imprint: a part of the sketch, which all others of its kind are compared with."""

_ALIKE = {TEXT: 3, IMAGE: 8 * IMPRINT - 22}
"""The least that imprints of near copies have in common: of texts bytes, of pictures bits.

Of the texts that share half of their minima fewer than 1 in 10,000 are missed by it, of pictures
with 26 different bits about as many. Of imprints that have nothing to do with each other 1 in
30,000 (texts) is as close.
"""

_ONES = np.uint64(0x0101_0101_0101_0101)

_FEWEST_WORDS = 24
"""Shorter texts are found by their digest alone: they are too easily alike, or guessed."""

_MOST_CHARACTERS = 400_000
"""Of a longer text the beginning is sketched."""

PICTURE_BITS = 256
_CLOSE_TEXT = 0.5
"""The least share of equal minima: an estimate of the share of common runs of words."""

_CLOSE_PICTURE = 26
"""The most different bits of 256."""


@dataclass(frozen=True, slots=True)
class Output:
    """One output, or one part of one, as its record names it."""

    kind: str
    """``text``, ``image``, ``audio``, ``video`` or ``file``."""

    digest: bytes
    """As released: of media SHA-256, of text keyed."""

    received: bytes = b""
    """Of media as received from the provider, SHA-256; empty for text, whose keyed digests before
    and after stand in the outcome's entry."""

    sketch: bytes = b""
    media_type: str = ""

    def as_record(self) -> dict[str, Any]:
        """As it stands in the rights record."""
        return {
            "kind": self.kind,
            "media_type": self.media_type,
            "digest": self.digest.hex(),
            "received": self.received.hex(),
            "sketch": self.sketch.hex(),
        }

    @classmethod
    def from_record(cls, said: dict[str, Any]) -> Output:
        """The output that a rights record names.

        Raises:
            KeyError, ValueError: it names none in this form.
        """
        digest, received, sketch = (
            bytes.fromhex(said[name]) for name in ("digest", "received", "sketch")
        )
        return cls(said["kind"], digest, received, sketch, said["media_type"])


class Likenesses:
    """Digests and sketches under each tenant's own key."""

    def __init__(self, secret: RootSecret) -> None:
        """Keys are derived from `secret`."""
        self._secret = secret
        self._keys = lru_cache(maxsize=512)(self._derived)

    def text(self, tenant: TenantId, pieces: Iterable[str]) -> Output:
        """The texts of an output, in their order, as one."""
        plain, keys = normalised(pieces), self._keys(tenant)
        return Output(TEXT, keys.keyed.digest(text_digest(plain)), b"", keys.runs(plain))

    def of_digest(self, tenant: TenantId, digest: bytes) -> bytes:
        """What a text is kept under whose normalised form has this SHA-256 digest."""
        return self._keys(tenant).keyed.digest(digest)

    def picture(self, tenant: TenantId, bits: bytes) -> bytes:
        """The keyed sketch of a picture whose plain one is `bits`; empty of nothing."""
        if not bits:
            return b""
        keys = self._keys(tenant)
        mixed = np.unpackbits(np.frombuffer(bits, np.uint8))[keys.order] ^ keys.mask
        return np.packbits(mixed).tobytes()

    def _derived(self, tenant: TenantId) -> _Keys:
        return _Keys.made(self._secret.likeness_key(tenant))


@dataclass(frozen=True, slots=True)
class _Keys:
    """What one tenant's key gives."""

    keyed: Keyed
    base: int
    """An odd number, and what it is multiplied with to give 1 (modulo 2**64)."""

    inverse: int
    secret: int
    factors: NDArray[np.uint64]
    offsets: NDArray[np.uint64]
    """A permutation of numbers each, one below the other."""

    order: NDArray[np.intp]
    mask: NDArray[np.uint8]

    @classmethod
    def made(cls, key: bytes) -> _Keys:
        stream = hashlib.shake_256(b"proviso/likeness/v1" + key).digest(32 + 8 * 512)
        words = np.frombuffer(stream, np.uint64, offset=32)
        odd = words | np.uint64(1)
        factors, offsets = odd[8 : 8 + COUNT], words[40 : 40 + COUNT]
        order = np.argsort(words[96 : 96 + PICTURE_BITS], kind="stable")
        mask = np.unpackbits(words[80:84].view(np.uint8))
        base = int(odd[0])
        inverse = pow(base, -1, 2**64)
        keyed = Keyed(stream[:32])
        return cls(keyed, base, inverse, int(words[1]), factors, offsets, order, mask)

    def runs(self, plain: str) -> bytes:
        """The sketch of a normalised text; empty of a short one."""
        plain = plain[:_MOST_CHARACTERS]
        if plain.count(" ") < _FEWEST_WORDS - 1:
            return b""
        return minima(plain, self.base, self.inverse, self.secret, self.factors, self.offsets)


def normalised(pieces: Iterable[str]) -> str:
    """The text as it is compared: compatibility forms and case folded, white space as one blank.

    A change that only looks different, such as other line breaks, is no change.
    """
    folded = unicodedata.normalize("NFKC", "\n".join(pieces)).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def text_digest(plain: str) -> bytes:
    """SHA-256 of a normalised text. Never kept as it is: short texts can be guessed."""
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).digest()


def imprint(kind: str, sketch: bytes) -> bytes:
    """The part of an output's sketch that is compared first; none without a sketch."""
    # Of a text a byte of each of the first minima: each byte of a minimum says as much.
    return sketch[1 : 2 * IMPRINT : 2] if kind == TEXT else sketch[:IMPRINT]


def alike(kind: str, asked: bytes, laid: bytes) -> list[tuple[int, int]]:
    """Which of the imprints that lie one after the other may be near copies of the one asked.

    For each how much it has in common with it, the more the closer, and its place.
    """
    own = np.frombuffer(asked, np.uint8)
    every = np.frombuffer(laid, np.uint8).reshape(-1, IMPRINT)
    same = (every == own).view(np.uint8) if kind == TEXT else np.bitwise_count(~(every ^ own))
    halves = same.view(np.uint64)
    # Eight small counts in one number: what they add up to stands in its highest byte.
    common = ((halves[:, 0] + halves[:, 1]) * _ONES) >> np.uint64(56)
    near = np.flatnonzero(common >= _ALIKE[kind])
    return list(zip(common[near].tolist(), near.tolist(), strict=True))


def distance(kind: str, one: bytes, other: bytes) -> int | None:
    """How far two sketches of a kind are apart, in hundredths; None if they are not near.

    Of texts it is the estimated share of runs of words that they have not in common; of
    pictures the share of bits of the sketch that differ.
    """
    if not one or len(one) != len(other):
        return None
    if kind == TEXT:
        equal = int((np.frombuffer(one, ">u2") == np.frombuffer(other, ">u2")).sum())
        share = equal / COUNT
        return round(100 * (1 - share)) if share >= _CLOSE_TEXT else None
    bits = int.bit_count(int.from_bytes(one, "big") ^ int.from_bytes(other, "big"))
    return round(100 * bits / PICTURE_BITS) if bits <= _CLOSE_PICTURE else None
