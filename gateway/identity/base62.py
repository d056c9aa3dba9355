"""Numbers in letters and digits: text that a double click selects whole."""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}


def encode(number: int, length: int) -> str:
    """`number` in exactly `length` letters, most significant first.

    Raises:
        ValueError: it does not fit.
    """
    letters = []
    for _ in range(length):
        number, value = divmod(number, 62)
        letters.append(ALPHABET[value])
    if number:
        raise ValueError("the number does not fit")
    return "".join(reversed(letters))


def decode(text: str) -> int:
    """The number that `text` spells.

    Raises:
        ValueError: it holds something else than ASCII letters and digits.
    """
    number = 0
    try:
        for letter in text:
            number = number * 62 + _VALUES[letter]
    except KeyError:
        # The letter itself stays out of the message: `text` may be part of a secret.
        raise ValueError("not base 62") from None
    return number
