# METADATA
# title: The code of use is read and current
# description: >-
#   People know the rules before they use the tool, and again when the rules
#   change: what they answer for, where their text goes, how to appeal. Only
#   accepting the version in force answers this rule. It is a plain refusal and
#   not a question to confirm, because a confirmation would last when the code
#   changes.
# custom:
#   id: ET-08
#   pack: ethical-use
#   severity: medium
#   loosening: configuration
#   concerns: [ethics]
#   sentences: [S22, S24, S27]
#   why: "Who uses generative AI has a duty to use it ethically and to know the consequences (Alderding, S22, S24), and must have been told (GDPR Art. 13)."
#   references: ["GDPR Art. 13", "OpenAI Services Agreement 3.2", "Alderding, Privacy considerations when using generative AI"]
#   standards: ["ISO/IEC 42001 A.8", "NIST AI RMF Govern", "NIST AI 600-1 human-AI configuration", "EU AI Act Art. 4"]
#   needs: [subject.acknowledgements, subject.kind]
#   reasons:
#     acknowledgement.required:
#       kind: deny
#       text:
#         en: "You have not yet accepted version {version} of the code of use."
#         de: "Sie haben Fassung {version} der Nutzungsregeln noch nicht angenommen."
#         fr: "Vous n'avez pas encore accepté la version {version} de la charte d'usage."
#         nl: "U hebt versie {version} van de gebruiksregels nog niet aanvaard."
#       remedy:
#         en: "Read and accept it at {public_url}/code-of-use, or POST {\"version\": {version}} to {public_url}/v1/code-of-use with your key."
#         de: "Lesen und annehmen: {public_url}/code-of-use, oder mit Ihrem Schlüssel: POST {\"version\": {version}} an {public_url}/v1/code-of-use."
#         fr: "À lire et accepter sur {public_url}/code-of-use, ou avec votre clé : POST {\"version\": {version}} à {public_url}/v1/code-of-use."
#         nl: "Lees en aanvaard ze op {public_url}/code-of-use, of met uw sleutel: POST {\"version\": {version}} naar {public_url}/v1/code-of-use."
package gateway.rules.et_08

default current := false

current if input.subject.acknowledgements.accepted >= input.subject.acknowledgements.required

default exempt := false

# A program cannot read; the person who answers for it has accepted for it.
exempt if input.subject.kind == "workload"

# Who is not said to have accepted anything has accepted nothing.
deny contains reason if {
	current == false
	exempt == false
	versions := object.get(input.subject, "acknowledgements", {})
	params := {"version": object.get(versions, "required", 0)}
	reason := {"rule": "ET-08", "code": "acknowledgement.required", "params": params}
}
