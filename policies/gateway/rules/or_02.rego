# METADATA
# title: Ownership and business-use conditions are kept
# description: >-
#   Some contracts forbid work use, automated use, or use by organisations of a
#   certain size or seat. What is made against such a condition may belong to
#   somebody else. A request goes to a tier whose conditions it keeps.
# custom:
#   id: OR-02
#   pack: output-rights
#   severity: high
#   loosening: configuration
#   concerns: [rights]
#   sentences: [S18, S19]
#   why: "Providers may reserve rights or restrict use: Midjourney keeps ownership from large companies, and Claude and Copilot for individuals forbid work use (source article, S18 and S19)."
#   references: ["Anthropic Consumer Terms (EEA): no commercial or business purpose", "Microsoft Copilot Terms: personal use only", "Midjourney Terms of Service: ownership and automation", "OpenAI Service Terms: voice output", "Stability AI Community License: revenue limit", "Llama 4 Community License and Acceptable Use Policy: European Union", "Gemini API Additional Terms: paid services in the EEA, Switzerland and the United Kingdom", "Alderding: S18, S19"]
#   standards: ["OWASP LLM04:2026", "OWASP LLM03:2025", "NIST AI RMF Govern", "NIST AI 600-1 intellectual property", "ISO/IEC 42001 A.10"]
#   needs: [tenant.revenue, tenant.establishments, purpose.commercial, purpose.publication, terms.business_use, terms.output_ownership, terms.licence_conditions, terms.eu_excluded, request.kind, request.attachments, destination.tier]
#   reasons:
#     rights.business_use:
#       kind: route
#       text:
#         en: "The terms of {tier} allow personal use only, and this is work."
#         de: "Die Bedingungen von {tier} erlauben nur private Nutzung, und dies ist dienstlich."
#         fr: "Les conditions de {tier} n'autorisent qu'un usage personnel, et ceci est un usage professionnel."
#         nl: "De voorwaarden van {tier} staan alleen privégebruik toe, en dit is werk."
#       remedy:
#         en: "Choose a model under a business contract."
#         de: "Wählen Sie ein Modell mit einem Geschäftsvertrag."
#         fr: "Choisissez un modèle sous contrat professionnel."
#         nl: "Kies een model met een zakelijk contract."
#     rights.licence_condition:
#       kind: route
#       text:
#         en: "{tier} may be used only under conditions that this request does not meet: {conditions}."
#         de: "{tier} darf nur unter Bedingungen genutzt werden, die diese Anfrage nicht erfüllt: {conditions}."
#         fr: "{tier} ne peut être utilisé qu'à des conditions que cette demande ne remplit pas : {conditions}."
#         nl: "{tier} mag alleen worden gebruikt onder voorwaarden waaraan dit verzoek niet voldoet: {conditions}."
#       remedy:
#         en: "Choose another model, or ask your administrator whether a licence covers this use."
#         de: "Wählen Sie ein anderes Modell, oder fragen Sie Ihren Administrator nach einer passenden Lizenz."
#         fr: "Choisissez un autre modèle, ou demandez à votre administrateur si une licence couvre cet usage."
#         nl: "Kies een ander model, of vraag uw beheerder of een licentie dit gebruik dekt."
#     rights.terms_unclear:
#       kind: warn
#       text:
#         en: "What {tier} says on {facts} is unknown or depends on conditions, and you mean to publish."
#         de: "Was {tier} zu {facts} sagt, ist unbekannt oder an Bedingungen geknüpft, und Sie möchten veröffentlichen."
#         fr: "Ce que {tier} prévoit sur {facts} est inconnu ou soumis à des conditions, et vous souhaitez publier."
#         nl: "Wat {tier} over {facts} zegt, is onbekend of hangt van voorwaarden af, en u wilt publiceren."
#       remedy:
#         en: "Read the rights record of the answer before you use it, or choose a model with clear terms."
#         de: "Lesen Sie vor der Verwendung den Rechtenachweis der Antwort, oder wählen Sie ein Modell mit klaren Bedingungen."
#         fr: "Lisez la fiche de droits de la réponse avant de l'utiliser, ou choisissez un modèle aux conditions claires."
#         nl: "Lees de rechtengegevens van het antwoord voordat u het gebruikt, of kies een model met duidelijke voorwaarden."
package gateway.rules.or_02

deny := set()

route contains reason if {
	input.terms.business_use == "forbidden"
	reason := {"rule": "OR-02", "code": "rights.business_use", "params": {"tier": input.destination.tier}}
}

route contains reason if {
	count(broken) > 0
	conditions := sort(broken)
	params := {"tier": input.destination.tier, "conditions": conditions}
	reason := {"rule": "OR-02", "code": "rights.licence_condition", "params": params}
}

broken contains "eu_excluded" if {
	input.terms.eu_excluded == true
	"EU" in input.tenant.establishments
}

broken contains condition if {
	some condition in input.terms.licence_conditions
	breaks(condition) == true
}

# A gateway is automated use, whoever sits before it.
breaks("no_api") := true

# Above the limit the provider, not the company, owns what is made. Unknown revenue counts as above.
breaks("revenue_over_1m_needs_pro_plan") if input.tenant.revenue != "under_1m"

breaks("revenue_limit_1m") if {
	input.purpose.commercial == true
	input.tenant.revenue != "under_1m"
}

breaks("voice_output_non_commercial") if {
	input.request.kind == "audio"
	input.purpose.commercial == true
}

breaks("eu_multimodal_excluded") if {
	"EU" in input.tenant.establishments
	kinds := {input.request.kind} | {attachment.type | some attachment in input.request.attachments}
	count(kinds & {"audio", "image", "video"}) > 0
}

breaks("paid_services_only_for_eea_ch_uk") if {
	some seat in input.tenant.establishments
	seat in {"CH", "EEA", "EU", "UK"}
}

advice contains item if {
	input.purpose.publication != "none"
	input.purpose.commercial == true
	facts := {"business_use": input.terms.business_use, "output_ownership": input.terms.output_ownership}
	some fact, value in facts
	value in {"conditional", "unknown"}
	params := {"tier": input.destination.tier, "facts": [fact]}
	item := {"rule": "OR-02", "code": "rights.terms_unclear", "params": params}
}
