# METADATA
# title: Long verbatim text of others is told
# description: >-
#   A model may repeat a published text at length. Whether that infringes is before
#   the Court of Justice; until it is settled, the person is told and can shorten,
#   quote or license it.
# custom:
#   id: OR-05
#   pack: output-rights
#   severity: medium
#   loosening: configuration
#   concerns: [rights]
#   sentences: [S16, S17, S18, S19]
#   why: "Whether a model that repeats press text infringes the publishers' right is pending (CJEU C-250/25, Like Company v Google)."
#   references: ["CJEU C-250/25 Like Company v Google (pending)", "Directive (EU) 2019/790 Art. 15", "Alderding: S17"]
#   standards: ["NIST AI RMF Measure", "NIST AI 600-1 intellectual property", "ISO/IEC 42001 A.9"]
#   needs: [output.verbatim]
#   reasons:
#     rights.verbatim:
#       kind: warn
#       text:
#         en: "This answer repeats a published text at length."
#         de: "Diese Antwort gibt einen veröffentlichten Text in längeren Passagen wörtlich wieder."
#         fr: "Cette réponse reprend longuement un texte publié."
#         nl: "Dit antwoord herhaalt een gepubliceerde tekst over langere passages."
#       remedy:
#         en: "Quote briefly with the source, write it anew, or obtain a licence before you pass it on."
#         de: "Zitieren Sie kurz mit Quelle, formulieren Sie neu, oder holen Sie vor der Weitergabe eine Lizenz ein."
#         fr: "Citez brièvement en indiquant la source, reformulez, ou obtenez une licence avant de diffuser."
#         nl: "Citeer kort met bronvermelding, herschrijf de tekst, of vraag een licentie voordat u die doorgeeft."
package gateway.output_rules.or_05

deny := set()

advice contains item if {
	input.output.verbatim == true
	item := {"rule": "OR-05", "code": "rights.verbatim", "params": {}}
}
