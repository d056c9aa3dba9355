# METADATA
# title: Decisions that matter to people have a person behind them
# description: >-
#   Where an answer may decide about somebody's work, credit, schooling, health or
#   rights, a qualified person must review it. A purpose that names no reviewer
#   needs a second person's approval first.
# custom:
#   id: ET-06
#   pack: ethical-use
#   severity: high
#   loosening: configuration
#   concerns: [ethics]
#   sentences: [S22, S24]
#   why: "Who uses generative AI answers for what follows (Alderding, S22, S24), and a decision about a person may not rest on a machine alone (GDPR Art. 22)."
#   references: ["GDPR Art. 22", "Alderding, Privacy considerations when using generative AI", "OpenAI Usage Policies, high-stakes decisions without human review", "Google Generative AI Prohibited Use Policy", "Anthropic Usage Policy, high-risk use cases", "Colorado SB 26-189"]
#   standards: ["OWASP LLM03:2026", "OWASP LLM06:2025", "NIST AI 600-1 human-AI configuration", "NIST AI RMF Map", "ISO/IEC 42001 A.5", "EU AI Act Art. 14, 26"]
#   needs: [purpose.decides_about_person, purpose.domain, purpose.reviewer]
#   parameters:
#     et_06_domains:
#       default: [biometrics, credit, education, employment, essential_services, health, insurance, justice, law_enforcement, legal, migration]
#       members: [biometrics, credit, critical_infrastructure, education, employment, essential_services, health, insurance, justice, law_enforcement, legal, migration, public_affairs]
#       tighten: more
#       meaning: "Domains in which an answer can decide about a person's life."
#   reasons:
#     decision.no_reviewer:
#       kind: require_approval
#       text:
#         en: "This may decide about a person, and your purpose names nobody who reviews the result."
#         de: "Dies kann über eine Person entscheiden, und Ihr Zweck nennt niemanden, der das Ergebnis prüft."
#         fr: "Ceci peut mener à une décision sur une personne, et votre finalité ne désigne personne pour revoir le résultat."
#         nl: "Dit kan over een persoon beslissen, en uw doel noemt niemand die het resultaat nakijkt."
#       remedy:
#         en: "Ask a colleague who may approve, at {public_url}/approvals, or choose a purpose that names a reviewer."
#         de: "Bitten Sie eine Person, die freigeben darf, unter {public_url}/approvals, oder wählen Sie einen Zweck mit benannter Prüfperson."
#         fr: "Demandez l'accord d'une personne habilitée sur {public_url}/approvals, ou choisissez une finalité qui désigne un réviseur."
#         nl: "Vraag een collega die mag goedkeuren, via {public_url}/approvals, of kies een doel met een genoemde beoordelaar."
package gateway.rules.et_06

deny := set()

default reviewed := false

reviewed if input.purpose.reviewer == true

require_approval contains reason if {
	reviewed == false
	input.purpose.decides_about_person == true
	reason := {"rule": "ET-06", "code": "decision.no_reviewer", "params": {}}
}

require_approval contains reason if {
	reviewed == false
	input.purpose.domain in input.parameters.et_06_domains
	reason := {"rule": "ET-06", "code": "decision.no_reviewer", "params": {}}
}
