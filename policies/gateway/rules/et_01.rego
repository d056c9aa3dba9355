# METADATA
# title: No disinformation and no fake news
# description: >-
#   Text that is made to be believed and is not true is not generated. What is to
#   be published is refused at a lower score than what stays in house. Talk about
#   fake news, such as a lesson on media literacy, passes; a doubtful case is only
#   warned about.
# custom:
#   id: ET-01
#   pack: ethical-use
#   severity: critical
#   loosening: impossible
#   concerns: [ethics]
#   sentences: [S20, S21]
#   why: "Generated text can carry disinformation, fake news and misleading claims (Alderding, S21), and the providers' usage policies forbid them."
#   references: ["Alderding, Privacy considerations when using generative AI", "Anthropic Usage Policy, misinformation", "OpenAI Usage Policies, deceiving people and election interference", "Google Generative AI Prohibited Use Policy", "EU AI Act Art. 50(4)"]
#   standards: ["OWASP LLM07:2026", "OWASP LLM09:2025", "NIST AI 600-1 information integrity", "NIST AI RMF Manage", "ISO/IEC 42001 A.9"]
#   needs: [purpose.publication, signals.misuse]
#   parameters:
#     et_01_score:
#       default: 70
#       minimum: 1
#       maximum: 100
#       tighten: lower
#       meaning: "Score out of 100 from which a request for disinformation is refused."
#     et_01_public_score:
#       default: 50
#       minimum: 1
#       maximum: 100
#       tighten: lower
#       meaning: "The same for what is to be published."
#     et_01_warn:
#       default: 40
#       minimum: 1
#       maximum: 100
#       tighten: lower
#       meaning: "Score from which the person is warned."
#   reasons:
#     disinformation.request:
#       kind: deny
#       text:
#         en: "This looks like a request for something untrue that people are meant to believe."
#         de: "Dies sieht nach der Bitte um etwas Unwahres aus, das andere glauben sollen."
#         fr: "Cela ressemble à une demande de contenu faux destiné à être cru."
#         nl: "Dit lijkt een verzoek om iets onwaars dat anderen moeten geloven."
#       remedy:
#         en: "Ask for something that is true or plainly fiction."
#         de: "Bitten Sie um etwas Wahres oder um erkennbare Fiktion."
#         fr: "Demandez un contenu vrai ou clairement fictif."
#         nl: "Vraag om iets dat waar is of duidelijk verzonnen."
#     disinformation.near:
#       kind: warn
#       text:
#         en: "Your request touches on untrue or misleading content."
#         de: "Ihre Anfrage berührt unwahre oder irreführende Inhalte."
#         fr: "Votre demande touche à des contenus faux ou trompeurs."
#         nl: "Uw verzoek raakt aan onware of misleidende inhoud."
#       remedy:
#         en: "Check every fact before you pass the answer on."
#         de: "Prüfen Sie jede Tatsache, bevor Sie die Antwort weitergeben."
#         fr: "Vérifiez chaque fait avant de transmettre la réponse."
#         nl: "Controleer elk feit voordat u het antwoord doorgeeft."
package gateway.rules.et_01

deny contains reason if {
	some item in input.signals.misuse
	item.category == "disinformation"
	item.score >= input.parameters.et_01_score
	reason := {"rule": "ET-01", "code": "disinformation.request", "params": {}}
}

deny contains reason if {
	input.purpose.publication == "public"
	some item in input.signals.misuse
	item.category == "disinformation"
	item.score >= input.parameters.et_01_public_score
	reason := {"rule": "ET-01", "code": "disinformation.request", "params": {}}
}

advice contains item if {
	some signal in input.signals.misuse
	signal.category == "disinformation"
	signal.score >= input.parameters.et_01_warn
	item := {"rule": "ET-01", "code": "disinformation.near", "params": {}}
}
