"""What the gateway itself says when it refuses, in the languages that rules speak."""

from __future__ import annotations

ASK = {
    "en": "Tell your administrator the decision id.",
    "de": "Nennen Sie Ihrem Administrator die Entscheidungs-ID.",
    "fr": "Donnez l'identifiant de décision à votre administrateur.",
    "nl": "Geef uw beheerder het beslissingsnummer.",
}
"""What to do about any of them."""

GATEWAY_TEXTS: dict[str, dict[str, str]] = {
    "policy.unavailable": {
        "en": "The policy could not be evaluated.",
        "de": "Die Regeln konnten nicht ausgewertet werden.",
        "fr": "La politique n'a pas pu être évaluée.",
        "nl": "Het beleid kon niet worden beoordeeld.",
    },
    "policy.timeout": {
        "en": "The policy did not answer in time.",
        "de": "Die Regeln haben nicht rechtzeitig geantwortet.",
        "fr": "La politique n'a pas répondu à temps.",
        "nl": "Het beleid antwoordde niet op tijd.",
    },
    "policy.undefined": {
        "en": "The policy says nothing about this, and silence is a no.",
        "de": "Die Regeln sagen dazu nichts, und Schweigen heißt nein.",
        "fr": "La politique n'en dit rien, et le silence vaut refus.",
        "nl": "Het beleid zegt hier niets over, en zwijgen is nee.",
    },
    "policy.malformed": {
        "en": "The policy's answer could not be understood, so it is a no.",
        "de": "Die Antwort der Regeln war nicht zu verstehen, also heißt sie nein.",
        "fr": "La réponse de la politique n'a pas été comprise : c'est donc un refus.",
        "nl": "Het antwoord van het beleid was niet te begrijpen, dus het is nee.",
    },
    "policy.no_reason": {
        "en": "The policy said no without a reason.",
        "de": "Die Regeln haben ohne Begründung abgelehnt.",
        "fr": "La politique a refusé sans donner de raison.",
        "nl": "Het beleid zei nee zonder reden.",
    },
    "policy.no_rules": {
        "en": "No rules are required, and without rules nothing is permitted.",
        "de": "Es ist keine Regel verlangt, und ohne Regeln ist nichts erlaubt.",
        "fr": "Aucune règle n'est exigée, et sans règle rien n'est permis.",
        "nl": "Er is geen regel vereist, en zonder regels is niets toegestaan.",
    },
    "policy.no_revision": {
        "en": "The policy does not say which revision it is, so it is a no.",
        "de": "Die Regeln nennen ihre Fassung nicht, also heißt es nein.",
        "fr": "La politique ne dit pas sa version : c'est donc un refus.",
        "nl": "Het beleid noemt zijn versie niet, dus het is nee.",
    },
    "policy.rule_missing": {
        "en": "A required rule ({missing}) is not loaded.",
        "de": "Eine verlangte Regel ({missing}) ist nicht geladen.",
        "fr": "Une règle exigée ({missing}) n'est pas chargée.",
        "nl": "Een vereiste regel ({missing}) is niet geladen.",
    },
    "policy.rule_malformed": {
        "en": "A rule ({missing}) does not answer in the form it must.",
        "de": "Eine Regel ({missing}) antwortet nicht in der nötigen Form.",
        "fr": "Une règle ({missing}) ne répond pas dans la forme voulue.",
        "nl": "Een regel ({missing}) antwoordt niet in de juiste vorm.",
    },
    "input.malformed": {
        "en": "The policy was asked in a form it does not know, so it is a no.",
        "de": "Die Frage an die Regeln hatte eine unbekannte Form, also heißt es nein.",
        "fr": "La question posée à la politique a une forme inconnue : c'est donc un refus.",
        "nl": "De vraag aan het beleid had een onbekende vorm, dus het is nee.",
    },
    "attribute.missing": {
        "en": "A rule could not be asked: the gateway did not tell {missing}.",
        "de": "Eine Regel konnte nicht befragt werden: {missing} fehlte.",
        "fr": "Une règle n'a pas pu être consultée : {missing} manquait.",
        "nl": "Een regel kon niet worden geraadpleegd: {missing} ontbrak.",
    },
    "input.incomplete": {
        "en": "The policy was not told all it must know, so it is a no.",
        "de": "Die Regeln erfuhren nicht alles, was sie wissen müssen, also heißt es nein.",
        "fr": "La politique n'a pas su tout ce qu'il lui faut : c'est donc un refus.",
        "nl": "Het beleid kreeg niet alles te horen wat het moet weten, dus het is nee.",
    },
    "obligation.unknown": {
        "en": "The policy asks for something this gateway cannot do.",
        "de": "Die Regeln verlangen etwas, das dieses Gateway nicht leisten kann.",
        "fr": "La politique exige ce que cette passerelle ne sait pas faire.",
        "nl": "Het beleid vraagt iets wat deze gateway niet kan.",
    },
    "obligation.malformed": {
        "en": "The policy asks for {type} in a way that cannot be read.",
        "de": "Die Regeln verlangen {type} in einer Form, die nicht zu lesen ist.",
        "fr": "La politique exige {type} sous une forme illisible.",
        "nl": "Het beleid vraagt om {type} in een onleesbare vorm.",
    },
    "model.unknown": {
        "en": "There is no model of that name that you may use.",
        "de": "Es gibt kein Modell dieses Namens, das Sie nutzen dürfen.",
        "fr": "Il n'existe pas de modèle de ce nom que vous puissiez utiliser.",
        "nl": "Er is geen model met die naam dat u mag gebruiken.",
    },
}
"""By code; one that is not here is said by its code."""
