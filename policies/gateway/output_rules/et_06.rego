# METADATA
# title: A draft for a decision says that a person decides
# description: >-
#   An answer that may bear on a decision about a person carries a label: it is a
#   draft for the reviewer, not the decision. The label is owed whether or not
#   somebody approved the request.
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
#   needs: [purpose.decides_about_person, purpose.domain]
#   parameters:
#     et_06_domains:
#       default: [biometrics, credit, education, employment, essential_services, health, insurance, justice, law_enforcement, legal, migration]
#       members: [biometrics, credit, critical_infrastructure, education, employment, essential_services, health, insurance, justice, law_enforcement, legal, migration, public_affairs]
#       tighten: more
#       meaning: "Domains in which an answer can decide about a person's life."
#   reasons:
#     decision.person_decides:
#       kind: warn
#       text:
#         en: "This answer is a draft. A person decides."
#         de: "Diese Antwort ist ein Entwurf. Ein Mensch entscheidet."
#         fr: "Cette réponse est un projet. C'est une personne qui décide."
#         nl: "Dit antwoord is een concept. Een mens beslist."
#       remedy:
#         en: "Check the facts and the reasons before you act, and tell the person concerned that AI was used."
#         de: "Prüfen Sie Tatsachen und Gründe, bevor Sie handeln, und sagen Sie der betroffenen Person, dass KI genutzt wurde."
#         fr: "Vérifiez les faits et les motifs avant d'agir, et informez la personne concernée de l'usage de l'IA."
#         nl: "Controleer feiten en redenen voordat u handelt, en vertel de betrokkene dat AI is gebruikt."
package gateway.output_rules.et_06

default matters := false

matters if input.purpose.decides_about_person == true

matters if input.purpose.domain in input.parameters.et_06_domains

deny := set()

obligations contains obligation if {
	matters == true
	obligation := {"id": "ET-06/label", "type": "label", "params": {"labels": ["human_review"]}}
}

advice contains item if {
	matters == true
	item := {"rule": "ET-06", "code": "decision.person_decides", "params": {}}
}
