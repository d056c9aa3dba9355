"""What a picture looks like, and files that are built to break whoever looks."""

from __future__ import annotations

import tracemalloc

import pytest
from PIL import Image

from gateway.rights.pictures import MOST_PIXELS, Pictures
from tests.media import a_bomb, a_picture, a_sound, encoded

PICTURES = Pictures()


def apart(one: bytes, other: bytes) -> int:
    """How many bits differ."""
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()


class TestAlike:
    @pytest.mark.parametrize(
        ("form", "how"),
        [("JPEG", {"quality": 50}), ("WEBP", {"quality": 60}), ("PNG", {"compress_level": 9})],
    )
    def test_saving_it_again_changes_little(self, form: str, how: dict[str, int]) -> None:
        """
        Re-saving takes the content credentials away; this still finds the picture.
        """
        before = PICTURES.bits(encoded(a_picture()))

        assert apart(before, PICTURES.bits(encoded(a_picture(), form, **how))) <= 10

    def test_half_the_size_is_the_same_picture(self) -> None:
        """
        So is a grey one.
        """
        before = PICTURES.bits(encoded(a_picture(side=512)))
        half = a_picture(side=512).resize((256, 256))

        assert apart(before, PICTURES.bits(encoded(half))) <= 10
        assert apart(before, PICTURES.bits(encoded(half.convert("L")))) <= 10

    def test_another_picture_is_far(self) -> None:
        """
        Half of the bits of unrelated pictures differ.
        """
        before = PICTURES.bits(encoded(a_picture(1)))

        assert apart(before, PICTURES.bits(encoded(a_picture(2)))) > 60


class TestHostile:
    def test_a_bomb_costs_its_headers(self) -> None:
        """
        A PNG of a kilobyte that would take 10 GB is not unpacked.
        """
        bomb = a_bomb()
        tracemalloc.start()
        found = PICTURES.bits(bomb)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert found == b""
        assert peak < 100_000

    def test_more_pixels_than_the_limit_are_not_decoded(self) -> None:
        """
        Such a picture is found by its digest alone.
        """
        wide = Image.new("1", (MOST_PIXELS // 1_000 + 1, 1_000))

        assert PICTURES.bits(encoded(wide)) == b""

    @pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
    def test_a_cut_file_is_no_picture(self, form: str) -> None:
        """
        Wherever it was cut.
        """
        whole = encoded(a_picture(), form)

        for at in (0, 3, 9, 20, 40, len(whole) // 2, len(whole) - 3):
            assert PICTURES.bits(whole[:at]) == b""

    def test_two_things_at_once_are_no_picture(self) -> None:
        """
        A picture that is an archive or a PDF as well is not looked at.
        """
        whole = encoded(a_picture())

        assert PICTURES.bits(whole + b"PK\x03\x04" + b"PK\x05\x06" + b"\x00" * 18) == b""
        assert PICTURES.bits(b"%PDF-1.7\n" + whole) == b""
        assert PICTURES.bits(whole + b"more") == b""

    def test_what_is_no_picture_has_no_likeness(self) -> None:
        """
        Nor has a picture of one colour: all of those would be alike.
        """
        assert PICTURES.bits(a_sound()) == b""
        assert PICTURES.bits(b"hello") == b""
        assert PICTURES.bits(encoded(Image.new("RGB", (64, 64), "red"))) == b""

    def test_bits_turned_over_never_break_it(self) -> None:
        """
        Every tenth byte of a file, changed, gives a likeness or none.
        """
        whole = encoded(a_picture(side=48), "JPEG")
        for at in range(0, len(whole), 10):
            broken = bytearray(whole)
            broken[at] ^= 0xFF

            assert len(PICTURES.bits(bytes(broken))) in (0, 32)
