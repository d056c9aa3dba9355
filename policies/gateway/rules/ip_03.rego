# METADATA
# title: The more sensitive, the less may stay with the provider
# description: >-
#   Each data class has a ceiling: how long a tier may keep what is sent, who may
#   read it there, where it is processed and under which contract. Public content
#   has none. Restricted content goes only where nothing is kept. Another model may
#   do; where there is none, nothing is sent.
# custom:
#   id: IP-03
#   pack: input-privacy
#   severity: high
#   loosening: configuration
#   concerns: [input]
#   sentences: [S6, S7, S10, S27]
#   why: "What is kept can be lost, read or demanded, so the more sensitive content is the less of it may stay with others (GDPR Art. 5(1)(c) and (e), Art. 32)."
#   references: ["GDPR Art. 5(1)(c), 5(1)(e), 28, 32, 45, 46(2)(c)", "CJEU C-311/18 Schrems II, paras 134-135", "Commission Implementing Decision (EU) 2021/914, clause 14", "Alderding: S7, S10"]
#   standards: ["OWASP LLM02:2026", "OWASP LLM02:2025", "NIST AI RMF Manage", "NIST AI 600-1 data privacy", "ISO/IEC 42001 A.10", "ISO/IEC 27001 A.5.12"]
#   needs: [data.class, destination.known, destination.region, destination.self_hosted, destination.tier, destination.transfer, terms.human_review, terms.processor_contract, terms.retention_days, terms.zero_retention]
#   parameters:
#     ip_03_internal_days: {default: 55, minimum: 0, maximum: 3650, tighten: lower, meaning: "Days a tier may keep internal content."}
#     ip_03_confidential_days: {default: 30, minimum: 0, maximum: 3650, tighten: lower, meaning: "Days a tier may keep confidential content."}
#     ip_03_restricted_days: {default: 0, minimum: 0, maximum: 3650, tighten: lower, meaning: "Days a tier may keep restricted content."}
#     ip_03_restricted_evidence: {default: true, tighten: "true", meaning: "Whether restricted content needs a tier whose zero retention is confirmed; your own machines need none."}
#     ip_03_review: {default: flagged_only, choices: [sampled, possible, flagged_only, none], meaning: "The most that people at the provider may read of content above public."}
#     ip_03_accept_scc: {default: false, tighten: "false", meaning: "Whether standard contractual clauses carry confidential content out of the European Economic Area. Say true only with a documented transfer assessment."}
#   reasons:
#     data_terms.retention:
#       kind: route
#       text:
#         en: "{tier} may keep what you send for longer than {class} content allows ({limit} days)."
#         de: "{tier} darf Ihren Text länger aufbewahren, als es für {class} zulässig ist ({limit} Tage)."
#         fr: "{tier} peut conserver votre texte plus longtemps que ne le permet la classe {class} ({limit} jours)."
#         nl: "{tier} mag uw tekst langer bewaren dan voor {class} is toegestaan ({limit} dagen)."
#       remedy:
#         en: "Choose a model that keeps less, or take out what makes the text {class}."
#         de: "Wählen Sie ein Modell, das weniger aufbewahrt, oder entfernen Sie, was den Text {class} macht."
#         fr: "Choisissez un modèle qui conserve moins, ou retirez ce qui rend le texte {class}."
#         nl: "Kies een model dat minder bewaart, of haal weg wat de tekst {class} maakt."
#     data_terms.evidence:
#       kind: route
#       text:
#         en: "There is no evidence that {tier} keeps nothing, and this content is {class}."
#         de: "Es ist nicht belegt, dass {tier} nichts aufbewahrt, und dieser Inhalt ist {class}."
#         fr: "Rien ne prouve que {tier} ne conserve rien, et ce contenu est {class}."
#         nl: "Er is geen bewijs dat {tier} niets bewaart, en deze inhoud is {class}."
#       remedy:
#         en: "Choose a model with zero retention, or one that your company runs itself."
#         de: "Wählen Sie ein Modell ohne Aufbewahrung oder eines, das Ihr Unternehmen selbst betreibt."
#         fr: "Choisissez un modèle sans conservation ou exploité par votre entreprise."
#         nl: "Kies een model zonder bewaring, of een dat uw organisatie zelf beheert."
#     data_terms.review:
#       kind: route
#       text:
#         en: "People at {tier} may read more of what you send than {class} content allows."
#         de: "Menschen bei {tier} dürfen mehr von Ihrem Text lesen, als es für {class} zulässig ist."
#         fr: "Des personnes chez {tier} peuvent lire plus de votre texte que ne le permet la classe {class}."
#         nl: "Mensen bij {tier} mogen meer van uw tekst lezen dan voor {class} is toegestaan."
#       remedy:
#         en: "Choose a model whose provider reads flagged content only, or none."
#         de: "Wählen Sie ein Modell, dessen Anbieter nur auffällige Inhalte liest oder keine."
#         fr: "Choisissez un modèle dont le fournisseur ne lit que les contenus signalés, ou aucun."
#         nl: "Kies een model waarvan de aanbieder alleen gemelde inhoud leest, of geen."
#     data_terms.location:
#       kind: route
#       text:
#         en: "{tier} processes what you send in region {region}, without the protection that {class} content needs."
#         de: "{tier} verarbeitet Ihren Text in der Region {region}, ohne den Schutz, den {class} verlangt."
#         fr: "{tier} traite votre texte dans la région {region}, sans la protection qu'exige la classe {class}."
#         nl: "{tier} verwerkt uw tekst in regio {region}, zonder de bescherming die {class} vereist."
#       remedy:
#         en: "Choose a model that runs in the European Economic Area or in a country with an adequacy decision."
#         de: "Wählen Sie ein Modell, das im Europäischen Wirtschaftsraum oder in einem Land mit Angemessenheitsbeschluss läuft."
#         fr: "Choisissez un modèle exécuté dans l'Espace économique européen ou dans un pays à décision d'adéquation."
#         nl: "Kies een model dat draait in de Europese Economische Ruimte of in een land met een adequaatheidsbesluit."
#     data_terms.contract:
#       kind: route
#       text:
#         en: "No processor contract with {tier} is on file, and this content is {class}."
#         de: "Mit {tier} liegt kein Auftragsverarbeitungsvertrag vor, und dieser Inhalt ist {class}."
#         fr: "Aucun contrat de sous-traitance avec {tier} n'est déposé, et ce contenu est {class}."
#         nl: "Er is geen verwerkersovereenkomst met {tier} vastgelegd, en deze inhoud is {class}."
#       remedy:
#         en: "Choose a model under contract, or ask your privacy officer to file the contract with {tier}."
#         de: "Wählen Sie ein Modell mit Vertrag oder bitten Sie Ihren Datenschutz, den Vertrag mit {tier} zu hinterlegen."
#         fr: "Choisissez un modèle sous contrat ou demandez à votre délégué à la protection des données de déposer le contrat avec {tier}."
#         nl: "Kies een model onder contract, of vraag uw privacyfunctionaris de overeenkomst met {tier} vast te leggen."
package gateway.rules.ip_03

