"""What the likelihoods of an answer's tokens spell, one below the other.

APIs say the words once more in them: token by token, in the bytes of each, and what could have
stood in its place. Nobody restores anything in them.
"""

from __future__ import annotations

from typing import Any

from gateway.errors import ProviderGarbage

KEYS = frozenset({"logprobs", "logprobsResult", "logprobs_result"})
"""Where they stand."""

_BYTES = "bytes"
_MOST = 256
_LONG = 1e7
_DEEPEST = 32


def spelt(node: Any) -> str:
    """Every row of tokens in `node`, joined as they are said; a line for each row, none twice.

    Raises:
        ProviderGarbage: it is nested deeper than likelihoods are.
    """
    rows: dict[tuple[str, ...], list[str]] = {}
    left: list[tuple[Any, tuple[str, ...]]] = [(node, ())]
    while left:
        item, path = left.pop()
        if len(path) > _DEEPEST:
            raise ProviderGarbage("It is nested too deeply.")
        if isinstance(item, str):
            rows.setdefault(path, []).append(item)
        elif isinstance(item, (int, float)) and abs(item) >= _LONG:
            rows.setdefault(path, []).append(f" {item:.0f}")
        elif isinstance(item, dict):
            rows.setdefault((*path, "keys"), []).extend(_unknown(item))
            left += [(value, (*path, key)) for key, value in reversed(item.items())]
        elif isinstance(item, list) and path[-1:] == (_BYTES,):
            rows.setdefault(path, []).append(_text(item))
        elif isinstance(item, list):
            # The tokens of an answer are one row; what could have stood for each has rows of rank.
            ranked = any(key == "" for key in path)
            left += [
                (value, (*path, str(at) if ranked else ""))
                for at, value in reversed(list(enumerate(item)))
            ]
    return "\n".join(dict.fromkeys("".join(row) for row in rows.values() if row))


def _unknown(item: dict[str, Any]) -> list[str]:
    """Keys that are tokens, as the older API has it."""
    return [key for key in item if key not in _NAMES]


_NAMES = frozenset({
    "avgLogprobs", "bytes", "candidates", "chosenCandidates", "content", "logProbability",
    "logProbabilitySum", "logprob", "refusal", "text_offset", "token", "tokenId", "token_logprobs",
    "tokens", "topCandidates", "top_logprobs",
})  # fmt: skip


def _text(numbers: list[Any]) -> str:
    """What these bytes say; nothing where they are none."""
    if not all(type(number) is int and 0 <= number < _MOST for number in numbers):
        return " ".join(str(number) for number in numbers)
    return bytes(numbers).decode("utf-8", "replace")
