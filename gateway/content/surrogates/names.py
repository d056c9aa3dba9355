"""Names to stand in for names, by language: given names by gender, surnames put together.

Surnames are made of two parts, so that there are many and few of them are anybody
well known. Where the gender of a name is not known, the one that stands in fits all.
"""

from __future__ import annotations

import re
from typing import NamedTuple

LANGUAGES = ("en", "de", "fr", "es", "nl")

_COMMON = {
    "en": "the and of to in is for with please you that this from are was we my",
    "de": "der die das und ist nicht mit bitte ich sie wir von für den dem ein eine auf",
    "fr": "le la les et est pas avec vous je nous pour dans une des du que merci",
    "es": "el la los las y es no con por para una que usted yo del gracias en",
    "nl": "de het een en is niet met van voor ik wij aan dat graag deze naar ook",
}
_STOP = {language: frozenset(words.split()) for language, words in _COMMON.items()}
_WORD = re.compile(r"[^\W\d_]+")
_ENOUGH = 400

_GIVEN = {
    "en": (
        (
            "Alice Bridget Clara Daphne Edith Fiona Gemma Harriet Imogen Judith Lorna Maisie "
            "Nerys Olwen Phoebe Rhona Sybil Tamsin Ursula Winifred"
        ),
        (
            "Alistair Barnaby Clive Desmond Edgar Fergus Godfrey Hector Ivor Jasper Kenneth "
            "Lachlan Malcolm Nigel Orson Piers Rupert Seamus Tristan Wilfred"
        ),
        (
            "Addison Blair Cameron Devon Ellis Finley Greer Harley Jamie Kendall Leslie "
            "Merle Noel Oakley Paisley Quinn Robin Sidney Tatum Vaughan"
        ),
    ),
    "de": (
        (
            "Adelheid Birgit Cordula Dorothea Elke Friederike Gudrun Heike Irmgard Jutta "
            "Katrin Liselotte Mechthild Notburga Ortrud Roswitha Sieglinde Traudl Ute Wiebke"
        ),
        (
            "Albrecht Bertram Detlef Eckhard Friedhelm Gernot Hartmut Ingolf Jochen Konrad "
            "Lothar Meinhard Norbert Ottmar Reinhold Siegbert Thilo Ulrich Volkmar Wendelin"
        ),
        (
            "Bente Dominique Eike Folke Gerrit Helge Jona Kim Luca Maris Nikola Raven Sascha "
            "Toni Ulli Wanja Kersten Heilwig Friedel Jessie"
        ),
    ),
    "fr": (
        (
            "Adèle Bérengère Clotilde Delphine Edwige Fabienne Ghislaine Huguette Isaline Josiane "
            "Laurence Mireille Ninon Odile Perrine Romane Solange Thaïs Violaine Yvonne"
        ),
        (
            "Achille Bastien Cédric Didier Étienne Fabrice Gaspard Hervé Isidore Jérôme Laurent "
            "Maxence Norbert Octave Pascal Régis Sylvain Thibault Urbain Yannick"
        ),
        (
            "Alix Camille Claude Dominique Eden Frédérique Jocelyn Lou Maël Noa Sacha Yaël Morgan "
            "Ange Céleste Loïs Charlie Andrea Swann Stéphane"
        ),
    ),
    "es": (
        (
            "Amparo Begoña Consuelo Dolores Encarnación Fátima Gloria Hortensia Inmaculada Jimena "
            "Leocadia Macarena Nieves Olalla Pilar Rocío Soledad Teodora Úrsula Yolanda"
        ),
        (
            "Anselmo Baltasar Celestino Domingo Eusebio Fermín Gonzalo Hilario Ignacio Jacinto "
            "Leandro Modesto Narciso Octavio Plácido Rodrigo Saturnino Teodoro Valentín Wenceslao"
        ),
        (
            "Ariel Cruz Guadalupe Reyes Trinidad Alexis Noa Amor Rosario Francis Patrocinio "
            "Jordan Andrea Yael Sol Robin Denis Remedios Sagrario"
        ),
    ),
    "nl": (
        (
            "Aleida Brechtje Cornelia Dieuwertje Elsbeth Femke Geertruida Hendrika Ineke Jacoba "
            "Klaartje Lieneke Machteld Neeltje Ottoline Petronella Rixt Saskia Trijntje Willemijn"
        ),
        (
            "Adriaan Bartholomeus Cornelis Diederik Egbert Floris Gijsbert Huibert Isbrand Joost "
            "Klaas Lambertus Maarten Nicolaas Otmar Pieter Reinier Sijmen Teunis Wouter"
        ),
        (
            "Anke Bo Chris Eef Fedde Jule Kim Lou Marijn Nikki Noor Pascal Robin Sam Senna "
            "Wil Jip Gerrie Sascha"
        ),
    ),
}
GIVEN = {
    # In JSON an accent may be written as an escape, where nothing is restored.
    language: tuple(tuple(filter(str.isascii, names.split())) for names in kinds)
    for language, kinds in _GIVEN.items()
}
"""For each language: women's, men's, and names of either."""

