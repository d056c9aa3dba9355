"""How the tour says what it saw, and insists on it."""

from __future__ import annotations

import textwrap

import click

SECONDS = 20
"""How long the tour waits for an answer."""

_WIDTH = 96


def say(who: str, what: str | None) -> None:
    """A line of the tour: who, and what they said or saw."""
    lines = textwrap.wrap(what or "", _WIDTH) or [""]
    click.echo(f"   {who:>12}  {lines[0]}")
    for line in lines[1:]:
        click.echo(f"   {'':>12}  {line}")


def require(held: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as a sentence
    """Go on if it held.

    Raises:
        AssertionError: it did not; the tour ends there.
    """
    if not held:
        raise AssertionError(otherwise)
