"""Finding an output again: what survives a change, and what says nothing without the key."""

from __future__ import annotations

import random
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.identifiers import TenantId
from gateway.core.secrets import RootSecret
from gateway.rights.likeness import (
    IMAGE,
    IMPRINT,
    TEXT,
    Likenesses,
    Output,
    alike,
    distance,
    imprint,
    normalised,
)

ACME, OTHER = TenantId(UUID(int=1)), TenantId(UUID(int=2))
"""The same each time: how near two texts seem differs a little from key to key."""

LIKENESSES = Likenesses(RootSecret(b"l" * 32))


def words(seed: int, count: int = 300) -> list[str]:
    """Words of a text."""
    chance = random.Random(seed)
    return [f"word{chance.randrange(2_000)}" for _ in range(count)]


def of(*pieces: str, tenant: TenantId = ACME) -> Output:
    """The text as a record names it."""
    return LIKENESSES.text(tenant, pieces)


class TestTheSameText:
    def test_what_only_looks_different_is_the_same(self) -> None:
        """
        Line breaks, case, and other forms of the same letters do not count.
        """
        assert of("The  Quick\nbrown ﬁsh").digest == of("the quick brown fish ").digest
        assert of("one", "two").digest == of("one two").digest

    def test_another_word_is_another_text(self) -> None:
        """
        The digest is of every word.
        """
        assert of("the quick fox").digest != of("the quick dog").digest

    @given(st.text(max_size=80))
    @settings(max_examples=60)
    def test_normalising_twice_changes_nothing(self, text: str) -> None:
        """
        What somebody pastes from the page is found as well as what left.
        """
        assert normalised([normalised([text])]) == normalised([text])


class TestTextMuchAlike:
    def test_a_few_changed_words_are_near(self) -> None:
        """
        An edited answer is found, with how far it is.
        """
        before = words(1)
        after = ["changed" if at in (50, 150, 250) else word for at, word in enumerate(before)]
        apart = distance(TEXT, of(" ".join(before)).sketch, of(" ".join(after)).sketch)

        assert apart is not None
        assert 0 < apart < 30

    def test_near_texts_have_near_imprints_and_others_are_far(self) -> None:
        """
        The imprints are what near texts are first looked for by.
        """
        one, other = of(" ".join(words(1))), of(" ".join(words(2)))
        edited = of(" ".join([*words(1)[:270], *words(3)[:30]]))
        own, laid = imprint(TEXT, one.sketch), [item.sketch for item in (other, edited, one)]
        found = alike(TEXT, own, b"".join(imprint(TEXT, sketch) for sketch in laid))

        assert [place for _, place in found] == [1, 2]
        assert found[0][0] < found[1][0] == IMPRINT
        assert distance(TEXT, one.sketch, other.sketch) is None

    def test_short_texts_have_no_sketch(self) -> None:
        """
        "Yes, of course." is like too many others, and could be guessed.
        """
        assert of("Yes, of course, with pleasure.").sketch == b""
        assert imprint(TEXT, b"") == b""


def by_definition(text: str) -> bytes:
    """The sketch of a normalised text in whole numbers, run by run and permutation by permutation.

    `text` has at least 24 words.
    """
    keys = LIKENESSES._keys(ACME)
    said = text.split(" ")
    numbers = []
    for at in range(len(said) - 4):
        signs = " ".join(said[at : at + 5])
        powers = (ord(sign) * pow(keys.base, place) for place, sign in enumerate(signs))
        value = (sum(powers) ^ keys.secret) % 2**64
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
            value = (value ^ value >> shift) * factor % 2**64
        numbers.append(value)
    kept = b""
    for factor, offset in zip(keys.factors.tolist(), keys.offsets.tolist(), strict=True):
        least = min((value * factor + offset) % 2**64 for value in numbers)
        kept += (least % 2**16).to_bytes(2, "big")
    return kept


class TestSketchesLast:
    @given(st.lists(st.text(min_size=1, max_size=6), min_size=24, max_size=40))
    @settings(max_examples=40)
    def test_a_sketch_is_what_it_is_defined_as(self, said: list[str]) -> None:
        """
        Sketches stand in logs for years: however they are computed, they are the same.
        """
        plain = normalised([" ".join(said)])
        defined = by_definition(plain) if plain.count(" ") >= 23 else b""

        assert of(plain).sketch == defined

    def test_a_long_text_has_the_same(self) -> None:
        """
        Over a thousand runs, whose numbers have long gone round.
        """
        plain = " ".join(words(4, 1_029))
        assert of(plain).sketch == by_definition(plain)

    def test_half_a_pair_is_a_sign_like_others(self) -> None:
        """
        A surrogate without its other half changes nothing but its own run.
        """
        plain = " ".join(["\ud800", *words(4, 30)])
        assert of(plain).sketch == by_definition(plain)


