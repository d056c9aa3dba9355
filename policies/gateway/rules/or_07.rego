# METADATA
# title: A human part stands in what is published
# description: >-
#   What a machine made alone is hardly protected, and somebody must answer for
#   what goes out. Before publication or registration a person states who did what
#   and takes responsibility. No right is claimed by that.
# custom:
#   id: OR-07
#   pack: output-rights
#   severity: medium
#   loosening: configuration
#   concerns: [rights, ethics]
#   sentences: [S16, S17]
#   why: "Prompts alone are usually not authorship (US Copyright Office, part 2, 2025), and logos made without human imprint were left unprotected (AG München 142 C 9786/25)."
#   references: ["US Copyright Office, Copyright and Artificial Intelligence, part 2 (29 January 2025)", "Thaler v. Perlmutter (D.C. Cir. 2025)", "AG München 142 C 9786/25", "OpenAI Sharing & Publication Policy", "Alderding: S16, S17"]
#   standards: ["OWASP LLM07:2026", "OWASP LLM09:2025", "NIST AI RMF Govern", "NIST AI 600-1 human-AI configuration", "ISO/IEC 42001 A.9"]
#   needs: [purpose.publication, purpose.human_statement, purpose.reviewer, purpose.editor]
#   reasons:
#     rights.human_part:
#       kind: require_acknowledgement
#       text:
#         en: "You mean to publish, and nobody has stated what a person did and who takes responsibility."
#         de: "Sie möchten veröffentlichen, und es fehlt die Angabe, was ein Mensch beigetragen hat und wer die Verantwortung trägt."
#         fr: "Vous souhaitez publier, et personne n'a indiqué la part humaine ni qui en assume la responsabilité."
#         nl: "U wilt publiceren, en niemand heeft verklaard wat een mens heeft bijgedragen en wie verantwoordelijk is."
#       remedy:
#         en: "State it with the purpose, or confirm that you will edit the result and answer for it, at {public_url}/confirmations (POST {\"code\": \"rights.human_part\"} to {public_url}/v1/confirmations)."
#         de: "Geben Sie es beim Zweck an, oder bestätigen Sie unter {public_url}/confirmations, dass Sie das Ergebnis bearbeiten und verantworten (POST {\"code\": \"rights.human_part\"} an {public_url}/v1/confirmations)."
#         fr: "Indiquez-le avec la finalité, ou confirmez sur {public_url}/confirmations que vous reprendrez le résultat et en répondrez (POST {\"code\": \"rights.human_part\"} à {public_url}/v1/confirmations)."
#         nl: "Vermeld het bij het doel, of bevestig op {public_url}/confirmations dat u het resultaat bewerkt en ervoor instaat (POST {\"code\": \"rights.human_part\"} naar {public_url}/v1/confirmations)."
#     rights.no_reviewer:
#       kind: warn
#       text:
#         en: "You mean to publish, and no reviewer or editor is named for this purpose."
#         de: "Sie möchten veröffentlichen, und für diesen Zweck ist niemand für Prüfung oder Redaktion benannt."
#         fr: "Vous souhaitez publier, et aucun relecteur ni responsable éditorial n'est désigné pour cette finalité."
#         nl: "U wilt publiceren, en voor dit doel is geen beoordelaar of redacteur aangewezen."
#       remedy:
#         en: "Have somebody else read it before it goes out."
#         de: "Lassen Sie es vor der Veröffentlichung von einer anderen Person lesen."
#         fr: "Faites relire le résultat par une autre personne avant de le publier."
#         nl: "Laat iemand anders het lezen voordat het naar buiten gaat."
package gateway.rules.or_07

deny := set()

require_acknowledgement contains reason if {
	input.purpose.publication == "public"
	input.purpose.human_statement == false
	reason := {"rule": "OR-07", "code": "rights.human_part", "params": {}}
}

advice contains item if {
	input.purpose.publication == "public"
	input.purpose.human_statement == true
	input.purpose.reviewer == false
	input.purpose.editor == false
	item := {"rule": "OR-07", "code": "rights.no_reviewer", "params": {}}
}
