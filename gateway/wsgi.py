"""What a WSGI server imports: ``gateway.wsgi:create``, once in each worker process."""

from __future__ import annotations

import ctypes
import gc
import sys
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING

from gateway import app, application_log, assembly, settings
from gateway.serve import SWITCH_INTERVAL

if TYPE_CHECKING:
    from flask import Flask


YOUNG_OBJECTS = 10_000
"""New objects after which garbage is searched for. A request makes none that only a search frees:
what it lets go of is freed at once (`tests/integration/test_garbage.py`). So at the default
700 most searches look through requests in progress and find nothing, and what they find alive is
looked through again, with all that is kept of a thousand streams. What does need a search, such as
an address that does not exist, waits for it within a few MB."""


def create() -> Flask:
    """The application for the configuration that ``PROVISO_CONFIG`` names, started.

    Raises:
        ConfigurationError: it cannot be used.
    """
    sys.setswitchinterval(SWITCH_INTERVAL)
    application_log.log_to_stderr()
    gateway = assembly.build(settings.load(settings.config_path(None))).start()
    # A forked worker ends without Python's own exit, so that nobody would ask `atexit`.
    Finalize(None, gateway.stop, exitpriority=0)
    made = app.create_app(gateway)
    _settle()
    return made


def _settle() -> None:
    """Give back what only the start needed.

    Loading leaves holes in the C library's heap that it would keep. What is there now stays:
    looking through it again for garbage is in vain, and for what comes it is done more rarely.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's own; musl has none
    if trim is not None:
        trim(0)
