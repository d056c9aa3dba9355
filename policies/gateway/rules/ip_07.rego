# METADATA
# title: Secrets and credentials stay here
# description: >-
#   A key that was typed into a prompt is known to whoever stores the prompt.
#   Nothing is sent; a single lesser token may be taken out for good and the rest sent.
#   A company may allow that for more secrets, though never for private keys. What
#   holds a key stays restricted, so it goes only where nothing is kept (IP-03).
# custom:
#   id: IP-07
#   pack: input-privacy
#   severity: critical
#   loosening: configuration
#   concerns: [input]
#   sentences: [S10]
#   why: "A key in a prompt is in the hands of whoever stores the prompt, and opens what it opens (OWASP LLM02:2026; GDPR Art. 32(1)(b))."
#   references: ["GDPR Art. 32(1)(b)", "Alderding: S10"]
#   standards: ["OWASP LLM02:2026", "OWASP LLM02:2025", "NIST AI RMF Manage", "NIST AI 600-1 information security", "ISO/IEC 42001 A.9", "ISO/IEC 27001 A.5.17"]
#   needs: [data.findings, data.secrets]
#   parameters:
#     ip_07_taken_out: {default: single_token, choices: [any, single_token, none], meaning: "Which secrets are taken out, never to come back, and the rest sent: any but private keys, a single lesser token alone, or none, so that a text with a secret is not sent."}
#   reasons:
#     secret.present:
#       kind: deny
#       text:
#         en: "The text holds a secret ({kinds}): a password, key or token."
#         de: "Der Text enthält ein Geheimnis ({kinds}): ein Passwort, einen Schlüssel oder ein Token."
#         fr: "Le texte contient un secret ({kinds}) : mot de passe, clé ou jeton."
#         nl: "De tekst bevat een geheim ({kinds}): een wachtwoord, sleutel of token."
#       remedy:
#         en: "Take it out and send again. If it ever left this company before, have it replaced."
#         de: "Entfernen Sie es und senden Sie erneut. War es schon außer Haus, lassen Sie es ersetzen."
#         fr: "Retirez-le et renvoyez. S'il est déjà sorti de l'entreprise, faites-le remplacer."
#         nl: "Haal het weg en verzend opnieuw. Is het al eens naar buiten gegaan, laat het vervangen."
package gateway.rules.ip_07

import data.gateway.lib.findings.lesser_secrets
import data.gateway.lib.findings.untouchable_secrets

# Whether it is enough to take out what was found.
default taken_out := false

# One secret of a lesser kind, found once.
taken_out if {
	input.parameters.ip_07_taken_out in {"any", "single_token"}
	count(input.data.secrets) == 1
	some secret in input.data.secrets
	secret.kind in lesser_secrets
	some finding in input.data.findings
	finding.type == "SECRET"
	finding.count == 1
}

taken_out if {
	input.parameters.ip_07_taken_out == "any"
	count(input.data.secrets) > 0
	count({secret.kind | some secret in input.data.secrets} & untouchable_secrets) == 0
}

deny contains reason if {
	count(input.data.secrets) > 0
	taken_out == false
	kinds := sort({secret.kind | some secret in input.data.secrets})
	reason := {"rule": "IP-07", "code": "secret.present", "params": {"kinds": concat(", ", kinds)}}
}

# A secret nobody could name is a secret all the same.
deny contains reason if {
	count(input.data.secrets) == 0
	some finding in input.data.findings
	finding.type == "SECRET"
	reason := {"rule": "IP-07", "code": "secret.present", "params": {"kinds": "secret"}}
}

obligations contains obligation if {
	taken_out == true
	obligation := {"id": "IP-07/redact", "type": "redact", "params": {"types": ["SECRET"]}}
}
