"""``proviso inspect``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click
import yaml

from gateway.content.dictionaries import detectors, parsed
from gateway.content.inspect import Inspector
from gateway.content.names.model import Model
from gateway.content.names.tagger import NameDetector
from gateway.content.reidentification import Assessor
from gateway.errors import InvalidTerms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from gateway.content.dictionaries import TenantTerms
    from gateway.content.reidentification import Risk
    from gateway.core.content import Finding


class Examiner:
    """What the command knows of a text: its findings and, when asked, its risk."""

    def __init__(self, *, risk: bool = False, terms: TenantTerms | None = None) -> None:
        """With the built-in detectors and those for `terms`; with `risk` that is assessed too.

        Raises:
            InvalidTerms: `terms` break a limit.
        """
        model = Model.shipped()
        inspector = Inspector(names=NameDetector(model))
        self._inspector = inspector.beside(detectors(terms)) if terms else inspector
        self._assessor = Assessor(model.lexicon) if risk else None

    def examined(self, text: str) -> dict[str, Any]:
        """Findings by place and, when asked, the risk; both without the text."""
        findings = self._inspector.inspect(text)
        answer: dict[str, Any] = {"findings": [_finding(item) for item in findings]}
        if self._assessor is not None:
            answer["risk"] = _risk(self._assessor.assess([text], [findings]))
        return answer


@click.command()
@click.option("--jsonl", is_flag=True, help='Read {"id", "text"} lines, write {"id", "findings"}.')
@click.option("--risk", is_flag=True, help="Say how likely the text points at one person, and why.")
@click.option("--terms", type=click.File("rb"), help="YAML with dictionaries and patterns to try.")
@click.argument("file", type=click.File("rb"), default="-")
def inspect(jsonl: bool, risk: bool, terms: BinaryIO | None, file: BinaryIO) -> None:  # noqa: FBT001
    """Say what the detectors see in a text; places are code points. Exit code 1 for a bad line."""
    try:
        examiner = Examiner(risk=risk, terms=parsed(yaml.safe_load(terms)) if terms else None)
    except InvalidTerms as error:
        raise click.BadParameter(error.message, param_hint="--terms") from error
    except yaml.YAMLError as error:
        raise click.BadParameter("it is not YAML", param_hint="--terms") from error
    if not jsonl:
        answer = examiner.examined(file.read().decode("utf-8", "surrogatepass"))
        click.echo(json.dumps(answer if risk else answer["findings"], indent=2))
        return
    bad = False
    for answer in inspected(examiner, file):
        bad |= "error" in answer
        click.echo(json.dumps(answer, ensure_ascii=False))
    if bad:
        raise click.exceptions.Exit(1)


def inspected(examiner: Examiner, lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """One answer a line; a line that is not what it should be is answered with an ``error``."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            document = json.loads(line)
        except (ValueError, RecursionError):
            yield {"id": None, "error": f"line {number} is not JSON", "findings": []}
            continue
        if not isinstance(document, dict) or not isinstance(document.get("text"), str):
            yield {"id": None, "error": f"line {number} has no text", "findings": []}
            continue
        yield {"id": document.get("id"), **examiner.examined(document["text"])}


def _finding(item: Finding) -> dict[str, Any]:
    return {
        "type": item.type,
        "start": item.start,
        "end": item.end,
        "confidence": item.confidence,
        "rule": item.rule,
        "validator": item.validator,
    }


def _risk(risk: Risk) -> dict[str, Any]:
    return {
        "level": risk.level,
        "drivers": list(risk.drivers),
        "bits": risk.bits,
        "phrases": [
            {
                "start": item.start,
                "end": item.end,
                "driver": item.driver,
                "bits": item.bits,
                "instead": item.instead,
            }
            for item in risk.phrases
        ],
    }
