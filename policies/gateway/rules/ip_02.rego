# METADATA
# title: Work content never trains a provider's model
# description: >-
#   What is typed at work goes only to tiers whose terms rule out training on it.
#   "On unless switched off" counts as training until the switch is proved. Another
#   model may do; where there is none, nothing is sent.
# custom:
#   id: IP-02
#   pack: input-privacy
#   severity: critical
#   loosening: impossible
#   concerns: [input]
#   sentences: [S8, S9, S27]
#   why: "Text that trained a model cannot be taken back and serves a purpose of the provider's own (GDPR Art. 5(1)(b)); several consumer and free tiers train on input by their terms."
#   references: ["GDPR Art. 5(1)(b), 28(3)(a)", "OpenAI Services Agreement (2025-12-01)", "Gemini API Additional Terms, unpaid services", "Alderding: S8, S9"]
#   standards: ["OWASP LLM02:2026", "OWASP LLM02:2025", "NIST AI RMF Manage", "NIST AI 600-1 data privacy", "ISO/IEC 42001 A.10"]
#   needs: [data.class, destination.known, destination.tier, terms.trains_on_input]
#   reasons:
#     data_terms.training:
#       kind: route
#       text:
#         en: "{tier} may use what you type to train its models, and this is work content."
#         de: "{tier} darf mit Ihrem Text Modelle trainieren, und dies ist dienstlicher Inhalt."
#         fr: "{tier} peut entraîner ses modèles avec votre texte, qui est professionnel."
#         nl: "{tier} mag uw tekst gebruiken om modellen te trainen, en dit is werkinhoud."
#       remedy:
#         en: "Choose a model whose terms rule out training."
#         de: "Wählen Sie ein Modell, dessen Bedingungen Training ausschließen."
#         fr: "Choisissez un modèle dont les conditions excluent l'entraînement."
#         nl: "Kies een model waarvan de voorwaarden training uitsluiten."
package gateway.rules.ip_02

import data.gateway.lib.classes.rank

deny := set()

not_training := {"no", "opt_in"}

default trains := true

trains := false if input.terms.trains_on_input in not_training

route contains reason if {
	input.destination.known == true
	trains == true
	rank > 0
	reason := {"rule": "IP-02", "code": "data_terms.training", "params": {"tier": input.destination.tier}}
}
