"""``python -m gateway`` is ``proviso``."""

from gateway.cli import main

main()
