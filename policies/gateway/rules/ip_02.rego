# METADATA
# title: Work content never trains a provider's model
# description: >-
#   What people type at work may hold what others must not learn. It goes only
#   to tiers that do not train on it; "on unless switched off" counts as
#   training until the switch is proved.
# custom:
#   id: IP-02
#   pack: input-privacy
#   severity: critical
#   loosening: impossible
#   concerns: [input]
#   references: ["GDPR Art. 5(1)(b)", "Alderding: S8, S9"]
#   standards: ["OWASP LLM02:2026", "NIST AI 600-1 data privacy"]
#   reasons:
#     data_terms.training:
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

import data.gateway.lib.classes

not_training := {"no", "opt_in"}

default trains := true

trains := false if input.terms.trains_on_input in not_training

deny contains reason if {
	input.destination.known == true
	trains == true
	classes.rank > 0
	reason := {"rule": "IP-02", "code": "data_terms.training", "params": {"tier": input.destination.tier}}
}