class TestTenantsApart:
    def test_nothing_can_be_compared_without_the_key(self) -> None:
        """
        Two tenants' digests and sketches of one text, or one picture, have nothing in common.
        """
        text, bits = " ".join(words(1)), bytes(range(32))
        one, other = of(text), of(text, tenant=OTHER)
        pictures = [LIKENESSES.picture(tenant, bits) for tenant in (ACME, OTHER)]

        assert one.digest != other.digest
        assert distance(TEXT, one.sketch, other.sketch) is None
        assert distance(IMAGE, *pictures) is None
        assert bits not in pictures

    def test_a_picture_keeps_its_distances(self) -> None:
        """
        Permuting and masking bits changes none of the distances.
        """
        bits = bytes(range(32))
        near = bytes([bits[0] ^ 0b111, *bits[1:]])
        sketches = [LIKENESSES.picture(ACME, item) for item in (bits, near)]
        different = int.from_bytes(sketches[0], "big") ^ int.from_bytes(sketches[1], "big")

        assert different.bit_count() == 3
        assert LIKENESSES.picture(ACME, b"") == b""


class TestImprints:
    """How many near copies the first look misses, and how much it lets through."""

    SOME = 2_000

    def test_of_texts(self) -> None:
        """
        Where half of the minima are equal, the least that counts as near, hardly one is missed.
        """
        chance = random.Random(11)
        own = chance.randbytes(64)
        laid = b""
        for _ in range(self.SOME):
            kept = set(chance.sample(range(32), 16))
            pairs = [
                own[2 * at : 2 * at + 2] if at in kept else chance.randbytes(2) for at in range(32)
            ]
            laid += imprint(TEXT, b"".join(pairs))

        assert len(alike(TEXT, imprint(TEXT, own), laid)) >= self.SOME - 2

    def test_of_pictures(self) -> None:
        """
        Where 26 bits of 256 differ, the most that counts as near, hardly one is missed.
        """
        chance = random.Random(12)
        own = chance.randbytes(32)
        laid = b""
        for _ in range(self.SOME):
            other = bytearray(own)
            for bit in chance.sample(range(256), 26):
                other[bit // 8] ^= 1 << bit % 8
            laid += imprint(IMAGE, bytes(other))

        assert len(alike(IMAGE, imprint(IMAGE, own), laid)) >= self.SOME - 2

    def test_of_what_is_not_alike(self) -> None:
        """
        Of unrelated imprints few are looked at more closely: ten in 100,000 at most.
        """
        chance = random.Random(13)
        laid, own = chance.randbytes(IMPRINT * 100_000), chance.randbytes(IMPRINT)

        assert len(alike(TEXT, own, laid)) <= 10
        assert alike(IMAGE, own, laid) == []

    @given(st.sampled_from([TEXT, IMAGE]), st.binary(min_size=16, max_size=16), st.data())
    @settings(max_examples=60)
    def test_what_is_counted(self, kind: str, own: bytes, data: st.DataObject) -> None:
        """
        Equal bytes of texts, equal bits of pictures; each place by itself.
        """
        few = st.lists(st.sampled_from(own), min_size=16, max_size=16).map(bytes)
        others = data.draw(st.lists(few, max_size=5))
        least = {TEXT: 3, IMAGE: 106}[kind]
        expected = []
        for place, other in enumerate(others):
            if kind == TEXT:
                common = sum(one == two for one, two in zip(own, other, strict=True))
            else:
                different = int.from_bytes(own, "big") ^ int.from_bytes(other, "big")
                common = 128 - different.bit_count()
            if common >= least:
                expected.append((common, place))

        assert alike(kind, own, b"".join(others)) == expected


class TestOutput:
    def test_a_record_names_it_whole(self) -> None:
        """
        The index is made from what stands in the record.
        """
        made = Output(IMAGE, b"d" * 32, b"r" * 32, b"s" * 32, "image/png")

        assert Output.from_record(made.as_record()) == made
