"""What a WSGI server imports: ``gateway.wsgi:create``, once in each worker process."""

from __future__ import annotations

import atexit
import ctypes
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
    made = app.create_app(gateway)
    _settle()
    return made


def _settle() -> None:
    """Give back what only the start needed.

    Loading leaves holes in the C library's heap that it would keep. What is there now stays:
    looking through it again for garbage is in vain.
    """
    gc.collect()
    gc.freeze()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's own; musl has none
    if trim is not None:
        trim(0)
