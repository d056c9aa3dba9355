# METADATA
# title: High-risk use cases are registered
# description: >-
#   Work in an area of Annex III, such as employment or credit, needs a registered
#   use case with an overseer, and where they apply the notice to workers and the
#   impact assessment. A stopped use case is refused. What is recorded of such work
#   is kept for 183 days at least.
# custom:
#   id: AI-05
#   pack: eu-ai-act
#   severity: high
#   loosening: configuration
#   european: true
#   concerns: [ethics]
#   sentences: [S22, S24]
#   why: "Deployers of high-risk systems oversee them, keep logs for six months, tell workers and assess the effect on rights (EU AI Act Art. 26, 27); the duty starts on 2 December 2027 and is kept early."
#   references: ["EU AI Act Art. 6(2), Annex III", "EU AI Act Art. 26(1), (2), (5), (6), (7)", "EU AI Act Art. 27", "Regulation (EU) 2026/1744", "Alderding: S22, S24"]
#   standards: ["NIST AI RMF Map", "NIST AI 600-1 human-AI configuration", "ISO/IEC 42001 A.5", "EU AI Act Art. 26"]
#   needs: [purpose.domain, purpose.use_case, signals.domain_hint]
#   reasons:
#     ai_act.use_case_unregistered:
#       kind: require_approval
#       text:
#         en: "This is about {domain}, an area in which the EU AI Act calls uses high-risk, and no use case is registered for it."
#         de: "Hier geht es um {domain}, einen Bereich mit hohem Risiko nach der KI-Verordnung, und dafür ist kein Anwendungsfall eingetragen."
#         fr: "Il s'agit de {domain}, un domaine à haut risque selon le règlement européen sur l'IA, et aucun cas d'usage n'y est enregistré."
#         nl: "Dit gaat over {domain}, een gebied met hoog risico volgens de AI-verordening, en daarvoor is geen toepassing geregistreerd."
#       remedy:
#         en: "Choose the purpose of a registered use case, have one registered, or ask a colleague who may approve, at {public_url}/approvals."
#         de: "Wählen Sie den Zweck eines eingetragenen Anwendungsfalls, lassen Sie einen eintragen, oder bitten Sie um Freigabe: {public_url}/approvals."
#         fr: "Choisissez la finalité d'un cas d'usage enregistré, faites-en enregistrer un, ou demandez un accord sur {public_url}/approvals."
#         nl: "Kies het doel van een geregistreerde toepassing, laat er een registreren, of vraag een collega om goedkeuring op {public_url}/approvals."
#     ai_act.use_case_incomplete:
#       kind: require_approval
#       text:
#         en: "The use case registered for {domain} is not complete. Missing: {missing}."
#         de: "Der für {domain} eingetragene Anwendungsfall ist unvollständig. Es fehlt: {missing}."
#         fr: "Le cas d'usage enregistré pour {domain} est incomplet. Manquant : {missing}."
#         nl: "De toepassing die voor {domain} is geregistreerd, is onvolledig. Ontbreekt: {missing}."
#       remedy:
#         en: "Have the missing parts recorded, or ask a colleague who may approve, at {public_url}/approvals."
#         de: "Lassen Sie das Fehlende eintragen, oder bitten Sie um Freigabe: {public_url}/approvals."
#         fr: "Faites enregistrer les éléments manquants, ou demandez un accord sur {public_url}/approvals."
#         nl: "Laat de ontbrekende onderdelen vastleggen, of vraag een collega om goedkeuring op {public_url}/approvals."
#     ai_act.use_case_stopped:
#       kind: deny
#       text:
#         en: "This use case has been stopped by the person who oversees it."
#         de: "Dieser Anwendungsfall wurde von der Aufsichtsperson gestoppt."
#         fr: "Ce cas d'usage a été suspendu par la personne qui le supervise."
#         nl: "Deze toepassing is stopgezet door de persoon die er toezicht op houdt."
#       remedy:
#         en: "Ask the overseer of the use case why, and when it goes on."
#         de: "Fragen Sie die Aufsichtsperson nach dem Grund und danach, wann es weitergeht."
#         fr: "Demandez à cette personne pourquoi, et quand il reprendra."
#         nl: "Vraag de toezichthouder waarom, en wanneer de toepassing verdergaat."
package gateway.rules.ai_05

# Annex III of the Act, as the purposes and the signals name its areas.
areas := {input.purpose.domain, input.signals.domain_hint} & {
	"biometrics",
	"credit",
	"critical_infrastructure",
	"education",
	"employment",
	"essential_services",
	"insurance",
	"justice",
	"law_enforcement",
	"migration",
}

# A use case counts for the area it was registered for, and for no other.
covered contains area if {
	input.purpose.use_case.registered == true
	area := input.purpose.domain
}

require_approval contains reason if {
	some area in (areas - covered)
	reason := {"rule": "AI-05", "code": "ai_act.use_case_unregistered", "params": {"domain": area}}
}

require_approval contains reason if {
	some area in (areas & covered)
	missing := sort(duties(area) - {duty | some duty, done in input.purpose.use_case; done == true})
	count(missing) > 0
	params := {"domain": area, "missing": missing}
	reason := {"rule": "AI-05", "code": "ai_act.use_case_incomplete", "params": params}
}

# Everywhere an overseer (Art. 26(2)); at work the notice (26(7)); for services people need the assessment (27).
duties(area) := object.get(
	{
		"credit": {"assessment", "overseer"},
		"employment": {"overseer", "workers_informed"},
		"essential_services": {"assessment", "overseer"},
		"insurance": {"assessment", "overseer"},
	},
	area,
	{"overseer"},
)

deny contains reason if {
	input.purpose.use_case.stopped == true
	reason := {"rule": "AI-05", "code": "ai_act.use_case_stopped", "params": {}}
}

obligations contains obligation if {
	count(areas) > 0
	obligation := {"id": "AI-05/retain", "type": "retain", "params": {"days": 183}}
}
