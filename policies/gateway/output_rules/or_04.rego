# METADATA
# title: A changed output may lose the indemnity
# description: >-
#   Providers that stand in for their output do so for the output as they gave it.
#   When the gateway changed it, for example by putting names back, that is told,
#   and the digest of the original is on record.
# custom:
#   id: OR-04
#   pack: output-rights
#   severity: medium
#   loosening: configuration
#   concerns: [rights]
#   sentences: [S18, S19]
#   why: "OpenAI, Anthropic and Google drop their cover for output that was modified (their indemnity clauses)."
#   references: ["OpenAI Service Terms: output indemnity", "Anthropic Commercial Terms: indemnification", "Google Generative AI Indemnified Services", "Alderding: S18, S19"]
#   standards: ["NIST AI RMF Manage", "NIST AI 600-1 intellectual property", "ISO/IEC 42001 A.10"]
#   needs: [output.modified, terms.indemnity, destination.tier]
#   reasons:
#     rights.modified_output:
#       kind: warn
#       text:
#         en: "This answer was changed on its way to you, for example by putting names back. {tier} may not stand in for changed output."
#         de: "Diese Antwort wurde auf dem Weg zu Ihnen geändert, etwa weil Namen wieder eingesetzt wurden. {tier} steht für geänderte Ausgaben möglicherweise nicht ein."
#         fr: "Cette réponse a été modifiée avant de vous parvenir, par exemple en y remettant des noms. {tier} peut ne pas garantir un résultat modifié."
#         nl: "Dit antwoord is onderweg naar u gewijzigd, bijvoorbeeld doordat namen zijn teruggezet. {tier} staat mogelijk niet in voor gewijzigde uitvoer."
#       remedy:
#         en: "The digest of the original is in the rights record of this answer, should you need to show it."
#         de: "Der Prüfwert des Originals steht im Rechtenachweis dieser Antwort, falls Sie ihn vorlegen müssen."
#         fr: "L'empreinte de l'original figure dans la fiche de droits de cette réponse, si vous devez la produire."
#         nl: "De controlewaarde van het origineel staat in de rechtengegevens van dit antwoord, mocht u die moeten tonen."
package gateway.output_rules.or_04

deny := set()

advice contains item if {
	input.output.modified == true
	input.terms.indemnity in {"conditional", "yes"}
	item := {"rule": "OR-04", "code": "rights.modified_output", "params": {"tier": input.destination.tier}}
}
