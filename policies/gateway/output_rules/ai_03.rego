# METADATA
# title: Say that it is AI; label what goes public
# description: >-
#   People who meet a machine are told so, and what is published is labelled where
#   it is first seen. Published text is exempt when a named editor answers for it
#   after review; images, video and audio never are. Synthetic media for the public
#   that must bear a label and cannot is withheld.
# custom:
#   id: AI-03
#   pack: eu-ai-act
#   severity: high
#   loosening: configuration
#   european: true
#   concerns: [ethics, rights]
#   sentences: [S20, S21, S23]
#   why: "People have a right to know that they meet a machine or look at its work (EU AI Act Art. 50(1), (4), (5), in force since 2 August 2026)."
#   references: ["EU AI Act Art. 50(1), (4), (5)", "Commission guidelines on Art. 50, C(2026) 5054", "OpenAI Sharing & Publication Policy", "Alderding: S21, S23"]
#   standards: ["OWASP LLM07:2026", "OWASP LLM09:2025", "NIST AI RMF Manage", "NIST AI 600-1 information integrity", "ISO/IEC 42001 A.8", "EU AI Act Art. 50"]
#   needs: [output.label_due, request.kind, purpose.publication, purpose.audience, purpose.editor, purpose.reviewer, terms.labelling]
#   reasons:
#     ai_act.label_missing:
#       kind: deny
#       text:
#         en: "This is synthetic {type} for the public, it must carry a visible label, and the label could not be put on it."
#         de: "Dies ist synthetischer Inhalt ({type}) für die Öffentlichkeit; er muss sichtbar gekennzeichnet sein, und das war nicht möglich."
#         fr: "Ce contenu synthétique ({type}) est destiné au public ; il doit porter une mention visible, et elle n'a pas pu être apposée."
#         nl: "Dit is synthetische inhoud ({type}) voor het publiek; die moet een zichtbaar label dragen, en dat kon niet worden aangebracht."
#       remedy:
#         en: "Ask for a format that can be labelled, or use it inside the organisation only."
#         de: "Wählen Sie ein Format, das gekennzeichnet werden kann, oder verwenden Sie es nur intern."
#         fr: "Demandez un format qui peut porter une mention, ou limitez-vous à un usage interne."
#         nl: "Kies een formaat dat een label kan dragen, of gebruik het alleen intern."
package gateway.output_rules.ai_03

default media := false

media if input.request.kind in {"audio", "image", "video"}

# Art. 50(4): text is exempt where a person holds editorial responsibility and it was reviewed.
default edited := false

edited if {
	media == false
	input.purpose.editor == true
	input.purpose.reviewer == true
}

# label_due: a visible label is owed, and this output does not bear it and cannot be given it.
deny contains reason if {
	input.output.label_due == true
	input.purpose.publication == "public"
	media == true
	reason := {"rule": "AI-03", "code": "ai_act.label_missing", "params": {"type": input.request.kind}}
}

obligations contains obligation if {
	due == true
	obligation := {"id": "AI-03/label", "type": "label", "params": {"labels": ["ai_generated"]}}
}

default due := false

due if {
	input.purpose.publication == "public"
	edited == false
}

# A contract that asks for a label knows no exemption.
due if {
	input.purpose.publication == "public"
	input.terms.labelling == true
}

# Art. 50(1): whoever is not of the house meets a machine here.
due if {
	input.purpose.audience != "staff"
	edited == false
}

due if {
	input.purpose.publication == "internal"
	media == true
}
