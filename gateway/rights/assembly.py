"""Wires output rights: the index of outputs, and the marks on media."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway import secret_file
from gateway.core.values import dataclass
from gateway.rights.index import RightsIndex
from gateway.rights.marks.marks import Marks
from gateway.rights.pictures import Pictures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.core.clock import Clock
    from gateway.core.secrets import RootSecret
    from gateway.db.session import Database
    from gateway.evidence_sections import MarkingSettings
    from gateway.rights.marks.chain import Credentials


@dataclass(frozen=True, slots=True)
class OutputRights:
    """The rooms of this part."""

    index: RightsIndex
    marks: Marks


def assemble(
    settings: Mapping[str, MarkingSettings], database: Database, secret: RootSecret, clock: Clock
) -> OutputRights:
    """The rooms for one configuration.

    Raises:
        ConfigurationError: certificates or a key are named that cannot be used.
    """
    named = {slug: _own(item) for slug, item in settings.items()}
    index = RightsIndex(database, secret, clock, Pictures())
    return OutputRights(index, Marks(secret, clock, named))


def _own(settings: MarkingSettings) -> Credentials:
    # Here, because reading certificates is for those who name some.
    from gateway.rights.marks.chain import from_files  # noqa: PLC0415

    return from_files(settings, secret_file.private(settings.key_file))
