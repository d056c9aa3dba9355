# METADATA
# title: Outputs do not train competing models
# description: >-
#   Most contracts forbid training a model that competes with the provider's on its
#   outputs. Where a contract excepts internal classifiers or embeddings, a second
#   person confirms that the exception fits. A purpose that trains no model is
#   never asked about it.
# custom:
#   id: OR-03
#   pack: output-rights
#   severity: high
#   loosening: configuration
#   concerns: [rights]
#   sentences: [S18, S19]
#   why: "Providers restrict what outputs may be used for; training a competing model ends the licence and the indemnity (OpenAI Services Agreement, Anthropic Commercial Terms D)."
#   references: ["OpenAI Services Agreement: restrictions, internal classifiers and embeddings excepted", "Anthropic Commercial Terms D.4", "Google Terms of Service: generated content", "Mistral Commercial Terms: image outputs", "Stability AI Terms of Service", "Llama 4 Community License 1(b)", "Alderding: S19"]
#   standards: ["OWASP LLM05:2026", "OWASP LLM04:2025", "NIST AI RMF Govern", "NIST AI 600-1 intellectual property", "ISO/IEC 42001 A.10"]
#   needs: [purpose.trains_model, purpose.training_exception, terms.output_restrictions, terms.licence_conditions, request.kind, destination.tier]
#   reasons:
#     rights.competing_model:
#       kind: deny
#       text:
#         en: "Your purpose trains a model, and the terms of {tier} forbid training one on its outputs."
#         de: "Ihr Zweck trainiert ein Modell, und die Bedingungen von {tier} verbieten das mit dessen Ausgaben."
#         fr: "Votre finalité entraîne un modèle, et les conditions de {tier} l'interdisent avec ses résultats."
#         nl: "Uw doel traint een model, en de voorwaarden van {tier} verbieden dat met de uitvoer ervan."
#       remedy:
#         en: "Use a model whose licence allows it, or ask the provider for written consent."
#         de: "Nutzen Sie ein Modell, dessen Lizenz es erlaubt, oder bitten Sie den Anbieter um schriftliche Zustimmung."
#         fr: "Utilisez un modèle dont la licence le permet, ou demandez l'accord écrit du fournisseur."
#         nl: "Gebruik een model waarvan de licentie het toestaat, of vraag de aanbieder om schriftelijke toestemming."
#     rights.training_exception:
#       kind: require_approval
#       text:
#         en: "The terms of {tier} allow training on outputs only for internal classifiers or embeddings. A second person must confirm that this is such a case."
#         de: "Die Bedingungen von {tier} erlauben das Training mit Ausgaben nur für interne Klassifikatoren oder Embeddings. Eine zweite Person muss bestätigen, dass dies ein solcher Fall ist."
#         fr: "Les conditions de {tier} n'autorisent l'entraînement sur les résultats que pour des classifieurs internes ou des plongements. Une seconde personne doit confirmer que c'est le cas."
#         nl: "De voorwaarden van {tier} staan trainen op uitvoer alleen toe voor interne classificatoren of embeddings. Een tweede persoon moet bevestigen dat dit zo'n geval is."
#       remedy:
#         en: "Ask a colleague who may approve, at {public_url}/approvals."
#         de: "Bitten Sie eine Kollegin oder einen Kollegen mit Freigaberecht: {public_url}/approvals."
#         fr: "Demandez à un collègue habilité à approuver, sur {public_url}/approvals."
#         nl: "Vraag een collega die mag goedkeuren, op {public_url}/approvals."
#     rights.model_name:
#       kind: warn
#       text:
#         en: "A model trained on outputs of {tier} and passed on must carry \"Llama\" at the start of its name."
#         de: "Ein mit Ausgaben von {tier} trainiertes und weitergegebenes Modell muss einen Namen tragen, der mit „Llama“ beginnt."
#         fr: "Un modèle entraîné sur des résultats de {tier} puis diffusé doit porter un nom commençant par « Llama »."
#         nl: "Een model dat op uitvoer van {tier} is getraind en wordt verspreid, moet een naam hebben die met \"Llama\" begint."
#       remedy:
#         en: "Name the model so before you distribute it."
#         de: "Benennen Sie das Modell so, bevor Sie es weitergeben."
#         fr: "Nommez le modèle ainsi avant de le diffuser."
#         nl: "Geef het model zo'n naam voordat u het verspreidt."
package gateway.rules.or_03

deny contains reason if {
	input.purpose.trains_model == true
	some restriction in input.terms.output_restrictions
	forbids(restriction) == true
	reason := {"rule": "OR-03", "code": "rights.competing_model", "params": {"tier": input.destination.tier}}
}

require_approval contains reason if {
	input.purpose.trains_model == true
	"no_competing_models_except_internal_classifiers_or_embeddings" in input.terms.output_restrictions
	input.purpose.training_exception in {"embeddings", "internal_classifiers"}
	reason := {"rule": "OR-03", "code": "rights.training_exception", "params": {"tier": input.destination.tier}}
}

advice contains item if {
	input.purpose.trains_model == true
	"notice_built_with_llama" in input.terms.licence_conditions
	item := {"rule": "OR-03", "code": "rights.model_name", "params": {"tier": input.destination.tier}}
}

# Labels of the terms file that leave no training of a model of one's own.
forbids(restriction) if {
	restriction in {
		"no_competing_foundation_models",
		"no_competing_model_training_without_written_consent",
		"no_competing_models",
		"no_competing_product_or_model_training",
		"no_competing_products",
		"no_competing_products_or_models",
		"no_foundation_model_from_outputs",
		"no_models_similar_to_google_models_except_own_tuning_features",
		"no_use_of_generated_content_to_develop_ml_models",
	}
}

# A purpose that names no exception has none.
forbids("no_competing_models_except_internal_classifiers_or_embeddings") if {
	named := {object.get(input.purpose, "training_exception", "")}
	count(named - {"embeddings", "internal_classifiers"}) == 1
}

forbids("no_competing_image_model_training_on_image_outputs") if input.request.kind == "image"
