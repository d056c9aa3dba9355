# METADATA
# title: No one is impersonated; a likeness needs consent
# description: >-
#   Speaking in the name of a real person, and making their face or voice, needs
#   that person's recorded consent. With consent the output carries a label,
#   because people must be able to tell. A name alone counts where an image or a
#   video is made.
# custom:
#   id: ET-02
#   pack: ethical-use
#   severity: critical
#   loosening: impossible
#   concerns: [ethics, anonymity]
#   sentences: [S20, S21, S23]
#   why: "Speaking as another person or showing them without consent misleads and harms (Alderding, S21, S23), and a deep fake must be labelled (EU AI Act Art. 50(4))."
#   references: ["Alderding, Privacy considerations when using generative AI", "EU AI Act Art. 50(4)", "GDPR Art. 6, 7", "OpenAI Usage Policies, likeness without consent", "Anthropic Usage Policy, impersonation"]
#   standards: ["OWASP LLM07:2026", "OWASP LLM09:2025", "NIST AI 600-1 information integrity", "ISO/IEC 42001 A.9", "EU AI Act Art. 50"]
#   needs: [request.kind, signals.misuse, signals.real_person]
#   parameters:
#     et_02_score:
#       default: 70
#       minimum: 1
#       maximum: 100
#       tighten: lower
#       meaning: "Score out of 100 from which a request to speak as another person is refused without consent."
#     et_02_warn:
#       default: 40
#       minimum: 1
#       maximum: 100
#       tighten: lower
#       meaning: "Score from which the person is warned."
#   reasons:
#     likeness.no_consent:
#       kind: deny
#       text:
#         en: "This asks for the face or voice of a real person, and no consent of theirs is on record."
#         de: "Hier wird das Gesicht oder die Stimme einer echten Person verlangt, und ihre Einwilligung liegt nicht vor."
#         fr: "Ceci demande le visage ou la voix d'une personne réelle, et son consentement n'est pas enregistré."
#         nl: "Hier wordt om het gezicht of de stem van een echt persoon gevraagd, en diens toestemming is niet vastgelegd."
#       remedy:
#         en: "Have the person's consent recorded for this purpose, or ask for an invented person."
#         de: "Lassen Sie die Einwilligung der Person für diesen Zweck erfassen, oder bitten Sie um eine erfundene Person."
#         fr: "Faites enregistrer le consentement de la personne pour cette finalité, ou demandez une personne fictive."
#         nl: "Laat de toestemming van de persoon voor dit doel vastleggen, of vraag om een verzonnen persoon."
#     likeness.impersonation:
#       kind: deny
#       text:
#         en: "This looks like a request to speak or write as a real person who has not agreed."
#         de: "Dies sieht nach der Bitte aus, im Namen einer echten Person zu sprechen, die nicht eingewilligt hat."
#         fr: "Cela ressemble à une demande de s'exprimer au nom d'une personne réelle qui n'y a pas consenti."
#         nl: "Dit lijkt een verzoek om te spreken als een echt persoon die daar niet mee heeft ingestemd."
#       remedy:
#         en: "Write in your own name, or have the person's consent recorded for this purpose."
#         de: "Schreiben Sie in Ihrem eigenen Namen, oder lassen Sie die Einwilligung der Person für diesen Zweck erfassen."
#         fr: "Écrivez en votre nom, ou faites enregistrer le consentement de la personne pour cette finalité."
#         nl: "Schrijf in uw eigen naam, of laat de toestemming van de persoon voor dit doel vastleggen."
#     likeness.near:
#       kind: warn
#       text:
#         en: "Your request comes near to speaking as somebody else."
#         de: "Ihre Anfrage kommt dem Sprechen im Namen anderer nahe."
#         fr: "Votre demande revient presque à parler au nom d'autrui."
#         nl: "Uw verzoek komt dicht bij spreken namens een ander."
#       remedy:
#         en: "Make plain who speaks, and that AI helped."
#         de: "Machen Sie deutlich, wer spricht und dass KI geholfen hat."
#         fr: "Dites clairement qui s'exprime et que l'IA a aidé."
#         nl: "Maak duidelijk wie spreekt en dat AI heeft geholpen."
package gateway.rules.et_02

default consented := false

consented if input.signals.real_person.consent == true

default depicted := false

depicted if input.signals.real_person.likeness == true

depicted if {
	input.signals.real_person.named == true
	input.request.kind in {"image", "video"}
}

deny contains reason if {
	depicted == true
	consented == false
	reason := {"rule": "ET-02", "code": "likeness.no_consent", "params": {}}
}

deny contains reason if {
	consented == false
	some item in input.signals.misuse
	item.category == "impersonation"
	item.score >= input.parameters.et_02_score
	reason := {"rule": "ET-02", "code": "likeness.impersonation", "params": {}}
}

advice contains item if {
	some signal in input.signals.misuse
	signal.category == "impersonation"
	signal.score >= input.parameters.et_02_warn
	item := {"rule": "ET-02", "code": "likeness.near", "params": {}}
}

# Owed with consent too: consent of the person shown does not tell those who look.
obligations contains obligation if {
	depicted == true
	obligation := {"id": "ET-02/label", "type": "label", "params": {"labels": ["likeness"]}}
}

obligations contains obligation if {
	some item in input.signals.misuse
	item.category == "impersonation"
	item.score >= input.parameters.et_02_score
	obligation := {"id": "ET-02/label", "type": "label", "params": {"labels": ["likeness"]}}
}
