# METADATA
# title: No secret comes out
# description: >-
#   A credential in a model's own words was learnt from somebody. It is not passed on.
# custom:
#   id: IP-07
#   pack: input-privacy
#   severity: critical
#   loosening: configuration
#   concerns: [input, ethics]
#   sentences: [S9, S10]
#   why: "Models repeat what they were trained on or shown (OWASP LLM02:2026, LLM08:2026); somebody else's key is no answer."
#   references: ["GDPR Art. 32(1)(b)", "Alderding: S9, S10"]
#   standards: ["OWASP LLM02:2026", "OWASP LLM08:2026", "OWASP LLM02:2025", "OWASP LLM07:2025", "NIST AI RMF Manage", "NIST AI 600-1 information security", "ISO/IEC 42001 A.9"]
#   needs: [output.findings, output.secrets]
#   reasons:
#     output.secret:
#       kind: deny
#       text:
#         en: "The answer held a secret ({kinds}), so the rest of it was withheld."
#         de: "Die Antwort enthielt ein Geheimnis ({kinds}); der Rest wurde zurückgehalten."
#         fr: "La réponse contenait un secret ({kinds}) ; la suite a été retenue."
#         nl: "Het antwoord bevatte een geheim ({kinds}); de rest is achtergehouden."
#       remedy:
#         en: "Ask in a way that needs no credential, for example for a placeholder."
#         de: "Fragen Sie so, dass keine Zugangsdaten nötig sind, etwa mit einem Platzhalter."
#         fr: "Reformulez sans identifiants, par exemple avec un exemple fictif."
#         nl: "Vraag het zo dat er geen inloggegevens nodig zijn, bijvoorbeeld met een voorbeeld."
#     output.inspection_failed:
#       kind: deny
#       text:
#         en: "The answer could not be checked, so it was withheld."
#         de: "Die Antwort konnte nicht geprüft werden und wurde zurückgehalten."
#         fr: "La réponse n'a pas pu être contrôlée et a été retenue."
#         nl: "Het antwoord kon niet worden gecontroleerd en is achtergehouden."
#       remedy:
#         en: "Try again; if it stays so, tell your administrator the decision id."
#         de: "Versuchen Sie es erneut; bleibt es so, nennen Sie die Entscheidungs-ID."
#         fr: "Réessayez ; sinon, donnez l'identifiant de décision à votre administrateur."
#         nl: "Probeer het opnieuw; meld anders het beslissingsnummer aan uw beheerder."
package gateway.output_rules.ip_07

deny contains reason if {
	count(input.output.secrets) > 0
	kinds := sort({secret.kind | some secret in input.output.secrets})
	reason := {"rule": "IP-07", "code": "output.secret", "params": {"kinds": concat(", ", kinds)}}
}

# A secret nobody could name is a secret all the same.
deny contains reason if {
	count(input.output.secrets) == 0
	some finding in input.output.findings
	finding.type == "SECRET"
	reason := {"rule": "IP-07", "code": "output.secret", "params": {"kinds": "secret"}}
}

deny contains reason if {
	some finding in input.output.findings
	finding.type == "detector.failed"
	reason := {"rule": "IP-07", "code": "output.inspection_failed", "params": {}}
}
