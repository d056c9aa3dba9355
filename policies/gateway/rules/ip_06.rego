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
#   loosening: review
#   concerns: [anonymity, input]
#   references: ["GDPR Art. 25, 32", "Alderding: S10, S14"]
#   standards: ["OWASP LLM02:2026", "NIST AI 600-1 data privacy"]
#   reasons:
#     inspection.failed:
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
#       text:
#         en: "The request holds {kinds}, which cannot be checked for personal data, and it is {class}."
#         de: "Die Anfrage enthält {kinds}, was nicht geprüft werden kann, und ist {class}."
#         fr: "La requête contient {kinds}, impossible à contrôler, et elle est {class}."
#         nl: "Het verzoek bevat {kinds}, niet te controleren, en is {class}."
#       remedy:
#         en: "Leave the attachment out, or describe it in words."
#         de: "Lassen Sie den Anhang weg oder beschreiben Sie ihn."
#         fr: "Retirez la pièce jointe ou décrivez-la."
#         nl: "Laat de bijlage weg of beschrijf haar."
package gateway.rules.ip_06

import data.gateway.lib.classes
import data.gateway.lib.findings

deny contains reason if {
	some finding in input.data.findings
	finding.type == "detector.failed"
	reason := {"rule": "IP-06", "code": "inspection.failed", "params": {}}
}

deny contains reason if {
	count(input.data.unscanned) > 0
	classes.rank > 1
	kinds := [item.kind | some item in input.data.unscanned]
	params := {"kinds": concat(", ", kinds), "class": input.data.class}
	reason := {"rule": "IP-06", "code": "content.unscanned", "params": params}
}

found contains kind if {
	some finding in input.data.findings
	kind := finding.type
	kind in findings.direct_identifiers
}

obligations contains obligation if {
	count(found) > 0
	types := sort(found)
	obligation := {"id": "IP-06/pseudonymise", "type": "pseudonymise", "params": {"types": types}}
}
