# METADATA
# title: The code of use is read and current
# description: >-
#   People know the rules before they use the tool, and again when the rules
#   change: what they answer for, where their text goes, how to appeal.
# custom:
#   id: ET-08
#   pack: ethical-use
#   severity: medium
#   loosening: review
#   concerns: [ethics]
#   references: ["GDPR Art. 13", "OpenAI Services Agreement 3.2", "Alderding: S22, S24, S27"]
#   standards: ["ISO/IEC 42001 A.8", "NIST AI RMF Govern", "EU AI Act Art. 4"]
#   reasons:
#     acknowledgement.required:
#       text:
#         en: "You have not yet accepted version {version} of the code of use."
#         de: "Sie haben Fassung {version} der Nutzungsregeln noch nicht angenommen."
#         fr: "Vous n'avez pas encore accepté la version {version} de la charte d'usage."
#         nl: "U hebt versie {version} van de gebruiksregels nog niet aanvaard."
#       remedy:
#         en: "Read and accept it at {public_url}/code-of-use, or POST {\"version\": {version}} to {public_url}/v1/code-of-use with your key."
#         de: "Lesen und annehmen: {public_url}/code-of-use."
#         fr: "À lire et accepter : {public_url}/code-of-use."
#         nl: "Lees en aanvaard ze op {public_url}/code-of-use."
package gateway.rules.et_08

default current := false

current if input.subject.acknowledgements.code_of_use.accepted >= input.subject.acknowledgements.code_of_use.required

default exempt := false

# A program cannot read; the person who answers for it has accepted for it.
exempt if input.subject.kind == "workload"

deny contains reason if {
	current == false
	exempt == false
	version := input.subject.acknowledgements.code_of_use.required
	reason := {"rule": "ET-08", "code": "acknowledgement.required", "params": {"version": version}}
}
