"""The configuration file as a document: read, its references filled in, the environment laid over.

And when it is not accepted: which key, in words, and what was probably meant.
"""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from gateway.errors import ConfigurationError
from gateway.sections import Section

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import ValidationError

    from gateway.settings import Settings

_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class _Twice(yaml.constructor.ConstructorError):
    """A key that stands twice in one mapping; YAML 1.2 (3.2.1.1) has each once."""


class _Loader(yaml.SafeLoader):
    """PyYAML lets the last of two equal keys win, so that the first would be lost unseen."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        """As PyYAML's, once each key is known to stand there once."""
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                if key.value in seen:
                    raise _Twice(problem=f"{key.value} is set twice", problem_mark=key.start_mark)
                seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def read(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file; an empty file is an empty mapping.

    Raises:
        ConfigurationError: it cannot be read, is not YAML, or holds something else.
    """
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - it is safe
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark else ""
        what = f": {error.problem}" if isinstance(error, _Twice) else ""
        raise ConfigurationError(f"{path} is not valid YAML{where}{what}.") from error
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise ConfigurationError(f"{path} must hold a mapping of settings.")
    return document


def resolved(value: Any, env: Mapping[str, str], path: str = "") -> Any:
    """`value` with every ``${VAR}`` replaced; `path` is where it stands.

    Raises:
        ConfigurationError: a variable is not set; the message names the key's path.
    """
    if isinstance(value, dict):
        return {str(key): resolved(item, env, f"{path}.{key}") for key, item in value.items()}
    if isinstance(value, list):
        return [resolved(item, env, f"{path}[{index}]") for index, item in enumerate(value)]
    if not isinstance(value, str):
        return value

    def replace(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in env:
            raise ConfigurationError(
                f"{path.lstrip('.')} refers to ${{{name}}}, which is not set in the environment."
            )
        return env[name]

    return _REFERENCE.sub(replace, value)


def overlay(document: dict[str, Any], variables: Mapping[str, str], prefix: str) -> None:
    """Lay ``PROVISO_SERVER__WORKERS=2`` over ``server.workers``; `__` separates levels.

    Every one of `variables` begins with `prefix`.

    Raises:
        ConfigurationError: a variable goes into what is no mapping.
    """
    for variable, value in variables.items():
        path = variable.removeprefix(prefix).lower().split("__")
        target = document
        for part in path[:-1]:
            target = target.setdefault(part, {})
            if not isinstance(target, dict):
                raise ConfigurationError(f"{variable} does not name a setting.")
        target[path[-1]] = yaml.safe_load(value) if value[:1] in "[{" else value


def explain(error: ValidationError, schema: dict[str, Any]) -> str:
    """What is wrong, key by key, with the nearest name for a key nobody knows; one line.

    `schema` is the JSON Schema of the settings.
    """
    lines = []
    for problem in error.errors(include_url=False, include_input=False):
        path = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            lines.append(f"{path} is not a setting.{_nearest(problem['loc'], schema)}")
        else:
            lines.append(f"{path}: {problem['msg']}.")
    return " ".join(lines)


def _nearest(loc: tuple[int | str, ...], schema: dict[str, Any]) -> str:
    known = _keys_at(loc[:-1], schema)
    found = difflib.get_close_matches(str(loc[-1]), known, n=1, cutoff=0.5)
    if found:
        return f" Did you mean {'.'.join([*map(str, loc[:-1]), found[0]])}?"
    return f" Known here: {', '.join(sorted(known))}." if known else ""


def _keys_at(loc: tuple[int | str, ...], schema: dict[str, Any]) -> list[str]:
    """The keys that the JSON Schema knows at a place of the document."""
    node = schema
    for part in loc:
        node = node.get("properties", {}).get(str(part)) or node.get("additionalProperties") or {}
        if not isinstance(node, dict):
            return []
        reference = node.get("$ref")
        if reference:
            node = schema["$defs"][reference.rsplit("/", 1)[1]]
    return list(node.get("properties", {}))


def anchored(settings: Settings, folder: Path) -> Settings:
    """Paths in the file are relative to the file, wherever the command is started."""
    found: Settings = _below(settings, folder)
    prefix = "sqlite:///"
    if settings.database.startswith(prefix) and not settings.database.startswith("sqlite:////"):
        name = settings.database.removeprefix(prefix)
        if name and not name.startswith(":memory:"):
            return found.model_copy(update={"database": f"{prefix}{folder / name}"})
    return found


def _below(value: Any, folder: Path) -> Any:
    """`value` with every path in it, however deep, taken as one below `folder`."""
    if isinstance(value, Path):
        return folder / value
    if isinstance(value, dict):
        return {name: _below(item, folder) for name, item in value.items()}
    if isinstance(value, Section):
        given = {name: getattr(value, name) for name in type(value).model_fields}
        moved = {name: _below(item, folder) for name, item in given.items()}
        changed = {name: item for name, item in moved.items() if item != given[name]}
        return value.model_copy(update=changed) if changed else value
    return value
