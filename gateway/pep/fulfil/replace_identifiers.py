"""The obligation ``replace_identifiers``: who the end user is, is told to no provider.

The value that a client sends in ``user``, ``safety_identifier`` or ``metadata`` becomes a keyed
pseudonym of the tenant and the provider, so that two providers cannot join their logs. A bare
hash would not do: addresses can be tried out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.content.asked import NAMING, naming_metadata
from gateway.pep.fulfil.owed import words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gateway.core.decision import Obligation
    from gateway.pep.fulfil.owed import Owed

TYPE = "replace_identifiers"
_METADATA = frozenset({"metadata", "metadata.user_id"})
_KNOWN = frozenset({*NAMING, *_METADATA})


def accepts(obligation: Obligation) -> bool:
    """Whether the parameters are well formed: ``{"names": ["user", …]}``, each one we know."""
    return words(obligation, "names", _KNOWN) is not None


def add(owed: Owed, obligation: Obligation) -> Owed:
    """`owed` with these identifiers replaced too."""
    names = words(obligation, "names") or frozenset()
    return owed._replace(identifiers=owed.identifiers | names)


def apply(
    body: dict[str, Any],
    given: Mapping[str, Any],
    names: frozenset[str],
    pseudonym: Callable[[str], str],
) -> dict[str, Any]:
    """`body` with `pseudonym` of each identifier's value in its place.

    The values are those the caller has `given`: what was found in them may have been replaced in
    `body` already, by placeholders that name somebody else in the next conversation.
    """
    changed: dict[str, Any] = {
        name: pseudonym(str(given[name])) for name in NAMING if name in names and given.get(name)
    }
    keys = naming_metadata(given) if names & _METADATA else []
    if keys:
        renamed = {key: pseudonym(str(given["metadata"][key])) for key in keys}
        changed["metadata"] = {**body["metadata"], **renamed}
    return {**body, **changed} if changed else body
