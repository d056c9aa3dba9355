"""Everything of this room, wired once: what reads requests and answers."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from gateway.content.hidden import Instructions
from gateway.content.inspect import Inspector
from gateway.content.names.model import Model
from gateway.content.names.tagger import NameDetector
from gateway.content.reidentification import Assessor
from gateway.content.request import RequestReader
from gateway.content.signals.reader import SignalReader
from gateway.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from gateway.content.deep import DeepTier
    from gateway.content.inspect import Detector


def assemble(
    kingfisher_cache: Path | None = None,
    deep: Callable[[NameDetector], DeepTier] | None = None,
) -> RequestReader:
    """The built-in detectors and lists, and Kingfisher where a folder for its rules is given.

    `deep` makes the deep tier over the tagger, where there is one.

    Raises:
        ConfigurationError: Kingfisher is asked for and not installed.
    """
    besides = _kingfisher(kingfisher_cache) if kingfisher_cache is not None else ()
    names, signals, assessor = _shipped()
    inspector = Inspector(names=names, besides=besides, deep=deep(names) if deep else None)
    return RequestReader(inspector, signals, assessor, Instructions())


@cache
def _shipped() -> tuple[NameDetector, SignalReader, Assessor]:
    """What is read from this package's own files: the same for every gateway of a process."""
    model = Model.shipped()
    return NameDetector(model), SignalReader.standard(), Assessor(model.lexicon)


def _kingfisher(cache: Path) -> Sequence[Detector]:
    try:
        from gateway.content.detectors.kingfisher import (  # noqa: PLC0415 - an extra
            KingfisherDetector,
        )
    except ImportError as error:
        raise ConfigurationError(
            "kingfisher_cache is set, but the extra kingfisher is not installed."
        ) from error
    return (KingfisherDetector(cache),)
