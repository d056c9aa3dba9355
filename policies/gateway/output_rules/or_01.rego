# METADATA
# title: Every output gets a rights record
# description: >-
#   What may be done with an answer depends on the contract it was made under. The
#   owner clause, the restrictions, the indemnity and the marks are written down
#   with each output, in the version that was in force. An output whose record
#   cannot be written is withheld.
# custom:
#   id: OR-01
#   pack: output-rights
#   severity: high
#   loosening: configuration
#   concerns: [rights]
#   sentences: [S16, S17, S26]
#   why: "Who owns an output is a clause between two parties, and it changes; only a record made on the day can show it (source article, S16 and S17)."
#   references: ["OpenAI Services Agreement, ownership of customer content", "Anthropic Commercial Terms, section B", "AG München 142 C 9786/25", "US Copyright Office, Copyright and Artificial Intelligence, part 2 (2025)", "Alderding: S16, S17, S26"]
#   standards: ["NIST AI RMF Map", "NIST AI 600-1 intellectual property", "ISO/IEC 42001 A.6.2.8"]
#   needs: [output.rights_record]
#   reasons:
#     rights.record_missing:
#       kind: deny
#       text:
#         en: "The record of your rights to this answer could not be written, so the answer was withheld."
#         de: "Der Nachweis Ihrer Rechte an dieser Antwort konnte nicht geschrieben werden; die Antwort wurde zurückgehalten."
#         fr: "La fiche de vos droits sur cette réponse n'a pas pu être enregistrée ; la réponse a été retenue."
#         nl: "De vastlegging van uw rechten op dit antwoord is niet gelukt; het antwoord is achtergehouden."
#       remedy:
#         en: "Try again; if it stays so, tell your administrator the decision id."
#         de: "Versuchen Sie es erneut; bleibt es so, nennen Sie dem Administrator die Entscheidungs-ID."
#         fr: "Réessayez ; si cela persiste, donnez l'identifiant de décision à votre administrateur."
#         nl: "Probeer het opnieuw; blijft het zo, meld dan het beslissingsnummer aan uw beheerder."
package gateway.output_rules.or_01

deny contains reason if {
	input.output.rights_record == false
	reason := {"rule": "OR-01", "code": "rights.record_missing", "params": {}}
}

# Withheld or not: the record says what was made under which terms.
obligations contains obligation if {
	obligation := {"id": "OR-01/record_rights", "type": "record_rights", "params": {}}
}
