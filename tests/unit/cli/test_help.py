"""Every command and every option says what it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest

from gateway.cli import proviso

if TYPE_CHECKING:
    from collections.abc import Iterator


def commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """A command and all below it, with the words that call them."""
    yield name, command
    if isinstance(command, click.Group):
        for word, inner in command.commands.items():
            yield from commands(inner, f"{name} {word}")


ALL = dict(commands(proviso, "proviso"))


@pytest.mark.parametrize("name", ALL)
class TestHelp:
    def test_it_says_what_it_does(self, name: str) -> None:
        """
        A sentence, with its full stop.
        """
        said = (ALL[name].help or "").split("\n\n")[0].strip()

        assert said.endswith((".", ")."))

    def test_each_option_says_what_it_is(self, name: str) -> None:
        """
        Nobody has to read the code to know what to give.
        """
        options = [item for item in ALL[name].params if isinstance(item, click.Option)]

        assert [item.name for item in options if not item.help] == []
