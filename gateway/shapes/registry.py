"""Which shapes there are. A new API is one file and one line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.shapes.chat import Chat

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.shapes.shape import Shape

CHAT = Chat()

SHAPES: Mapping[str, Shape] = {shape.name: shape for shape in (CHAT,)}
"""Every shape by its name."""
