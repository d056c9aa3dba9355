# METADATA
# title: Whoever uses it has learnt how
# description: >-
#   People use the gateway once they have taken the literacy course. While days of
#   grace run they confirm that they will take it; after that they are refused.
#   Images, video and audio also need the media module, without grace. A program
#   cannot learn; the person who answers for it has.
# custom:
#   id: AI-02
#   pack: eu-ai-act
#   severity: medium
#   loosening: configuration
#   european: true
#   concerns: [ethics]
#   sentences: [S22, S24]
#   why: "Employers take measures so that staff who use AI understand it (EU AI Act Art. 4, as amended by Regulation (EU) 2026/1744)."
#   references: ["EU AI Act Art. 4", "Regulation (EU) 2026/1744", "Alderding: S22, S24"]
#   standards: ["NIST AI RMF Govern", "NIST AI 600-1 human-AI configuration", "ISO/IEC 42001 A.8", "EU AI Act Art. 4"]
#   needs: [subject.kind, subject.training, request.kind]
#   reasons:
#     ai_act.literacy:
#       kind: deny
#       text:
#         en: "Your course on the use of AI is missing or has run out."
#         de: "Ihre Schulung zum Umgang mit KI fehlt oder ist abgelaufen."
#         fr: "Votre formation à l'usage de l'IA manque ou a expiré."
#         nl: "Uw cursus over het gebruik van AI ontbreekt of is verlopen."
#       remedy:
#         en: "Take the course and have it recorded; your administrator knows where."
#         de: "Nehmen Sie an der Schulung teil und lassen Sie sie eintragen; Ihr Administrator weiß, wo."
#         fr: "Suivez la formation et faites-la enregistrer ; votre administrateur vous dira où."
#         nl: "Volg de cursus en laat die vastleggen; uw beheerder weet waar."
#     ai_act.literacy_grace:
#       kind: require_acknowledgement
#       text:
#         en: "Your course on the use of AI is due. You may go on for a few days if you confirm that you will take it."
#         de: "Ihre Schulung zum Umgang mit KI steht an. Sie können einige Tage weiterarbeiten, wenn Sie bestätigen, dass Sie teilnehmen werden."
#         fr: "Votre formation à l'usage de l'IA est à faire. Vous pouvez continuer quelques jours si vous confirmez que vous la suivrez."
#         nl: "Uw cursus over het gebruik van AI staat open. U kunt nog enkele dagen door als u bevestigt dat u die volgt."
#       remedy:
#         en: "Confirm at {public_url}/confirmations, or POST {\"code\": \"ai_act.literacy_grace\"} to {public_url}/v1/confirmations."
#         de: "Bestätigen Sie es unter {public_url}/confirmations, oder senden Sie POST {\"code\": \"ai_act.literacy_grace\"} an {public_url}/v1/confirmations."
#         fr: "Confirmez sur {public_url}/confirmations, ou envoyez POST {\"code\": \"ai_act.literacy_grace\"} à {public_url}/v1/confirmations."
#         nl: "Bevestig op {public_url}/confirmations, of stuur POST {\"code\": \"ai_act.literacy_grace\"} naar {public_url}/v1/confirmations."
#     ai_act.media_module:
#       kind: deny
#       text:
#         en: "Images, video and audio need the media module of the course, and yours is missing or has run out."
#         de: "Für Bilder, Video und Audio ist das Medienmodul der Schulung nötig, und Ihres fehlt oder ist abgelaufen."
#         fr: "Les images, la vidéo et l'audio exigent le module médias de la formation ; le vôtre manque ou a expiré."
#         nl: "Voor beeld, video en audio is de mediamodule van de cursus nodig, en die van u ontbreekt of is verlopen."
#       remedy:
#         en: "Take the media module, or work with text."
#         de: "Absolvieren Sie das Medienmodul, oder arbeiten Sie mit Text."
#         fr: "Suivez le module médias, ou travaillez avec du texte."
#         nl: "Volg de mediamodule, of werk met tekst."
package gateway.rules.ai_02

# A program cannot learn; the person who answers for it has.
deny contains reason if {
	input.subject.kind != "workload"
	count({input.subject.training.literacy} - {"current", "grace"}) == 1
	reason := {"rule": "AI-02", "code": "ai_act.literacy", "params": {}}
}

deny contains reason if {
	input.request.kind in {"audio", "image", "video"}
	input.subject.kind != "workload"
	input.subject.training.media != "current"
	reason := {"rule": "AI-02", "code": "ai_act.media_module", "params": {}}
}

require_acknowledgement contains reason if {
	input.subject.training.literacy == "grace"
	input.subject.kind != "workload"
	reason := {"rule": "AI-02", "code": "ai_act.literacy_grace", "params": {}}
}
