# METADATA
# title: Descriptions of a person in prompts for pictures, films and voices
# description: >-
#   A picture drawn from a description of yourself shows you. Where many traits of
#   a person come together, the sender confirms; where a specially protected trait
#   of somebody who can be recognised is among them, nothing is sent.
# custom:
#   id: AN-04
#   pack: anonymity
#   severity: high
#   loosening: configuration
#   concerns: [anonymity, input]
#   sentences: [S12]
#   why: "A picture made from a personal description may reveal the person described (Alderding, S12); health, origin and the like of an identifiable person are specially protected (GDPR Art. 9(1))."
#   references: ["GDPR Art. 4(1), 9(1), recital 26", "Alderding: S12"]
#   standards: ["OWASP LLM02:2026", "OWASP LLM02:2025", "NIST AI RMF Manage", "NIST AI 600-1 data privacy", "ISO/IEC 42001 A.9"]
#   needs: [request.kind, request.tools, signals.person_description, signals.real_person]
#   parameters:
#     an_04_traits: {default: 3, minimum: 1, maximum: 20, tighten: lower, meaning: "From how many traits of one person on the sender must confirm."}
#   reasons:
#     description.unconfirmed:
#       kind: require_acknowledgement
#       text:
#         en: "This describes a person closely ({traits} traits); what is made from it may show who it is."
#         de: "Dies beschreibt einen Menschen genau ({traits} Merkmale); was daraus entsteht, kann zeigen, wer es ist."
#         fr: "Ceci décrit une personne de près ({traits} traits) ; ce qui en naîtra pourra montrer qui c'est."
#         nl: "Dit beschrijft iemand nauwkeurig ({traits} kenmerken); wat eruit ontstaat kan tonen wie het is."
#       remedy:
#         en: "Leave traits out, or confirm at {public_url}/confirmations, or POST {\"code\": \"description.unconfirmed\"} to {public_url}/v1/confirmations."
#         de: "Lassen Sie Merkmale weg, oder bestätigen Sie unter {public_url}/confirmations, oder senden Sie POST {\"code\": \"description.unconfirmed\"} an {public_url}/v1/confirmations."
#         fr: "Omettez des traits, ou confirmez sur {public_url}/confirmations, ou envoyez POST {\"code\": \"description.unconfirmed\"} à {public_url}/v1/confirmations."
#         nl: "Laat kenmerken weg, of bevestig op {public_url}/confirmations, of stuur POST {\"code\": \"description.unconfirmed\"} naar {public_url}/v1/confirmations."
#     description.special:
#       kind: deny
#       text:
#         en: "This describes a person who can be recognised, with a specially protected trait such as health or origin."
#         de: "Dies beschreibt einen erkennbaren Menschen mit einem besonders geschützten Merkmal wie Gesundheit oder Herkunft."
#         fr: "Ceci décrit une personne reconnaissable, avec un trait particulièrement protégé comme la santé ou l'origine."
#         nl: "Dit beschrijft een herkenbaar persoon met een bijzonder kenmerk, zoals gezondheid of afkomst."
#       remedy:
#         en: "Leave the protected trait out, or describe somebody nobody can recognise."
#         de: "Lassen Sie das geschützte Merkmal weg oder beschreiben Sie jemanden, den niemand erkennen kann."
#         fr: "Omettez le trait protégé, ou décrivez une personne que nul ne peut reconnaître."
#         nl: "Laat het bijzondere kenmerk weg, of beschrijf iemand die niemand kan herkennen."
package gateway.rules.an_04

import data.gateway.lib.depiction.asked
import data.gateway.lib.depiction.close
import data.gateway.lib.depiction.recognisable

require_acknowledgement contains reason if {
	input.signals.person_description.traits > 0
	asked == true
	close == true
	reason := {"rule": "AN-04", "code": "description.unconfirmed", "params": {"traits": input.signals.person_description.traits}}
}

deny contains reason if {
	input.signals.person_description.special == true
	asked == true
	recognisable == true
	reason := {"rule": "AN-04", "code": "description.special", "params": {}}
}
