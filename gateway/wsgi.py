"""What a WSGI server imports: ``gateway.wsgi:create``, once in each worker process."""

from __future__ import annotations

import atexit
import sys
from typing import TYPE_CHECKING

from gateway import app, settings, telemetry

if TYPE_CHECKING:
    from flask import Flask

SWITCH_INTERVAL = 0.1
"""Seconds between offers of the interpreter's lock. At the default 5 ms a thousand waiting stream
threads wake so often that the hand-over itself can take the whole core."""


def create() -> Flask:
    """The application for the configuration that ``PROVISO_CONFIG`` names, started.

    Raises:
        ConfigurationError: it cannot be used.
    """
    sys.setswitchinterval(SWITCH_INTERVAL)
    telemetry.log_to_stderr()
    gateway = app.build(settings.load(settings.config_path(None))).start()
    atexit.register(gateway.stop)
    return app.create_app(gateway)
