"""Which form is spoken at which address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulators.wires.chat import ChatForm
from tests.simulators.wires.count_tokens import CountTokensForm
from tests.simulators.wires.messages import MessagesForm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.simulators.wires.form import Form

CHAT: Form = ChatForm()
FORMS: Mapping[str, Form] = {
    "/chat/completions": CHAT,
    "/messages": MessagesForm(),
    "/messages/count_tokens": CountTokensForm(),
}
"""Forms by how the path ends, without its query."""


def form_of(path: str) -> Form:
    """The form of an address; chat where none is known."""
    bare = path.partition("?")[0]
    return next((form for ending, form in FORMS.items() if bare.endswith(ending)), CHAT)
