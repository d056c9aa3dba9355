# METADATA
# title: No profiling, tracking or identifying of people
# description: >-
#   Finding out who somebody is, where they live or what they do in private is
#   refused. With a picture that shows a face the bar is lower, because to name a
#   face in a picture is what the providers forbid.
# custom:
#   id: ET-05
#   pack: ethical-use
#   severity: critical
#   loosening: impossible
#   concerns: [ethics, anonymity]
#   sentences: [S23]
#   why: "Ethical use does not invade privacy (Alderding, S23), and OpenAI, Anthropic, Google and Meta forbid tracking people and naming them from a picture."
#   references: ["Alderding, Privacy considerations when using generative AI", "GDPR Art. 5(1)(a), 6", "OpenAI Usage Policies, privacy and facial recognition", "Anthropic Usage Policy, tracking and surveillance", "Llama Acceptable Use Policy"]
#   standards: ["OWASP LLM02:2026", "OWASP LLM02:2025", "NIST AI 600-1 data privacy", "ISO/IEC 42001 A.9"]
#   needs: [request.attachments, signals.misuse]
#   parameters:
#     et_05_score:
#       default: 70
#       minimum: 1
#       maximum: 100
#       tighten: lower
#       meaning: "Score out of 100 from which a request to profile, track or identify somebody is refused."
#     et_05_face_score:
#       default: 40
#       minimum: 1
#       maximum: 100
#       tighten: lower
#       meaning: "The same where an attachment shows a face."
#     et_05_warn:
#       default: 40
#       minimum: 1
#       maximum: 100
#       tighten: lower
#       meaning: "Score from which the person is warned."
#   reasons:
#     privacy.invasion:
#       kind: deny
#       text:
#         en: "This looks like a request to profile, track or find out about a person."
#         de: "Dies sieht nach der Bitte aus, eine Person auszuforschen, zu verfolgen oder ein Profil von ihr zu erstellen."
#         fr: "Cela ressemble à une demande de profiler, de suivre ou de retrouver une personne."
#         nl: "Dit lijkt een verzoek om een persoon te profileren, te volgen of uit te zoeken."
#       remedy:
#         en: "Ask the person, or work with figures about groups in which no one can be recognised."
#         de: "Fragen Sie die Person selbst, oder arbeiten Sie mit Zahlen über Gruppen, in denen niemand erkennbar ist."
#         fr: "Adressez-vous à la personne, ou travaillez avec des chiffres de groupe où nul n'est reconnaissable."
#         nl: "Vraag het de persoon zelf, of werk met cijfers over groepen waarin niemand herkenbaar is."
#     privacy.identification:
#       kind: deny
#       text:
#         en: "This looks like a request to find out who is shown in a picture."
#         de: "Dies sieht nach der Bitte aus, die Person auf einem Bild zu erkennen."
#         fr: "Cela ressemble à une demande d'identifier la personne d'une image."
#         nl: "Dit lijkt een verzoek om te achterhalen wie op een afbeelding staat."
#       remedy:
#         en: "Ask about what the picture shows, not about who is in it. Faces may be blurred."
#         de: "Fragen Sie nach dem Inhalt des Bildes, nicht nach der Person. Gesichter dürfen unkenntlich gemacht werden."
#         fr: "Interrogez le contenu de l'image, non l'identité des personnes. Vous pouvez flouter les visages."
#         nl: "Vraag naar wat de afbeelding toont, niet naar wie erop staat. Gezichten vervagen mag."
#     privacy.near:
#       kind: warn
#       text:
#         en: "Your request may intrude on somebody's privacy."
#         de: "Ihre Anfrage könnte in die Privatsphäre einer Person eingreifen."
#         fr: "Votre demande pourrait porter atteinte à la vie privée d'une personne."
#         nl: "Uw verzoek kan iemands privacy raken."
#       remedy:
#         en: "Ask only for what you need and may know."
#         de: "Fragen Sie nur, was Sie brauchen und wissen dürfen."
#         fr: "Ne demandez que ce dont vous avez besoin et avez le droit de savoir."
#         nl: "Vraag alleen wat u nodig hebt en mag weten."
package gateway.rules.et_05

deny contains reason if {
	some item in input.signals.misuse
	item.category == "privacy_invasion"
	item.score >= input.parameters.et_05_score
	reason := {"rule": "ET-05", "code": "privacy.invasion", "params": {}}
}

deny contains reason if {
	some item in input.signals.misuse
	item.category == "privacy_invasion"
	item.score >= input.parameters.et_05_face_score
	some attachment in input.request.attachments
	attachment.face == true
	reason := {"rule": "ET-05", "code": "privacy.identification", "params": {}}
}

advice contains item if {
	some signal in input.signals.misuse
	signal.category == "privacy_invasion"
	signal.score >= input.parameters.et_05_warn
	item := {"rule": "ET-05", "code": "privacy.near", "params": {}}
}
