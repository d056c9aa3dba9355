# METADATA
# title: Known models only
# description: >-
#   Requests go to the models your company has listed, for the people it has
#   listed them for. A model that is not listed and one that is not yours get the
#   same answer, so that nobody learns what others may use.
# custom:
#   id: BS-01
#   pack: baseline-security
#   severity: high
#   loosening: configuration
#   concerns: [input, ethics]
#   sentences: [S1, S2, S5]
#   why: "Text, images and video all come from a prompt that goes to some provider (Alderding, S2, S5); only a listed one has been looked at (OWASP LLM04, supply chain)."
#   references: ["Alderding, Privacy considerations when using generative AI", "GDPR Art. 28, 32", "OpenAI Services Agreement 3.3"]
#   standards: ["OWASP LLM04:2026", "OWASP LLM03:2025", "NIST AI 600-1 value chain and component integration", "NIST AI RMF Govern", "ISO/IEC 42001 A.10"]
#   needs: [destination.allowed, destination.known]
#   reasons:
#     model.unknown:
#       kind: deny
#       text:
#         en: "There is no model of that name that you may use."
#         de: "Es gibt kein Modell dieses Namens, das Sie nutzen dürfen."
#         fr: "Il n'existe pas de modèle de ce nom que vous puissiez utiliser."
#         nl: "Er is geen model met die naam dat u mag gebruiken."
#       remedy:
#         en: "GET /v1/models lists the models you may use."
#         de: "GET /v1/models nennt die Modelle, die Sie nutzen dürfen."
#         fr: "GET /v1/models donne la liste des modèles permis."
#         nl: "GET /v1/models noemt de modellen die u mag gebruiken."
package gateway.rules.bs_01

default usable := false

usable if {
	input.destination.known == true
	input.destination.allowed == true
}

deny contains reason if {
	usable == false
	reason := {"rule": "BS-01", "code": "model.unknown", "params": {}}
}
