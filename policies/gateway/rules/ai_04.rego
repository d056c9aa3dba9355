# METADATA
# title: Machine-readable marks stay
# description: >-
#   Marks tell machines that something was made by one. Nobody gets help in
#   removing them. Sampling settings that may drop the watermark of a model's text
#   are told.
# custom:
#   id: AI-04
#   pack: eu-ai-act
#   severity: high
#   loosening: impossible
#   concerns: [ethics, rights]
#   sentences: [S21, S23]
#   why: "Marks on synthetic content must survive (EU AI Act Art. 50(2); California SB 942; AWS Responsible AI terms on provenance data)."
#   references: ["EU AI Act Art. 50(2)", "Code of Practice on marking and labelling of AI-generated content (10 June 2026)", "California SB 942 as amended by AB 853", "AWS Service Terms: provenance data", "Anthropic documentation: text watermark and sampling", "Alderding: S21, S23"]
#   standards: ["OWASP LLM07:2026", "OWASP LLM09:2025", "NIST AI RMF Manage", "NIST AI 600-1 information integrity", "ISO/IEC 42001 A.9", "EU AI Act Art. 50"]
#   needs: [signals.misuse, request.sampling, terms.marks_text, destination.model]
#   parameters:
#     ai_04_score: {default: 70, minimum: 1, maximum: 100, tighten: lower, meaning: "Score (0 to 100) from which a wish to remove marks counts."}
#   reasons:
#     ai_act.strip_marks:
#       kind: deny
#       text:
#         en: "This asks to remove or hide the marks that show how content was made."
#         de: "Hier sollen Kennzeichen entfernt oder verborgen werden, die zeigen, wie ein Inhalt entstanden ist."
#         fr: "Cette demande vise à retirer ou à masquer les marques qui indiquent l'origine d'un contenu."
#         nl: "Hier wordt gevraagd merktekens te verwijderen of te verbergen die tonen hoe inhoud is gemaakt."
#       remedy:
#         en: "Keep the marks. Resizing and cutting are fine where the mark is kept or signed anew."
#         de: "Lassen Sie die Kennzeichen bestehen. Größe und Zuschnitt dürfen Sie ändern, wenn das Kennzeichen erhalten bleibt oder neu signiert wird."
#         fr: "Conservez les marques. Redimensionner ou recadrer est possible si la marque est conservée ou signée à nouveau."
#         nl: "Laat de merktekens staan. Formaat wijzigen en bijsnijden mag als het merkteken blijft of opnieuw wordt ondertekend."
#     ai_act.sampling_marks:
#       kind: warn
#       text:
#         en: "{model} watermarks its text, and the sampling settings you chose may drop the mark: {names}."
#         de: "{model} versieht Text mit einem Wasserzeichen, und Ihre Sampling-Einstellungen können es entfernen: {names}."
#         fr: "{model} marque son texte d'un filigrane, et les réglages d'échantillonnage choisis peuvent le faire disparaître : {names}."
#         nl: "{model} voorziet tekst van een watermerk, en de gekozen sampling-instellingen kunnen dat laten wegvallen: {names}."
#       remedy:
#         en: "Leave these settings at their defaults for text that is published."
#         de: "Belassen Sie diese Einstellungen bei den Standardwerten, wenn der Text veröffentlicht wird."
#         fr: "Laissez ces réglages à leur valeur par défaut pour un texte destiné à la publication."
#         nl: "Laat deze instellingen op de standaardwaarden voor tekst die wordt gepubliceerd."
package gateway.rules.ai_04

deny contains reason if {
	some signal in input.signals.misuse
	signal.category == "strip_marks"
	signal.score >= input.parameters.ai_04_score
	reason := {"rule": "AI-04", "code": "ai_act.strip_marks", "params": {}}
}

advice contains item if {
	input.terms.marks_text == true
	count(input.request.sampling) > 0
	names := sort(input.request.sampling)
	item := {"rule": "AI-04", "code": "ai_act.sampling_marks", "params": {"model": input.destination.model, "names": names}}
}
