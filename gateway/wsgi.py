"""What a WSGI server imports: ``gateway.wsgi:create``, once in each worker process."""

from __future__ import annotations

import atexit
import gc
import sys
from typing import TYPE_CHECKING

from gateway import app, assembly, settings, telemetry
from gateway.serve import SWITCH_INTERVAL

if TYPE_CHECKING:
    from flask import Flask


def create() -> Flask:
    """The application for the configuration that ``PROVISO_CONFIG`` names, started.

    Raises:
        ConfigurationError: it cannot be used.
    """
    sys.setswitchinterval(SWITCH_INTERVAL)
    telemetry.log_to_stderr()
    gateway = assembly.build(settings.load(settings.config_path(None))).start()
    atexit.register(gateway.stop)
    application = app.create_app(gateway)
    # What is here now stays as long as the worker. Without this a full collection walks through
    # all of it, a tenth of a second in which no request goes on.
    gc.collect()
    gc.freeze()
    return application
