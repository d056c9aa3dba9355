"""What detection costs: CPU for each KB of a prompt and each event of a stream, and memory.

``python -m bench.inspection``; `make bench` runs it too, beside Presidio in its own environment.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from bench import presidio
from bench.detection import PROMPT, held_sets, prompts
from gateway.content.dictionaries import Dictionary, DictionaryDetector, both_ways
from gateway.content.inspect import Inspector
from gateway.content.names.model import Model
from gateway.content.names.tagger import NameDetector
from gateway.content.patterns import PatternDetector
from gateway.content.placeholders import Name
from gateway.content.restore import Restorer
from gateway.content.stream import OutputWindow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROUNDS = 15
_EVENTS = 4_000
_SAMPLE = 60
_GOALS = {"always on": 0.15, "with names": 0.5, "restoring": 10.0, "models": 64.0}
_ANSWER = (
    "Dear [PERSON_1], thank you for your letter of last week; your order [REFERENCE_NUMBER_1] left "
    "our house in [LOCATION_1] this morning, and \\[PERSON\\_2\\] will call you about the rest. "
)
_TABLE = {
    Name("PERSON", 1): "Anna Kowalska",
    Name("PERSON", 2): "Piotr Nowak",
    Name("REFERENCE_NUMBER", 1): "KD-123456",
    Name("LOCATION", 1): "Bergen",
}
_MEMORY = """
import resource, sys
import numpy
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 2**20
from gateway.content.names import tagger
before = resident()
found = tagger.NameDetector(tagger.Model.shipped())
list(found.find("Anna Kowalska of Acme in Bergen"))
print(resident() - before)
"""


def milliseconds(work: Callable[[str], object], texts: Sequence[str]) -> float:
    """CPU milliseconds for each KB of `texts`: the best round, which others disturbed least."""
    size = sum(len(text.encode()) for text in texts) / 1024
    spent = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for text in texts:
            work(text)
        spent.append(time.process_time() - began)
    return min(spent) * 1_000 / size


def forgetful(patterns: PatternDetector, names: NameDetector) -> Callable[[str, bool], object]:
    """Inspects with what is compiled, and without a memory of texts."""

    def inspect(text: str, with_names: bool) -> object:  # noqa: FBT001
        return Inspector([patterns], names=names).inspect(text, names=with_names)

    return inspect


def microseconds(feed: Callable[[str], object]) -> float:
    """CPU microseconds for each event of a streamed answer, of four letters; the best round."""
    answer = _ANSWER * (_EVENTS * 4 // len(_ANSWER))
    events = [answer[at : at + 4] for at in range(0, len(answer), 4)]
    spent = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for event in events:
            feed(event)
        spent.append(time.process_time() - began)
    return min(spent) * 1e6 / len(events)


def megabytes() -> float:
    """What the tagger and its lists add to a process that has numpy."""
    run = [sys.executable, "-c", _MEMORY]
    return float(subprocess.run(run, check=True, capture_output=True, text=True).stdout)


def show(name: str, value: float, unit: str) -> None:
    """One line, with its goal where it has one."""
    goal = _GOALS.get(name)
    said = f"  (goal {goal:g}: {'met' if value <= goal else 'missed'})" if goal else ""
    print(f"  {name:34} {value:9.3f} {unit}{said}")


def main(*, beside: bool = True) -> None:
    """Measure and print; with `beside`, Presidio as well."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    texts = prompts((item for items in held_sets().values() for item in items), PROMPT)[::3]
    inspect = forgetful(PatternDetector(), NameDetector(Model.shipped()))
    for text in texts:
        inspect(text, True)  # the words and shapes are known, as to a process that has served
    print(f"\ndetection, prompts of {PROMPT} characters")
    show("always on", milliseconds(lambda text: inspect(text, False), texts), "ms per KB")
    with_names = milliseconds(lambda text: inspect(text, True), texts)
    show("with names", with_names, "ms per KB")
    staff = DictionaryDetector([_staff(50_000)])
    show("a staff of 50,000", milliseconds(lambda text: list(staff.find(text)), texts), "ms per KB")
    show("restoring", microseconds(Restorer(_TABLE).stream().feed), "µs per event")
    show("inspecting an answer", microseconds(OutputWindow(Inspector()).feed), "µs per event")
    show("models", megabytes(), "MB")
    if beside:
        sample = texts[:: max(1, len(texts) // _SAMPLE)]
        size = sum(len(text.encode()) for text in sample) / 1024
        theirs = min(presidio.run(sample, 3)["cpu"]) * 1_000 / size
        show(presidio.MODEL, theirs, f"ms per KB: {theirs / with_names:.0f} times ours with names")


def _staff(count: int) -> Dictionary:
    names = [both_ways(f"Anna{at % 700}", f"Kowalska{at}")[0] for at in range(count)]
    return Dictionary("staff", "PERSON", tuple(names))


if __name__ == "__main__":
    main()
