# METADATA
# title: No manipulation, no use of people's weakness
# description: >-
#   Text that presses, frightens or tricks people into something is refused. Where
#   it goes to consumers or the public, or a minor is concerned, the bar is lower,
#   because they can defend themselves less.
# custom:
#   id: ET-04
#   pack: ethical-use
#   severity: critical
#   loosening: configuration
#   concerns: [ethics]
#   sentences: [S20, S21, S23]
#   why: "Manipulating people, or using their age or need against them, is a prohibited practice (EU AI Act Art. 5(1)(a) and (b))."
#   references: ["EU AI Act Art. 5(1)(a), (b)", "Alderding, Privacy considerations when using generative AI", "OpenAI Usage Policies, manipulation", "Anthropic Usage Policy, exploiting vulnerabilities"]
#   standards: ["NIST AI 600-1 human-AI configuration", "NIST AI RMF Manage", "ISO/IEC 42001 A.9", "EU AI Act Art. 5"]
#   needs: [purpose.audience, signals.minor, signals.misuse]
#   parameters:
#     et_04_score:
#       default: 70
#       minimum: 1
#       maximum: 100
#       tighten: lower
#       meaning: "Score out of 100 from which a request to manipulate people is refused."
#     et_04_outside_score:
#       default: 50
#       minimum: 1
#       maximum: 100
#       tighten: lower
#       meaning: "The same where the text goes to consumers or the public, or concerns a minor."
#     et_04_warn:
#       default: 40
#       minimum: 1
#       maximum: 100
#       tighten: lower
#       meaning: "Score from which the person is warned."
#   reasons:
#     manipulation.request:
#       kind: deny
#       text:
#         en: "This looks like a request to press, frighten or trick people (EU AI Act Art. 5)."
#         de: "Dies sieht nach der Bitte aus, Menschen unter Druck zu setzen, zu ängstigen oder zu täuschen (KI-Verordnung Art. 5)."
#         fr: "Cela ressemble à une demande visant à faire pression, à effrayer ou à tromper (règlement IA, art. 5)."
#         nl: "Dit lijkt een verzoek om mensen onder druk te zetten, bang te maken of te misleiden (AI-verordening art. 5)."
#       remedy:
#         en: "Say plainly what you want and why, and leave people the choice."
#         de: "Sagen Sie offen, was Sie möchten und warum, und lassen Sie den Menschen die Wahl."
#         fr: "Dites clairement ce que vous souhaitez et pourquoi, et laissez le choix."
#         nl: "Zeg open wat u wilt en waarom, en laat mensen de keuze."
#     manipulation.near:
#       kind: warn
#       text:
#         en: "Your request may put pressure on people."
#         de: "Ihre Anfrage könnte Menschen unter Druck setzen."
#         fr: "Votre demande pourrait faire pression sur des personnes."
#         nl: "Uw verzoek kan mensen onder druk zetten."
#       remedy:
#         en: "Keep to facts and a fair choice; leave fear and false haste out."
#         de: "Bleiben Sie bei Tatsachen und einer fairen Wahl; verzichten Sie auf Angst und falsche Eile."
#         fr: "Tenez-vous aux faits et à un choix loyal ; évitez la peur et la fausse urgence."
#         nl: "Houd het bij feiten en een eerlijke keuze; laat angst en valse haast weg."
package gateway.rules.et_04

# Colleagues, and no minor among them; whatever is not known is not inside.
default inside := false

inside if {
	input.purpose.audience == "staff"
	input.signals.minor == false
}

deny contains reason if {
	some item in input.signals.misuse
	item.category == "manipulation"
	item.score >= input.parameters.et_04_score
	reason := {"rule": "ET-04", "code": "manipulation.request", "params": {}}
}

deny contains reason if {
	inside == false
	some item in input.signals.misuse
	item.category == "manipulation"
	item.score >= input.parameters.et_04_outside_score
	reason := {"rule": "ET-04", "code": "manipulation.request", "params": {}}
}

advice contains item if {
	some signal in input.signals.misuse
	signal.category == "manipulation"
	signal.score >= input.parameters.et_04_warn
	item := {"rule": "ET-04", "code": "manipulation.near", "params": {}}
}
