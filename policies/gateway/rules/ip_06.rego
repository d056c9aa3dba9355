# METADATA
# title: Direct identifiers leave as placeholders
# description: >-
#   A provider need not know who is spoken of. Names, addresses and numbers that
#   identify a person are replaced before anything is sent and put back in the
#   answer. What could not be inspected is not sent.
# custom:
#   id: IP-06
#   pack: input-privacy
#   severity: high
#   loosening: configuration
#   concerns: [input, anonymity]
#   sentences: [S10, S11, S13, S14]
#   why: "What the task does not need is not sent: pseudonymisation is the measure the law names first (GDPR Art. 25(1), Art. 32(1)(a))."
#   references: ["GDPR Art. 4(5), 5(1)(c), 25(1), 32(1)(a)", "Alderding: S10, S11, S13, S14"]
#   standards: ["OWASP LLM02:2026", "OWASP LLM02:2025", "NIST AI RMF Manage", "NIST AI 600-1 data privacy", "ISO/IEC 42001 A.9", "ISO/IEC 27001 A.8.11"]
#   needs: [data.class, data.findings, data.unscanned]
#   parameters:
#     ip_06_types: {default: [ADDRESS, BIRTH_DATE, PERSON, REFERENCE_NUMBER], members: [ADDRESS, BIRTH_DATE, DATE_TIME, LOCATION, ORGANIZATION, PERSON, REFERENCE_NUMBER, URL], tighten: more, meaning: "Which of these leave as placeholders. E-mail addresses, telephone, account and national numbers, and every type not listed here, always do."}
#     ip_06_restored: {default: conversation, choices: [request, conversation], meaning: "Whose values come back in answers: those of the whole request, instructions and tool definitions included, or those of the conversation alone."}
#     ip_06_style: {default: placeholder, choices: [surrogate, placeholder], meaning: "What stands in for names, addresses, telephone, account and network numbers: a numbered placeholder, which fails visibly, or a value that reads like one. Every other type leaves as a placeholder."}
#   reasons:
#     inspection.failed:
#       kind: deny
#       text:
#         en: "Your text could not be checked for personal data, so it was not sent."
#         de: "Ihr Text konnte nicht auf personenbezogene Daten geprüft werden und wurde nicht gesendet."
#         fr: "Votre texte n'a pas pu être contrôlé et n'a donc pas été envoyé."
#         nl: "Uw tekst kon niet worden gecontroleerd en is daarom niet verzonden."
#       remedy:
#         en: "Try again; if it stays so, tell your administrator the decision id."
#         de: "Versuchen Sie es erneut; bleibt es so, nennen Sie dem Administrator die Entscheidungs-ID."
#         fr: "Réessayez ; sinon, donnez l'identifiant de décision à votre administrateur."
#         nl: "Probeer het opnieuw; meld anders het beslissingsnummer aan uw beheerder."
#     content.unscanned:
#       kind: deny
#       text:
#         en: "The request holds {kinds}, which cannot be checked for personal data, and it is {class}."
#         de: "Die Anfrage enthält {kinds}, was nicht geprüft werden kann, und ist {class}."
#         fr: "La requête contient {kinds}, impossible à contrôler, et elle est {class}."
#         nl: "Het verzoek bevat {kinds}, niet te controleren, en is {class}."
#       remedy:
#         en: "Leave the attachment out, or describe it in words."
#         de: "Lassen Sie den Anhang weg oder beschreiben Sie ihn in Worten."
#         fr: "Retirez la pièce jointe ou décrivez-la."
#         nl: "Laat de bijlage weg of beschrijf haar in woorden."
package gateway.rules.ip_06

import data.gateway.lib.classes.rank
import data.gateway.lib.findings.adjustable
import data.gateway.lib.findings.apart

deny contains reason if {
	some finding in input.data.findings
	finding.type == "detector.failed"
	reason := {"rule": "IP-06", "code": "inspection.failed", "params": {}}
}

deny contains reason if {
	count(input.data.unscanned) > 0
	rank > 1
	kinds := [item.kind | some item in input.data.unscanned]
	params := {"kinds": concat(", ", kinds), "class": input.data.class}
	reason := {"rule": "IP-06", "code": "content.unscanned", "params": params}
}

obligations contains obligation if {
	count(input.data.findings) > 0
	chosen := {kind | is_array(input.parameters.ip_06_types); some kind in input.parameters.ip_06_types}
	left := apart | (adjustable - chosen)
	found := {finding.type | some finding in input.data.findings} - left
	count(found) > 0
	params := object.union({"types": sort(found)}, chosen_ways)
	obligation := {"id": "IP-06/pseudonymise", "type": "pseudonymise", "params": params}
}

# How it is done, where a tenant wants it done in another way than usual.
chosen_ways[way] := value if {
	some way in ["restored", "style"]
	name := concat("_", ["ip_06", way])
	value := input.parameters[name]
	value != usual[way]
}

usual := {"restored": "conversation", "style": "placeholder"}
