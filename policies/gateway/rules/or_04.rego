# METADATA
# title: The provider's indemnity is kept alive
# description: >-
#   Some providers stand in when an output is said to infringe, as long as their
#   filters are on, the model is generally available and evidence is on file. What
#   is to be published goes to a model where these conditions are met. For internal
#   distribution their absence is told; what stays with the person is left alone.
# custom:
#   id: OR-04
#   pack: output-rights
#   severity: medium
#   loosening: configuration
#   concerns: [rights]
#   sentences: [S18, S19]
#   why: "An indemnity is a set of technical conditions that are held or lost with each call (Azure Customer Copyright Commitment, AWS Service Terms 50.10, OpenAI Service Terms)."
#   references: ["OpenAI Service Terms: output indemnity", "Microsoft Customer Copyright Commitment: required mitigations", "Google Generative AI Indemnified Services", "AWS Service Terms 50.10", "Anthropic Commercial Terms: indemnification", "Alderding: S18, S19"]
#   standards: ["OWASP LLM04:2026", "OWASP LLM03:2025", "NIST AI RMF Manage", "NIST AI 600-1 intellectual property", "ISO/IEC 42001 A.10"]
#   needs: [purpose.publication, terms.indemnity, destination.stage, destination.mitigations, destination.tier]
#   parameters:
#     or_04_mitigations: {default: [content_filter], members: [content_filter, citation, copyright_system_message, evaluation_report, jailbreak_filter, protected_material], tighten: more, meaning: "Mitigations that must be on for a model whose output is distributed under a conditional indemnity."}
#   reasons:
#     rights.indemnity:
#       kind: route
#       text:
#         en: "You mean to publish, and with {tier} nobody stands in if the output infringes a right. Missing: {missing}."
#         de: "Sie möchten veröffentlichen, und bei {tier} steht niemand ein, wenn die Ausgabe Rechte verletzt. Es fehlt: {missing}."
#         fr: "Vous souhaitez publier, et avec {tier} personne ne répond si le résultat porte atteinte à un droit. Manquant : {missing}."
#         nl: "U wilt publiceren, en bij {tier} staat niemand in als de uitvoer een recht schendt. Ontbreekt: {missing}."
#       remedy:
#         en: "Choose a generally available model whose provider gives an indemnity, or ask your administrator to record its mitigations."
#         de: "Wählen Sie ein allgemein verfügbares Modell mit Freistellung durch den Anbieter, oder bitten Sie Ihren Administrator, die Schutzmaßnahmen einzutragen."
#         fr: "Choisissez un modèle en disponibilité générale dont le fournisseur accorde une garantie, ou demandez à votre administrateur d'en déclarer les mesures de protection."
#         nl: "Kies een algemeen beschikbaar model waarvan de aanbieder vrijwaring geeft, of vraag uw beheerder de maatregelen vast te leggen."
#     rights.no_indemnity:
#       kind: warn
#       text:
#         en: "With {tier} nobody stands in if the output infringes a right. Missing: {missing}."
#         de: "Bei {tier} steht niemand ein, wenn die Ausgabe Rechte verletzt. Es fehlt: {missing}."
#         fr: "Avec {tier}, personne ne répond si le résultat porte atteinte à un droit. Manquant : {missing}."
#         nl: "Bij {tier} staat niemand in als de uitvoer een recht schendt. Ontbreekt: {missing}."
#       remedy:
#         en: "Check the output for works of others before you pass it on."
#         de: "Prüfen Sie die Ausgabe auf fremde Werke, bevor Sie sie weitergeben."
#         fr: "Vérifiez que le résultat ne reprend pas d'œuvres de tiers avant de le transmettre."
#         nl: "Controleer de uitvoer op werken van anderen voordat u die doorgeeft."
package gateway.rules.or_04

deny := set()

route contains reason if {
	input.purpose.publication == "public"
	missing := sort(lacking(input.destination.tier))
	count(missing) > 0
	params := {"tier": input.destination.tier, "missing": missing}
	reason := {"rule": "OR-04", "code": "rights.indemnity", "params": params}
}

advice contains item if {
	input.purpose.publication == "internal"
	missing := sort(lacking(input.destination.tier))
	count(missing) > 0
	params := {"tier": input.destination.tier, "missing": missing}
	item := {"rule": "OR-04", "code": "rights.no_indemnity", "params": params}
}

# What is missing for somebody to stand in. A function, because most requests never ask.
lacking(tier) := (promise | stage) | lowered if {
	promise := {"indemnity" | input.terms.indemnity in {"none", "unclear", "unknown"}}
	stage := {"general_availability" | input.destination.stage != "ga"}
	wanted := {mitigation | some mitigation in input.parameters.or_04_mitigations}
	present := {mitigation | some mitigation in input.destination.mitigations}
	lowered := {mitigation |
		input.terms.indemnity == "conditional"
		some mitigation in ((wanted | named(tier)) - present)
	}
}

# What Microsoft's commitment asks for by name.
named(tier) := object.get(
	{"microsoft/azure-openai": {
		"copyright_system_message",
		"evaluation_report",
		"jailbreak_filter",
		"protected_material",
	}},
	tier,
	set(),
)
