# METADATA
# title: Hidden context stays in, active content is named
# description: >-
#   An answer that repeats hidden instructions, or carries data away in the
#   address of a link or picture, is withheld. An answer with a script, a remote
#   picture or an event handler is released with a label, so that whoever shows it
#   can make it harmless first.
# custom:
#   id: BS-03
#   pack: baseline-security
#   severity: high
#   loosening: configuration
#   concerns: [input, ethics]
#   sentences: [S6, S25]
#   why: "What a model was told in confidence must not leak, and what it writes must not act by itself in the reader's browser (OWASP LLM08:2026 and LLM10:2026)."
#   references: ["OWASP Top 10 for LLM Applications 2026, LLM08 and LLM10", "GDPR Art. 32", "Alderding, Privacy considerations when using generative AI"]
#   standards: ["OWASP LLM08:2026", "OWASP LLM10:2026", "OWASP LLM05:2025", "OWASP LLM07:2025", "NIST AI 600-1 information security", "NIST AI RMF Measure"]
#   needs: [output.active_content, output.canary, output.findings]
#   parameters:
#     bs_03_repeated: {default: 50, minimum: 1, maximum: 101, tighten: lower, meaning: "From which share of the request's instructions, in percent, or run of their words an answer counts as giving them away. 160 words in a row are 100; 101 lets all pass."}
#   reasons:
#     output.hidden_context:
#       kind: deny
#       text:
#         en: "The answer repeated hidden instructions, so it was withheld."
#         de: "Die Antwort gab verborgene Anweisungen wieder und wurde zurückgehalten."
#         fr: "La réponse répétait des instructions cachées et a été retenue."
#         nl: "Het antwoord herhaalde verborgen opdrachten en is achtergehouden."
#       remedy:
#         en: "Ask for the result you need, not for the instructions behind it."
#         de: "Fragen Sie nach dem Ergebnis, nicht nach den Anweisungen dahinter."
#         fr: "Demandez le résultat voulu, non les instructions qui le sous-tendent."
#         nl: "Vraag naar het resultaat, niet naar de opdrachten erachter."
#     output.exfiltration:
#       kind: deny
#       text:
#         en: "The answer would have carried data away in the address of a link or picture, so it was withheld."
#         de: "Die Antwort hätte Daten in der Adresse eines Links oder Bildes hinausgetragen und wurde zurückgehalten."
#         fr: "La réponse aurait fait sortir des données dans l'adresse d'un lien ou d'une image ; elle a été retenue."
#         nl: "Het antwoord zou gegevens naar buiten brengen in het adres van een link of afbeelding en is achtergehouden."
#       remedy:
#         en: "Look for foreign instructions in what you sent, take them out, and tell your administrator the decision id."
#         de: "Suchen Sie in Ihrer Eingabe nach fremden Anweisungen, entfernen Sie sie, und nennen Sie dem Administrator die Entscheidungs-ID."
#         fr: "Cherchez des instructions étrangères dans votre envoi, retirez-les, et donnez l'identifiant de décision à votre administrateur."
#         nl: "Zoek naar vreemde opdrachten in wat u verzond, haal ze weg, en meld het beslissingsnummer aan uw beheerder."
#     output.active_content:
#       kind: warn
#       text:
#         en: "The answer holds a script, a remote picture or an event handler."
#         de: "Die Antwort enthält ein Skript, ein Bild von außen oder eine Ereignisbehandlung."
#         fr: "La réponse contient un script, une image distante ou un gestionnaire d'événement."
#         nl: "Het antwoord bevat een script, een afbeelding van buiten of een gebeurtenisafhandeling."
#       remedy:
#         en: "Show it as plain text, or clean it, before a browser opens it."
#         de: "Zeigen Sie sie als reinen Text oder bereinigen Sie sie, bevor ein Browser sie öffnet."
#         fr: "Affichez-la en texte brut, ou nettoyez-la, avant qu'un navigateur l'ouvre."
#         nl: "Toon het als platte tekst of schoon het op voordat een browser het opent."
package gateway.output_rules.bs_03

deny contains reason if {
	input.output.canary == true
	reason := {"rule": "BS-03", "code": "output.hidden_context", "params": {}}
}

# The confidence is how much of the instructions the answer repeats word for word.
deny contains reason if {
	some finding in input.output.findings
	finding.type == "HIDDEN_CONTEXT"
	finding.confidence >= input.parameters.bs_03_repeated
	reason := {"rule": "BS-03", "code": "output.hidden_context", "params": {}}
}

deny contains reason if {
	"data_exfiltration_url" in input.output.active_content
	reason := {"rule": "BS-03", "code": "output.exfiltration", "params": {}}
}

default active := false

active if {
	some kind in input.output.active_content
	kind in {"html_event", "remote_image", "script"}
}

obligations contains obligation if {
	active == true
	obligation := {"id": "BS-03/label", "type": "label", "params": {"labels": ["active_content"]}}
}

advice contains item if {
	active == true
	item := {"rule": "BS-03", "code": "output.active_content", "params": {}}
}
