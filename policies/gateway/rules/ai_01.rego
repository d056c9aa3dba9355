# METADATA
# title: Prohibited practices are refused
# description: >-
#   Social scoring, predicting crime from a profile, sorting people by biometric
#   traits and reading emotions at work or school are prohibited. They are refused
#   for every role. Reading emotions for medical or safety reasons is the one case
#   the law leaves open, and it takes a second person. Where a face is attached, a
#   weaker sign is enough.
# custom:
#   id: AI-01
#   pack: eu-ai-act
#   severity: critical
#   loosening: impossible
#   european: true
#   concerns: [ethics]
#   sentences: [S22, S23]
#   why: "These practices have been prohibited in the Union since 2 February 2025 (EU AI Act Art. 5(1)(c), (d), (f) and (g))."
#   references: ["EU AI Act Art. 5(1)(c), (d), (f), (g)", "Commission Guidelines on prohibited AI practices, C(2025) 5052", "Alderding: S22, S23"]
#   standards: ["NIST AI RMF Govern", "NIST AI 600-1 harmful bias and homogenization", "ISO/IEC 42001 A.9", "EU AI Act Art. 5"]
#   needs: [signals.misuse, request.attachments, purpose.safety_or_medical]
#   parameters:
#     ai_01_score: {default: 70, minimum: 1, maximum: 100, tighten: lower, meaning: "Score (0 to 100) from which a sign of a prohibited practice counts."}
#     ai_01_face_score: {default: 40, minimum: 1, maximum: 100, tighten: lower, meaning: "The same where a face is attached."}
#   reasons:
#     ai_act.prohibited:
#       kind: deny
#       text:
#         en: "This looks like a practice that Article 5 of the EU AI Act prohibits: {categories}. Nobody can permit it."
#         de: "Dies sieht nach einer Praktik aus, die Artikel 5 der KI-Verordnung verbietet: {categories}. Niemand kann sie erlauben."
#         fr: "Ceci ressemble à une pratique interdite par l'article 5 du règlement européen sur l'IA : {categories}. Personne ne peut l'autoriser."
#         nl: "Dit lijkt op een praktijk die artikel 5 van de AI-verordening verbiedt: {categories}. Niemand kan dit toestaan."
#       remedy:
#         en: "If that is not what you meant, say plainly what you need and leave out traits of persons."
#         de: "Falls Sie etwas anderes meinten, beschreiben Sie Ihr Anliegen genauer und ohne Merkmale von Personen."
#         fr: "Si ce n'est pas votre intention, précisez votre besoin sans mentionner de traits de personnes."
#         nl: "Bedoelt u iets anders, beschrijf dan duidelijk wat u nodig hebt, zonder kenmerken van personen."
#     ai_act.emotion_inference:
#       kind: deny
#       text:
#         en: "Inferring people's emotions at work or in education is prohibited by Article 5(1)(f) of the EU AI Act."
#         de: "Aus Daten auf Gefühle von Menschen bei der Arbeit oder in der Bildung zu schließen, verbietet Artikel 5 Absatz 1 Buchstabe f der KI-Verordnung."
#         fr: "Déduire les émotions de personnes au travail ou dans l'enseignement est interdit par l'article 5, paragraphe 1, point f), du règlement européen sur l'IA."
#         nl: "Emoties van mensen afleiden op het werk of in het onderwijs is verboden door artikel 5, lid 1, onder f), van de AI-verordening."
#       remedy:
#         en: "Judge what was said or done instead. For medical or safety use, have the purpose registered as such."
#         de: "Bewerten Sie stattdessen, was gesagt oder getan wurde. Für medizinische oder sicherheitsbezogene Nutzung lassen Sie den Zweck entsprechend eintragen."
#         fr: "Appréciez plutôt ce qui a été dit ou fait. Pour un usage médical ou de sécurité, faites enregistrer la finalité comme telle."
#         nl: "Beoordeel wat er is gezegd of gedaan. Laat voor medisch of veiligheidsgebruik het doel zo registreren."
#     ai_act.emotion_safety:
#       kind: require_approval
#       text:
#         en: "Your purpose infers emotions for medical or safety reasons. That takes a second person's approval."
#         de: "Ihr Zweck schließt aus medizinischen Gründen oder aus Sicherheitsgründen auf Gefühle. Das braucht die Freigabe einer zweiten Person."
#         fr: "Votre finalité déduit des émotions pour des raisons médicales ou de sécurité. Il faut l'accord d'une seconde personne."
#         nl: "Uw doel leidt om medische of veiligheidsredenen emoties af. Daarvoor is de goedkeuring van een tweede persoon nodig."
#       remedy:
#         en: "Ask a colleague who may approve, at {public_url}/approvals. The people concerned must be told (Article 50(3))."
#         de: "Bitten Sie um Freigabe: {public_url}/approvals. Die betroffenen Personen müssen informiert werden (Artikel 50 Absatz 3)."
#         fr: "Demandez un accord sur {public_url}/approvals. Les personnes concernées doivent être informées (article 50, paragraphe 3)."
#         nl: "Vraag een collega om goedkeuring op {public_url}/approvals. De betrokken personen moeten worden ingelicht (artikel 50, lid 3)."
package gateway.rules.ai_01

prohibited := {"biometric_categorisation", "crime_prediction", "emotion_inference", "social_scoring"}

seen contains category if {
	some signal in input.signals.misuse
	signal.category in prohibited
	signal.score >= input.parameters.ai_01_score
	category := signal.category
}

seen contains category if {
	some attachment in input.request.attachments
	attachment.face == true
	some signal in input.signals.misuse
	signal.category in prohibited
	signal.score >= input.parameters.ai_01_face_score
	category := signal.category
}

deny contains reason if {
	barred := seen - {"emotion_inference"}
	count(barred) > 0
	categories := sort(barred)
	reason := {"rule": "AI-01", "code": "ai_act.prohibited", "params": {"categories": categories}}
}

deny contains reason if {
	"emotion_inference" in seen
	excepted == false
	reason := {"rule": "AI-01", "code": "ai_act.emotion_inference", "params": {}}
}

require_approval contains reason if {
	"emotion_inference" in seen
	excepted == true
	reason := {"rule": "AI-01", "code": "ai_act.emotion_safety", "params": {}}
}

default excepted := false

excepted if input.purpose.safety_or_medical == true
