"""The file that holds the root secret of an installation."""

from __future__ import annotations

import os
import secrets
import stat
from typing import TYPE_CHECKING

from gateway.core.secrets import ROOT_BYTES, RootSecret
from gateway.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path


def create(path: Path) -> bool:
    """Make the file with a new secret, readable by its owner only; False if it is there already."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(ROOT_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return True


def load(path: Path) -> RootSecret:
    """The root secret in the file.

    Raises:
        ConfigurationError: it is missing, readable by others, or not what it should be.
    """
    text = _read(path, "`proviso db upgrade` makes one.")
    try:
        return RootSecret(bytes.fromhex(text))
    except ValueError as error:
        raise ConfigurationError(
            f"The secret file {path} does not hold 32 bytes as hex."
        ) from error


def lines(path: Path) -> list[str]:
    """The lines of a file of keys, without the empty ones.

    Raises:
        ConfigurationError: it is missing or readable by others.
    """
    text = _read(path, "It holds 32 bytes as hex a line, newest first.")
    return [line.strip() for line in text.splitlines() if line.strip()]


def _read(path: Path, hint: str) -> str:
    try:
        facts = path.stat()
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"The secret file {path} cannot be read. {hint}") from error
    if _open_to_others(facts):
        raise ConfigurationError(f"The secret file {path} is open to others. Run chmod 600 on it.")
    return text


def _open_to_others(facts: os.stat_result) -> bool:
    """Whether anybody but this process's user may read or change the file.

    An orchestrator mounts a secret as its own file with our group as the only reader; then the
    group's right to read is what lets us in.
    """
    mounted = facts.st_uid != os.getuid()
    group = stat.S_IWGRP | stat.S_IXGRP | (0 if mounted else stat.S_IRGRP)
    return bool(facts.st_mode & (stat.S_IRWXO | group))
