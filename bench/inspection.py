"""What detection costs: CPU for each KB of a prompt and each event of a stream, and memory.

``python -m bench.inspection``; `make bench` runs it too, beside Presidio in its own environment.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from statistics import median
from typing import TYPE_CHECKING

from bench import presidio
from bench.detection import PROMPT, held_sets, prompts
from bench.names import corpora
from gateway.content.dictionaries import Dictionary, DictionaryDetector, both_ways
from gateway.content.inspect import Inspector
from gateway.content.placeholders import Name
from gateway.content.restore import Restorer
from gateway.content.stream import OutputWindow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.names.corpora import Labelled

ROUNDS = 15
_SIZES = (PROMPT, 2_048, 20_480)
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
    """CPU milliseconds for each KB of texts that were never seen: the median of some rounds.

    Each round has texts of its own.
    """
    rounds = min(ROUNDS, len(texts))
    spent = []
    for number in range(rounds):
        some = texts[number::rounds]
        size = sum(len(text.encode()) for text in some) / 1024
        began = time.process_time()
        for text in some:
            work(text)
        spent.append((time.process_time() - began) * 1_000 / size)
    return median(spent)


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
    everything = _everything()
    with_names = {size: _of_size(everything, size) for size in _SIZES}[PROMPT]
    texts = prompts(everything, PROMPT)
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


def _everything() -> list[Labelled]:
    """All labelled texts, where these are at hand, and made-up ones; nothing is scored here."""
    place = corpora.folder()
    found = [item for items in held_sets().values() for item in items]
    if place is not None:
        for name in corpora.SETS:
            found += [item for item in corpora.read(place, name) if not item.held]
    return found


def _of_size(items: Sequence[Labelled], size: int) -> float:
    """Measure texts of `size` characters; what they cost with names."""
    print(f"\ndetection, texts of {size} characters that were never seen")
    texts = prompts(items, size)
    random.Random(1).shuffle(texts)
    inspector = Inspector()
    for text in texts[::3]:
        inspector.inspect(text)  # a process that has served knows frequent words, and no text
    always = milliseconds(lambda text: inspector.inspect(text, names=False), texts[1::3])
    show("always on", always, "ms per KB")
    found = milliseconds(inspector.inspect, texts[2::3])
    show("with names", found, "ms per KB")
    return found


def _staff(count: int) -> Dictionary:
    names = [both_ways(f"Anna{at % 700}", f"Kowalska{at}")[0] for at in range(count)]
    return Dictionary("staff", "PERSON", tuple(names))


if __name__ == "__main__":
    main()
