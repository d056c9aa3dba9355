"""Which detector the deep tier has, by the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.content.deep import TYPES, DeepTier, Limits
from gateway.errors import ConfigurationError
from gateway.providers.analyzer import AnalyzerDetector

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.content.deep import DeepDetector
    from gateway.content.names.tagger import NameDetector
    from gateway.core.clock import Clock
    from gateway.sections import DeepSettings
    from gateway.telemetry import Metrics


def tier(
    settings: DeepSettings, clock: Clock, metrics: Metrics
) -> Callable[[NameDetector], DeepTier] | None:
    """What makes the deep tier over a tagger; None when it is off.

    Raises:
        ConfigurationError: it cannot be used.
    """
    asked, bounds = detector(settings, clock), limits(settings)
    if asked is None:
        return None
    return lambda names: DeepTier(
        asked, names, bounds, clock, lambda result: metrics.deep(result).inc()
    )


def detector(settings: DeepSettings, clock: Clock) -> DeepDetector | None:
    """The one that is asked for; None when the tier is off.

    Raises:
        ConfigurationError: it cannot be used.
    """
    if settings.detector == "http":
        if not settings.url:
            raise ConfigurationError("deep.detector is http, but deep.url is not set.")
        return AnalyzerDetector(settings.url, settings.language, TYPES, settings.token, clock)
    return _spacy(settings.model) if settings.detector == "spacy" else None


def limits(settings: DeepSettings) -> Limits:
    """When it is asked, and how long it may take.

    Raises:
        ConfigurationError: it would never be asked.
    """
    if settings.unsure_from >= settings.unsure_to:
        raise ConfigurationError("deep.unsure_from must be below deep.unsure_to.")
    return Limits(
        (settings.unsure_from, settings.unsure_to),
        settings.seconds,
        refuse=settings.on_failure == "refuse",
    )


def _spacy(model: str) -> DeepDetector:
    try:
        from gateway.content.detectors.spacy_names import SpacyDetector  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ConfigurationError(
            "deep.detector is spacy, but the extra spacy is not installed."
        ) from error
    return SpacyDetector(model)
