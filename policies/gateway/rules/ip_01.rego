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
#   concerns: [input, rights]
#   sentences: [S6, S7, S18, S19]
#   why: "Whoever sends personal data must know what the receiver does with them (GDPR Art. 28(1)); terms of AI tiers differ and change, and a fact nobody has checked protects nobody."
#   references: ["GDPR Art. 5(2), 24, 28(1)", "Alderding, Privacy considerations when using generative AI: S6, S7, S18, S19"]
#   standards: ["OWASP LLM04:2026", "OWASP LLM03:2025", "NIST AI RMF Map", "NIST AI 600-1 value chain", "ISO/IEC 42001 A.10"]
#   needs: [destination.known, destination.tier, tenant.demo, terms.demo, terms.known, terms.unknown_facts]
#   reasons:
#     terms.unknown:
#       kind: deny
#       text:
#         en: "Nobody has confirmed what {tier} may do with your text ({facts})."
#         de: "Niemand hat bestätigt, was {tier} mit Ihrem Text tun darf ({facts})."
#         fr: "Personne n'a confirmé ce que {tier} peut faire de votre texte ({facts})."
#         nl: "Niemand heeft bevestigd wat {tier} met uw tekst mag doen ({facts})."
#       remedy:
#         en: "Choose another model, or ask your privacy officer to review the terms of {tier}."
#         de: "Wählen Sie ein anderes Modell oder bitten Sie Ihren Datenschutz, die Bedingungen von {tier} zu prüfen."
#         fr: "Choisissez un autre modèle ou demandez à votre délégué à la protection des données d'examiner les conditions de {tier}."
#         nl: "Kies een ander model of vraag uw privacyfunctionaris om de voorwaarden van {tier} te beoordelen."
#     terms.demo_only:
#       kind: deny
#       text:
#         en: "{tier} has synthetic terms, which only the demonstration may rely on."
#         de: "{tier} hat erfundene Bedingungen, auf die sich nur die Vorführung stützen darf."
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
