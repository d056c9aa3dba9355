# METADATA
# title: Unknown or stale terms fail closed
# description: >-
#   A promise nobody has checked is not a safeguard. A request goes only to a
#   tier whose terms a named person has confirmed, and whose confirmation has
#   not expired.
# custom:
#   id: IP-01
#   pack: input-privacy
#   severity: critical
#   loosening: impossible
#   concerns: [input]
#   references: ["GDPR Art. 28", "Alderding, Privacy considerations when using generative AI: S6, S7, S18"]
#   standards: ["OWASP LLM04:2026", "NIST AI RMF Map", "ISO/IEC 42001 A.10"]
#   reasons:
#     terms.unknown:
#       text:
#         en: "Nobody has confirmed what {tier} may do with your text ({facts})."
#         de: "Niemand hat bestätigt, was {tier} mit Ihrem Text tun darf ({facts})."
#         fr: "Personne n'a confirmé ce que {tier} peut faire de votre texte ({facts})."
#         nl: "Niemand heeft bevestigd wat {tier} met uw tekst mag doen ({facts})."
#       remedy:
#         en: "Choose another model, or ask your privacy officer to review the terms of {tier}."
#         de: "Wählen Sie ein anderes Modell oder bitten Sie Ihren Datenschutz, {tier} zu prüfen."
#         fr: "Choisissez un autre modèle ou demandez à votre délégué d'examiner {tier}."
#         nl: "Kies een ander model of vraag uw privacyfunctionaris om {tier} te beoordelen."
#     terms.demo_only:
#       text:
#         en: "{tier} has synthetic terms, which only the demonstration may rely on."
#         de: "{tier} hat erfundene Bedingungen, auf die sich nur die Demo stützen darf."
#         fr: "{tier} a des conditions fictives, réservées à la démonstration."
#         nl: "{tier} heeft verzonnen voorwaarden, alleen voor de demonstratie."
#       remedy:
#         en: "Choose another model."
#         de: "Wählen Sie ein anderes Modell."
#         fr: "Choisissez un autre modèle."
#         nl: "Kies een ander model."
package gateway.rules.ip_01

deny contains reason if {
	input.destination.known == true
	input.terms.known == false
	reason := unconfirmed
}

deny contains reason if {
	input.destination.known == true
	count(input.terms.unknown_facts) > 0
	reason := unconfirmed
}

deny contains reason if {
	input.destination.known == true
	input.terms.demo == true
	input.tenant.demo == false
	reason := {"rule": "IP-01", "code": "terms.demo_only", "params": {"tier": input.destination.tier}}
}

unconfirmed := {"rule": "IP-01", "code": "terms.unknown", "params": {
	"tier": input.destination.tier,
	"facts": concat(", ", input.terms.unknown_facts),
}}