import data.gateway.lib.ceilings.assessed
import data.gateway.lib.ceilings.limit
import data.gateway.lib.ceilings.proved
import data.gateway.lib.ceilings.short
import data.gateway.lib.ceilings.unread
import data.gateway.lib.classes.rank
import data.gateway.lib.transfers.adequate
import data.gateway.lib.transfers.contracted

deny := set()

route contains reason if {
	rank > 0
	input.destination.known == true
	short == false
	params := {"tier": input.destination.tier, "class": input.data.class, "limit": limit}
	reason := {"rule": "IP-03", "code": "data_terms.retention", "params": params}
}

# Said only of a tier that is short enough: one refusal for one defect.
route contains reason if {
	rank > 2
	input.destination.known == true
	short == true
	proved == false
	params := {"tier": input.destination.tier, "class": input.data.class}
	reason := {"rule": "IP-03", "code": "data_terms.evidence", "params": params}
}

route contains reason if {
	rank > 0
	input.destination.known == true
	unread == false
	params := {"tier": input.destination.tier, "class": input.data.class}
	reason := {"rule": "IP-03", "code": "data_terms.review", "params": params}
}

route contains reason if {
	rank > 1
	input.destination.known == true
	adequate == false
	assessed == false
	params := {"tier": input.destination.tier, "class": input.data.class, "region": input.destination.region}
	reason := {"rule": "IP-03", "code": "data_terms.location", "params": params}
}

route contains reason if {
	rank > 1
	input.destination.known == true
	contracted == false
	params := {"tier": input.destination.tier, "class": input.data.class}
	reason := {"rule": "IP-03", "code": "data_terms.contract", "params": params}
}
