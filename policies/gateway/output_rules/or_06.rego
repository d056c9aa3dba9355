# METADATA
# title: Code and weights carry their licence notices
# description: >-
#   Generated code may repeat code under somebody else's licence, and some weights
#   demand a notice. A match is told and labelled. Code for publication that
#   matches a copyleft licence is released once a person has decided about it.
# custom:
#   id: OR-06
#   pack: output-rights
#   severity: medium
#   loosening: configuration
#   concerns: [rights]
#   sentences: [S18, S19]
#   why: "OpenAI's Service Terms say that generated code may be subject to third-party licences, and the Llama and Stability licences demand a notice (source article, S19)."
#   references: ["OpenAI Service Terms: code generation", "Llama 4 Community License 1(b): Built with Llama", "Stability AI Community License: Powered by Stability AI", "GNU GPL 3.0 section 5", "Alderding: S19"]
#   standards: ["OWASP LLM04:2026", "OWASP LLM03:2025", "NIST AI RMF Manage", "NIST AI 600-1 intellectual property", "ISO/IEC 42001 A.10"]
#   needs: [output.code, output.licence_match, purpose.publication, terms.licence_conditions, terms.output_restrictions]
#   reasons:
#     rights.copyleft:
#       kind: require_acknowledgement
#       text:
#         en: "The code in this answer matches code under {names}, and you mean to publish. Nobody has decided yet whether that licence may apply to your work."
#         de: "Der Code dieser Antwort stimmt mit Code unter {names} überein, und Sie möchten veröffentlichen. Noch hat niemand entschieden, ob diese Lizenz für Ihr Werk gelten darf."
#         fr: "Le code de cette réponse correspond à du code sous {names}, et vous souhaitez publier. Personne n'a encore décidé si cette licence peut s'appliquer à votre travail."
#         nl: "De code in dit antwoord komt overeen met code onder {names}, en u wilt publiceren. Niemand heeft nog besloten of die licentie voor uw werk mag gelden."
#       remedy:
#         en: "Decide with your legal team, then confirm at {public_url}/confirmations (POST {\"code\": \"rights.copyleft\"} to {public_url}/v1/confirmations) and ask again."
#         de: "Entscheiden Sie mit Ihrer Rechtsabteilung, bestätigen Sie es unter {public_url}/confirmations (POST {\"code\": \"rights.copyleft\"} an {public_url}/v1/confirmations), und fragen Sie erneut."
#         fr: "Décidez avec votre service juridique, confirmez sur {public_url}/confirmations (POST {\"code\": \"rights.copyleft\"} à {public_url}/v1/confirmations), puis reposez la question."
#         nl: "Besluit samen met uw juridische afdeling, bevestig op {public_url}/confirmations (POST {\"code\": \"rights.copyleft\"} naar {public_url}/v1/confirmations) en vraag het opnieuw."
#     rights.code_licence:
#       kind: warn
#       text:
#         en: "The code in this answer matches code under {names}."
#         de: "Der Code dieser Antwort stimmt mit Code unter {names} überein."
#         fr: "Le code de cette réponse correspond à du code sous {names}."
#         nl: "De code in dit antwoord komt overeen met code onder {names}."
#       remedy:
#         en: "Keep the licence notice, or ask for another way to write it."
#         de: "Behalten Sie den Lizenzhinweis bei, oder lassen Sie es anders schreiben."
#         fr: "Conservez la mention de licence, ou demandez une autre écriture."
#         nl: "Neem de licentievermelding over, of vraag om een andere uitwerking."
#     rights.code_check:
#       kind: warn
#       text:
#         en: "The provider's terms say that generated code may fall under licences of others, and you mean to publish it."
#         de: "Nach den Bedingungen des Anbieters kann erzeugter Code fremden Lizenzen unterliegen, und Sie möchten ihn veröffentlichen."
#         fr: "Selon les conditions du fournisseur, le code généré peut relever de licences de tiers, et vous souhaitez le publier."
#         nl: "Volgens de voorwaarden van de aanbieder kan gegenereerde code onder licenties van anderen vallen, en u wilt die publiceren."
#       remedy:
#         en: "Run a licence check before the release."
#         de: "Führen Sie vor der Freigabe eine Lizenzprüfung durch."
#         fr: "Faites un contrôle de licences avant la diffusion."
#         nl: "Voer een licentiecontrole uit voordat u de code vrijgeeft."
package gateway.output_rules.or_06

deny := set()

matched := {licence | some licence in input.output.licence_match}

require_acknowledgement contains reason if {
	input.purpose.publication == "public"

	# These ask for no more than a notice. Any other counts as copyleft.
	copyleft := matched - {
		"0BSD",
		"Apache-2.0",
		"BSD-2-Clause",
		"BSD-3-Clause",
		"BSL-1.0",
		"CC0-1.0",
		"ISC",
		"MIT",
		"MIT-0",
		"Unlicense",
		"Zlib",
	}
	count(copyleft) > 0
	names := sort(copyleft)
	reason := {"rule": "OR-06", "code": "rights.copyleft", "params": {"names": names}}
}

advice contains item if {
	count(matched) > 0
	names := sort(matched)
	item := {"rule": "OR-06", "code": "rights.code_licence", "params": {"names": names}}
}

advice contains item if {
	input.output.code == true
	count(matched) == 0
	input.purpose.publication == "public"
	"code_may_carry_third_party_licences" in input.terms.output_restrictions
	item := {"rule": "OR-06", "code": "rights.code_check", "params": {}}
}

obligations contains obligation if {
	count(notices) > 0
	labels := sort(notices)
	obligation := {"id": "OR-06/label", "type": "label", "params": {"labels": labels}}
}

notices contains "third_party_licence" if count(matched) > 0

notices contains "built_with_llama" if {
	input.purpose.publication == "public"
	"notice_built_with_llama" in input.terms.licence_conditions
}

notices contains "powered_by_stability_ai" if {
	input.purpose.publication == "public"
	"notice_powered_by_stability" in input.terms.licence_conditions
}
