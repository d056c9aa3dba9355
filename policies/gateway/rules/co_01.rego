# METADATA
# title: Budgets are kept
# description: >-
#   Near the budget a person is told, over it a second person approves, and at the
#   hard limit nothing more is sent. A tenant without budgets never hears of this.
# custom:
#   id: CO-01
#   pack: cost
#   severity: low
#   loosening: configuration
#   concerns: [ethics]
#   sentences: [S27]
#   why: "Full advantage in balance: what has no limit is used up by whoever comes first (source article, S27; OWASP LLM06:2026 unbounded consumption)."
#   references: ["OWASP Top 10 for LLM Applications 2026, LLM06", "Alderding: S27"]
#   standards: ["OWASP LLM06:2026", "OWASP LLM10:2025", "NIST AI RMF Manage", "ISO/IEC 42001 A.4"]
#   needs: [usage.budget]
#   reasons:
#     cost.budget_near:
#       kind: warn
#       text:
#         en: "Most of the budget you share is used up."
#         de: "Ihr gemeinsames Budget ist zum größten Teil verbraucht."
#         fr: "L'essentiel du budget que vous partagez est consommé."
#         nl: "Het grootste deel van uw gedeelde budget is verbruikt."
#       remedy:
#         en: "Choose a smaller model where it will do."
#         de: "Wählen Sie ein kleineres Modell, wo es genügt."
#         fr: "Choisissez un modèle plus petit quand il suffit."
#         nl: "Kies een kleiner model waar dat volstaat."
#     cost.budget_over:
#       kind: require_approval
#       text:
#         en: "The budget is used up. Going on takes a second person's approval."
#         de: "Das Budget ist verbraucht. Zum Fortfahren brauchen Sie die Freigabe einer zweiten Person."
#         fr: "Le budget est épuisé. Pour continuer, il faut l'accord d'une seconde personne."
#         nl: "Het budget is op. Doorgaan vraagt de goedkeuring van een tweede persoon."
#       remedy:
#         en: "Ask a colleague who may approve, at {public_url}/approvals, or wait for the next period."
#         de: "Bitten Sie um Freigabe: {public_url}/approvals, oder warten Sie auf den nächsten Zeitraum."
#         fr: "Demandez un accord sur {public_url}/approvals, ou attendez la période suivante."
#         nl: "Vraag een collega om goedkeuring op {public_url}/approvals, of wacht op de volgende periode."
#     cost.budget_hard:
#       kind: deny
#       text:
#         en: "The hard limit of the budget is reached. Nothing more is sent in this period."
#         de: "Die feste Obergrenze des Budgets ist erreicht. In diesem Zeitraum wird nichts mehr gesendet."
#         fr: "Le plafond du budget est atteint. Plus rien n'est envoyé pendant cette période."
#         nl: "De harde grens van het budget is bereikt. In deze periode wordt niets meer verzonden."
#       remedy:
#         en: "Wait for the next period, or ask your administrator to raise the limit."
#         de: "Warten Sie auf den nächsten Zeitraum, oder bitten Sie Ihren Administrator, die Grenze anzuheben."
#         fr: "Attendez la période suivante, ou demandez à votre administrateur de relever le plafond."
#         nl: "Wacht op de volgende periode, of vraag uw beheerder de grens te verhogen."
package gateway.rules.co_01

deny contains reason if {
	input.usage.budget == "hard"
	reason := {"rule": "CO-01", "code": "cost.budget_hard", "params": {}}
}

require_approval contains reason if {
	input.usage.budget == "over"
	reason := {"rule": "CO-01", "code": "cost.budget_over", "params": {}}
}

advice contains item if {
	input.usage.budget == "warn"
	item := {"rule": "CO-01", "code": "cost.budget_near", "params": {}}
}