EITHER = 2

_FIRST = {
    "en": "Ash Black Brook Cold Craw Dun East Fen Gray Hart Hazel Holm Kirk Lang Mar North "
    "Oak Pen Ravens Sel Shep Stan Thorn Under Wether Whit Win Wood Worm Yarrow",
    "de": "Acker Birken Dorn Eichen Falken Grün Hasel Immen Kiefern Lauter Mühl Nieder Ober "
    "Pappel Quellen Rauten Silber Tannen Ulmen Vogel Wacholder Weiden Ziegen Buchen Linden",
    "fr": "Aube Beau Bel Chante Clair Fonte Gran Haute Lame Mal Mont Neuf Pierre Plan Roque "
    "Saint Tourne Val Vau Vert Ville Boui Cante Champ Fres",
    "es": "Alba Bena Cala Domin Escal Fuen Grana Herre Izqui Jara Lazca Monte Naval Olive "
    "Pedra Quinta Riba Salva Torre Valde Villa Zalda Casta Mira Robla",
    "nl": "Achter Berken Dijk Eiken Groen Hazel Iepen Kerk Linden Molen Noorder Ooster Populier "
    "Riet Sluis Tarwe Uiter Veen Water Wilgen Zand Zuider Beuken Horst Elzen",
}
_LAST = {
    "en": "bourne bridge burn bury combe cote croft dale den field ford ham hurst land leigh "
    "ley more ridge side stead stoke thorpe ton wick wold worth",
    "de": "auer bach beck berg born brink brunner dorfer felder gruber hauser hofer huber kamp "
    "mann meier moser reuter rieder stetter thaler wald walder winkler",
    "fr": "bert bois champ court croix don fort gard lain land lard lieu mard mier mont nac neau "
    "rac reau rive sac tier val vigne ville",
    "es": "beda bral cedo dero falla gado lanza llana mente mora nero nilla queda quera rales "
    "reda rilla sala tegui tera valle vera villar zano zuela",
    "nl": "akker beek berg bos brink burg daal dam duin eveld gaard haar hof hout huis kamp "
    "laar man meer steeg steen stra veld water wijk",
}
SURNAMES = {
    language: (
        tuple(filter(str.isascii, _FIRST[language].split())),
        tuple(filter(str.isascii, _LAST[language].split())),
    )
    for language in LANGUAGES
}
"""For each language: first and second parts."""

_GENDER = {
    name.casefold(): kind
    for kinds in GIVEN.values()
    for kind, names in enumerate(kinds[:EITHER])
    for name in names
}
_KNOWN = (
    (
        "anna emma maria julia laura sarah lisa jane mary kate emily sophie claire marie elena "
        "carmen lucia eva ingrid petra monika sabine"
    ),
    (
        "john james peter paul thomas michael david robert jan hans klaus jean pierre luis carlos "
        "jose juan pedro willem henk martin stefan"
    ),
)
_GENDER |= {name: kind for kind, names in enumerate(_KNOWN) for name in names.split()}


class Word(NamedTuple):
    """What is known of a word of a name."""

    given: bool
    gender: int


def known(word: str) -> Word:
    """Whether `word` is known as a given name, and whose."""
    gender = _GENDER.get(word.casefold())
    return Word(gender is not None, EITHER if gender is None else gender)


def language_of(text: str, otherwise: str = "en") -> str:
    """The language that most of the commonest words of `text` belong to."""
    words = [word.casefold() for word in _WORD.findall(text[: _ENOUGH * 10])][:_ENOUGH]
    counts = {name: sum(word in stop for word in words) for name, stop in _STOP.items()}
    best = max(LANGUAGES, key=lambda name: counts[name])
    return best if counts[best] else otherwise
