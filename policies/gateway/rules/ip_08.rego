# METADATA
# title: Stateless by default
# description: >-
#   What makes a provider keep a request, such as stored answers, background runs,
#   long caches and feedback, is switched off for everyone. From confidential on,
#   what only works by keeping, tools run by third parties and models in preview
#   are refused. A company may let answers of the Responses API be kept, up to a
#   class it names, where a request asks for it.
# custom:
#   id: IP-08
#   pack: input-privacy
#   severity: high
#   loosening: configuration
#   concerns: [input]
#   sentences: [S6, S7]
#   why: "Stored answers, files, batches, tools of third parties and previews stand outside the zero-retention terms of OpenAI and Anthropic, grounding is kept for up to 30 days, and feedback is trained on: the feature beats the contract (GDPR Art. 25(2))."
#   references: ["GDPR Art. 5(1)(e), 25(2), 28(2)", "OpenAI, Your data: endpoints and features not eligible for zero data retention", "Anthropic API: features outside zero data retention", "Azure OpenAI data, privacy and security: previews", "Alderding: S6, S7"]
#   standards: ["OWASP LLM02:2026", "OWASP LLM03:2026", "OWASP LLM02:2025", "OWASP LLM06:2025", "NIST AI RMF Manage", "NIST AI 600-1 data privacy", "ISO/IEC 42001 A.10"]
#   needs: [data.class, destination.known, destination.model, destination.stage, destination.self_hosted, request.kind, request.stateful, request.stateful_fixed, request.tools, terms.zero_retention]
#   parameters:
#     ip_08_from: {default: confidential, choices: [restricted, confidential, internal, public], meaning: "From which data class on stored features, tools of third parties and preview models are refused."}
#     ip_08_stored: {default: never, choices: [confidential, internal, public, never], meaning: "Up to which data class an answer of the Responses API may be kept at the provider, to be continued or fetched later, where a request asks for it. The class from which stored features are refused still counts, and so do the terms of keeping."}
#   reasons:
#     state.kept:
#       kind: deny
#       text:
#         en: "The request uses {names}, which the provider must store, and it is {class}."
#         de: "Die Anfrage nutzt {names}; das muss der Anbieter speichern, und sie ist {class}."
#         fr: "La requête utilise {names}, que le fournisseur doit stocker, et elle est {class}."
#         nl: "Het verzoek gebruikt {names}, wat de aanbieder moet opslaan, en is {class}."
#       remedy:
#         en: "Send it as one plain request with the text in it, without files, batches or stored conversations."
#         de: "Senden Sie eine einfache Anfrage mit dem Text darin, ohne Dateien, Stapel oder gespeicherte Unterhaltungen."
#         fr: "Envoyez une requête simple contenant le texte, sans fichiers, lots ni conversations stockées."
#         nl: "Stuur één gewoon verzoek met de tekst erin, zonder bestanden, batches of opgeslagen gesprekken."
#     state.third_party_tool:
#       kind: deny
#       text:
#         en: "The request lets {names} see the content, which is {class}: tools that others run and whose terms differ."
#         de: "Die Anfrage lässt {names} den Inhalt sehen, der {class} ist: Werkzeuge anderer, mit anderen Bedingungen."
#         fr: "La requête laisse {names} voir le contenu, qui est {class} : des outils exploités par d'autres, à d'autres conditions."
#         nl: "Het verzoek laat {names} de inhoud zien, die {class} is: hulpmiddelen van anderen, met andere voorwaarden."
#       remedy:
#         en: "Leave the tool out, or take out what makes the text {class}."
#         de: "Lassen Sie das Werkzeug weg oder entfernen Sie, was den Text {class} macht."
#         fr: "Retirez l'outil, ou ce qui rend le texte {class}."
#         nl: "Laat het hulpmiddel weg, of haal weg wat de tekst {class} maakt."
#     state.preview_model:
#       kind: deny
#       text:
#         en: "{model} is not generally available ({stage}), and this content is {class}: previews may be kept and read by other rules."
#         de: "{model} ist noch nicht allgemein verfügbar ({stage}), und dieser Inhalt ist {class}: Für Vorschauen können andere Regeln gelten."
#         fr: "{model} n'est pas encore en disponibilité générale ({stage}), et ce contenu est {class} : d'autres règles peuvent valoir pour les aperçus."
#         nl: "{model} is nog niet algemeen beschikbaar ({stage}), en deze inhoud is {class}: voor previews kunnen andere regels gelden."
#       remedy:
#         en: "Choose a model that is generally available."
#         de: "Wählen Sie ein allgemein verfügbares Modell."
#         fr: "Choisissez un modèle en disponibilité générale."
#         nl: "Kies een model dat algemeen beschikbaar is."
package gateway.rules.ip_08

import data.gateway.lib.state.droppable
import data.gateway.lib.state.free
import data.gateway.lib.state.refused
import data.gateway.lib.state.tools

deny contains reason if {
	count(input.request.stateful_fixed) > 0
	count(refused) > 0
	params := {"names": sort(refused), "class": input.data.class}
	reason := {"rule": "IP-08", "code": "state.kept", "params": params}
}

deny contains reason if {
	count(input.request.stateful) + count(input.request.tools) > 0
	count(tools) > 0
	free == false
	params := {"names": sort(tools), "class": input.data.class}
	reason := {"rule": "IP-08", "code": "state.third_party_tool", "params": params}
}

deny contains reason if {
	input.destination.stage != "ga"
	input.destination.known == true
	free == false
	params := {"model": input.destination.model, "stage": input.destination.stage, "class": input.data.class}
	reason := {"rule": "IP-08", "code": "state.preview_model", "params": params}
}

obligations contains obligation if {
	count(input.request.stateful) > 0
	names := sort(droppable)
	count(names) > 0
	obligation := {"id": "IP-08/force_stateless", "type": "force_stateless", "params": {"names": names}}
}
