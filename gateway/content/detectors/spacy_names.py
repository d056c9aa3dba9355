"""Names by a spaCy pipeline in this process (the extra ``spacy``); the sole importer of spacy."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

import spacy

from gateway.core.content import Finding
from gateway.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNUSED = ["tagger", "parser", "senter", "lemmatizer", "attribute_ruler", "morphologizer"]
_TYPES = {
    "PERSON": "PERSON", "PER": "PERSON", "GPE": "LOCATION", "LOC": "LOCATION", "FAC": "LOCATION",
    "ORG": "ORGANIZATION",
}  # fmt: skip
"""OntoNotes' and WikiNER's labels."""

_CONFIDENCE = 0.85
"""spaCy gives none of its own."""


class SpacyDetector:
    """A pipeline with entities, one text at a time."""

    name = "spacy"

    def __init__(self, model: str) -> None:
        """Load `model`: the name of an installed package, or a folder.

        Raises:
            ConfigurationError: there is no such model, or it finds no entities.
        """
        try:
            self._pipeline = spacy.load(model, exclude=_UNUSED)
        except (OSError, ValueError, ImportError) as error:
            raise ConfigurationError(f"deep.model: spaCy cannot load {model}.") from error
        if not {"ner", "entity_ruler"} & set(self._pipeline.pipe_names):
            raise ConfigurationError(f"deep.model: {model} finds no names.")
        self._lock = Lock()

    def find(self, text: str, seconds: float) -> Iterator[Finding]:
        """See `DeepDetector.find`.

        Raises:
            TimeoutError: another text was being looked at for all that time.
        """
        # A pipeline's word table is not made for several threads at once.
        if not self._lock.acquire(timeout=seconds):
            raise TimeoutError
        try:
            entities = self._pipeline(text).ents
        finally:
            self._lock.release()
        for item in entities:
            kind = _TYPES.get(item.label_)
            if kind is not None:
                rule = f"deep.spacy.{kind.lower()}"
                yield Finding(kind, item.start_char, item.end_char, _CONFIDENCE, rule)
