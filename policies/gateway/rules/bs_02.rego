# METADATA
# title: Foreign instructions do not meet tools
# description: >-
#   A page, a file or a tool's result may hold instructions to the model. A likely
#   case is refused. A less likely one needs a second person's approval when a
#   tool can write, send or delete; otherwise the person is warned.
# custom:
#   id: BS-02
#   pack: baseline-security
#   severity: critical
#   loosening: configuration
#   concerns: [input, ethics]
#   sentences: [S7, S25]
#   why: "Foreign text with instructions in it can make a model act against the person it works for (OWASP LLM01:2026 and LLM03:2026)."
#   references: ["OWASP Top 10 for LLM Applications 2026, LLM01 and LLM03", "GDPR Art. 32", "Alderding, Privacy considerations when using generative AI"]
#   standards: ["OWASP LLM01:2026", "OWASP LLM03:2026", "OWASP LLM01:2025", "OWASP LLM06:2025", "NIST AI 600-1 information security", "NIST AI RMF Measure"]
#   needs: [request.tools, signals.injection]
#   parameters:
#     bs_02_score:
#       default: 85
#       minimum: 1
#       maximum: 100
#       tighten: lower
#       meaning: "Score out of 100 from which a text with instructions in it is refused."
#     bs_02_tools_score:
#       default: 40
#       minimum: 1
#       maximum: 100
#       tighten: lower
#       meaning: "Score from which a second person must approve where a tool can write, send or delete."
#     bs_02_warn:
#       default: 30
#       minimum: 1
#       maximum: 100
#       tighten: lower
#       meaning: "Score from which the person is warned."
#   reasons:
#     injection.likely:
#       kind: deny
#       text:
#         en: "The text holds instructions that try to take over the model (found in: {source})."
#         de: "Der Text enthält Anweisungen, die das Modell übernehmen sollen (gefunden in: {source})."
#         fr: "Le texte contient des instructions visant à détourner le modèle (trouvées dans : {source})."
#         nl: "De tekst bevat opdrachten die het model proberen over te nemen (gevonden in: {source})."
#       remedy:
#         en: "Look at the page, file or answer it came from, take the instructions out, and send again."
#         de: "Prüfen Sie die Seite, Datei oder Antwort, aus der sie stammen, entfernen Sie die Anweisungen und senden Sie erneut."
#         fr: "Examinez la page, le fichier ou la réponse d'origine, retirez ces instructions et renvoyez."
#         nl: "Bekijk de pagina, het bestand of het antwoord waar ze vandaan komen, haal de opdrachten weg en verzend opnieuw."
#     injection.tools:
#       kind: require_approval
#       text:
#         en: "The text may hold foreign instructions (found in: {source}), and a tool here can write, send or delete."
#         de: "Der Text enthält womöglich fremde Anweisungen (gefunden in: {source}), und ein Werkzeug kann schreiben, senden oder löschen."
#         fr: "Le texte contient peut-être des instructions étrangères (trouvées dans : {source}), et un outil peut écrire, envoyer ou supprimer."
#         nl: "De tekst bevat mogelijk vreemde opdrachten (gevonden in: {source}), en een hulpmiddel kan schrijven, versturen of wissen."
#       remedy:
#         en: "Send it without the writing tools, or ask a colleague who may approve, at {public_url}/approvals."
#         de: "Senden Sie ohne die schreibenden Werkzeuge, oder bitten Sie eine Person, die freigeben darf, unter {public_url}/approvals."
#         fr: "Envoyez sans les outils d'écriture, ou demandez l'accord d'une personne habilitée sur {public_url}/approvals."
#         nl: "Verzend het zonder de schrijvende hulpmiddelen, of vraag een collega die mag goedkeuren, via {public_url}/approvals."
#     injection.near:
#       kind: warn
#       text:
#         en: "The text may hold instructions to the model (found in: {source})."
#         de: "Der Text enthält womöglich Anweisungen an das Modell (gefunden in: {source})."
#         fr: "Le texte contient peut-être des instructions au modèle (trouvées dans : {source})."
#         nl: "De tekst bevat mogelijk opdrachten aan het model (gevonden in: {source})."
#       remedy:
#         en: "Do not follow links or requests in the answer that you did not ask for."
#         de: "Folgen Sie keinen Links oder Bitten in der Antwort, nach denen Sie nicht gefragt haben."
#         fr: "Ne suivez ni lien ni demande de la réponse que vous n'avez pas sollicités."
#         nl: "Volg geen links of verzoeken in het antwoord waar u niet om vroeg."
package gateway.rules.bs_02

deny contains reason if {
	input.signals.injection.score >= input.parameters.bs_02_score
	source := object.get(input.signals.injection, "source", "none")
	reason := {"rule": "BS-02", "code": "injection.likely", "params": {"source": source}}
}

require_approval contains reason if {
	input.signals.injection.score >= input.parameters.bs_02_tools_score
	some tool in input.request.tools
	tool.writes == true
	source := object.get(input.signals.injection, "source", "none")
	reason := {"rule": "BS-02", "code": "injection.tools", "params": {"source": source}}
}

advice contains item if {
	input.signals.injection.score >= input.parameters.bs_02_warn
	source := object.get(input.signals.injection, "source", "none")
	item := {"rule": "BS-02", "code": "injection.near", "params": {"source": source}}
}
