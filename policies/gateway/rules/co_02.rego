# METADATA
# title: Size, rate and loops have limits
# description: >-
#   Too many requests in a minute, the same request over and over, and very large
#   requests are stopped; a large one may go to another model. Until a tenant has a
#   budget, the limits are told and nothing is stopped.
# custom:
#   id: CO-02
#   pack: cost
#   severity: low
#   loosening: configuration
#   concerns: [ethics]
#   sentences: [S1, S2, S5, S27]
#   why: "A loop spends a month's budget in an hour, and providers forbid going round their limits (OWASP LLM06:2026; OpenAI Services Agreement 3.3)."
#   references: ["OWASP Top 10 for LLM Applications 2026, LLM06", "OpenAI Services Agreement 3.3: usage limits", "Alderding: S27"]
#   standards: ["OWASP LLM06:2026", "OWASP LLM10:2025", "NIST AI RMF Manage", "ISO/IEC 42001 A.4"]
#   needs: [usage.budget, usage.requests_last_minute, usage.repeats_last_minute, request.input_tokens]
#   parameters:
#     co_02_requests_per_minute: {default: 100, minimum: 1, maximum: 100000, tighten: lower, meaning: "Requests of one caller in a minute above which it is stopped."}
#     co_02_repeats_per_minute: {default: 20, minimum: 1, maximum: 100000, tighten: lower, meaning: "Repetitions of one request in a minute above which it counts as a loop."}
#     co_02_input_tokens: {default: 100000, minimum: 1, maximum: 10000000, tighten: lower, meaning: "Input tokens of one request above which another model is looked for."}
#   reasons:
#     cost.rate:
#       kind: deny
#       text:
#         en: "You have sent more than {limit} requests within a minute."
#         de: "Sie haben mehr als {limit} Anfragen in einer Minute gesendet."
#         fr: "Vous avez envoyé plus de {limit} demandes en une minute."
#         nl: "U hebt meer dan {limit} verzoeken in een minuut verzonden."
#       remedy:
#         en: "Wait a minute. A program should slow down by itself."
#         de: "Warten Sie eine Minute. Ein Programm sollte von selbst langsamer werden."
#         fr: "Attendez une minute. Un programme doit ralentir de lui-même."
#         nl: "Wacht een minuut. Een programma hoort zelf te vertragen."
#     cost.loop:
#       kind: deny
#       text:
#         en: "The same request came more than {limit} times within a minute, as from a loop."
#         de: "Dieselbe Anfrage kam mehr als {limit} Mal in einer Minute, wie aus einer Schleife."
#         fr: "La même demande est arrivée plus de {limit} fois en une minute, comme dans une boucle."
#         nl: "Hetzelfde verzoek kwam meer dan {limit} keer in een minuut, zoals uit een lus."
#       remedy:
#         en: "Stop the loop, and use the answer you already have."
#         de: "Beenden Sie die Schleife, und verwenden Sie die vorhandene Antwort."
#         fr: "Arrêtez la boucle, et utilisez la réponse déjà obtenue."
#         nl: "Stop de lus, en gebruik het antwoord dat u al hebt."
#     cost.size:
#       kind: route
#       text:
#         en: "This request is larger than {limit} tokens, too large for this model."
#         de: "Diese Anfrage ist größer als {limit} Token, zu groß für dieses Modell."
#         fr: "Cette demande dépasse {limit} jetons, trop pour ce modèle."
#         nl: "Dit verzoek is groter dan {limit} tokens, te groot voor dit model."
#       remedy:
#         en: "Shorten the text, or send it in parts."
#         de: "Kürzen Sie den Text, oder senden Sie ihn in Teilen."
#         fr: "Raccourcissez le texte, ou envoyez-le en plusieurs parties."
#         nl: "Kort de tekst in, of verzend die in delen."
#     cost.limits:
#       kind: warn
#       text:
#         en: "Once your organisation sets a budget, this request would be stopped: {kinds}."
#         de: "Sobald Ihre Organisation ein Budget festlegt, würde diese Anfrage angehalten: {kinds}."
#         fr: "Dès que votre organisation aura fixé un budget, cette demande serait arrêtée : {kinds}."
#         nl: "Zodra uw organisatie een budget vaststelt, zou dit verzoek worden tegengehouden: {kinds}."
#       remedy:
#         en: "Send less at a time, or less often."
#         de: "Senden Sie weniger auf einmal oder seltener."
#         fr: "Envoyez moins à la fois, ou moins souvent."
#         nl: "Verzend minder tegelijk, of minder vaak."
package gateway.rules.co_02

above contains "rate" if input.usage.requests_last_minute > input.parameters.co_02_requests_per_minute

above contains "loop" if input.usage.repeats_last_minute > input.parameters.co_02_repeats_per_minute

above contains "size" if input.request.input_tokens > input.parameters.co_02_input_tokens

deny contains reason if {
	"rate" in above
	input.usage.budget != "none"
	params := {"limit": input.parameters.co_02_requests_per_minute}
	reason := {"rule": "CO-02", "code": "cost.rate", "params": params}
}

deny contains reason if {
	"loop" in above
	input.usage.budget != "none"
	params := {"limit": input.parameters.co_02_repeats_per_minute}
	reason := {"rule": "CO-02", "code": "cost.loop", "params": params}
}

route contains reason if {
	"size" in above
	input.usage.budget != "none"
	params := {"limit": input.parameters.co_02_input_tokens}
	reason := {"rule": "CO-02", "code": "cost.size", "params": params}
}

# No budget yet: told, not enforced.
advice contains item if {
	input.usage.budget == "none"
	count(above) > 0
	kinds := sort(above)
	item := {"rule": "CO-02", "code": "cost.limits", "params": {"kinds": kinds}}
}
