# METADATA
# title: Unmasking a pseudonym takes two people
# description: >-
#   Who stands behind a pseudonym is told only when two different people with the
#   right roles agree, for a reason on the list, and for 72 hours at most. Nobody
#   does it alone, and nobody out of curiosity.
# custom:
#   id: AN-05
#   pack: anonymity
#   severity: critical
#   loosening: configuration
#   concerns: [anonymity]
#   sentences: [S11, S13, S14]
#   why: "A pseudonym protects only while the key to it is kept apart and its use is bound to rules (GDPR Art. 4(5), 25); logs must not become a watch on employees (BetrVG s. 87(1) no. 6; WP29 Opinion 2/2017)."
#   references: ["GDPR Art. 4(5), 5(1)(b), 25, 32, 88", "BetrVG s. 87(1) no. 6", "WP29 Opinion 2/2017 on data processing at work", "Alderding: S11, S13, S14"]
#   standards: ["OWASP LLM02:2026", "OWASP LLM02:2025", "NIST AI RMF Govern", "NIST AI 600-1 data privacy", "ISO/IEC 42001 A.3", "ISO/IEC 27001 A.5.3"]
#   needs: [action, actor.roles, approver.distinct, approver.present, approver.roles, hours, reason.code]
#   reasons:
#     unmask.act_unknown:
#       kind: deny
#       text:
#         en: "This act is not one that the policy knows."
#         de: "Diese Handlung kennt die Richtlinie nicht."
#         fr: "La politique ne connaît pas cet acte."
#         nl: "Het beleid kent deze handeling niet."
#       remedy:
#         en: "Ask your administrator which acts there are."
#         de: "Fragen Sie Ihren Administrator, welche Handlungen es gibt."
#         fr: "Demandez à votre administrateur quels actes existent."
#         nl: "Vraag uw beheerder welke handelingen er zijn."
#     unmask.second_person:
#       kind: require_approval
#       text:
#         en: "A pseudonym is lifted only when a second person agrees."
#         de: "Ein Pseudonym wird nur aufgehoben, wenn eine zweite Person zustimmt."
#         fr: "Un pseudonyme n'est levé que si une deuxième personne est d'accord."
#         nl: "Een pseudoniem wordt alleen opgeheven als een tweede persoon instemt."
#       remedy:
#         en: "Ask a colleague who may approve, at {public_url}/unmaskings."
#         de: "Bitten Sie eine Person, die zustimmen darf, unter {public_url}/unmaskings."
#         fr: "Demandez à un collègue habilité à approuver, sur {public_url}/unmaskings."
#         nl: "Vraag een collega die mag goedkeuren, op {public_url}/unmaskings."
#     unmask.same_person:
#       kind: deny
#       text:
#         en: "Nobody approves their own request."
#         de: "Niemand stimmt dem eigenen Antrag zu."
#         fr: "Nul n'approuve sa propre demande."
#         nl: "Niemand keurt het eigen verzoek goed."
#       remedy:
#         en: "Ask a colleague who may approve, at {public_url}/unmaskings."
#         de: "Bitten Sie eine Person, die zustimmen darf, unter {public_url}/unmaskings."
#         fr: "Demandez à un collègue habilité à approuver, sur {public_url}/unmaskings."
#         nl: "Vraag een collega die mag goedkeuren, op {public_url}/unmaskings."
#     unmask.roles:
#       kind: deny
#       text:
#         en: "Both people need one of these roles: {roles}."
#         de: "Beide Personen brauchen eine dieser Rollen: {roles}."
#         fr: "Les deux personnes doivent avoir l'un de ces rôles : {roles}."
#         nl: "Beide personen moeten een van deze rollen hebben: {roles}."
#       remedy:
#         en: "Ask your privacy officer to make the request."
#         de: "Bitten Sie Ihren Datenschutz, den Antrag zu stellen."
#         fr: "Demandez à votre délégué à la protection des données de faire la demande."
#         nl: "Vraag uw privacyfunctionaris het verzoek te doen."
#     unmask.reason:
#       kind: deny
#       text:
#         en: "A pseudonym is lifted only for one of these reasons: {names}."
#         de: "Ein Pseudonym wird nur aus einem dieser Gründe aufgehoben: {names}."
#         fr: "Un pseudonyme n'est levé que pour l'un de ces motifs : {names}."
#         nl: "Een pseudoniem wordt alleen om een van deze redenen opgeheven: {names}."
#       remedy:
#         en: "Give one of them, or leave the pseudonym in place."
#         de: "Nennen Sie einen davon oder belassen Sie das Pseudonym."
#         fr: "Indiquez l'un d'eux, ou laissez le pseudonyme en place."
#         nl: "Geef een ervan op, of laat het pseudoniem staan."
#     unmask.hours:
#       kind: deny
#       text:
#         en: "A pseudonym is lifted for at least one and at most {limit} hours."
#         de: "Ein Pseudonym wird für mindestens eine und höchstens {limit} Stunden aufgehoben."
#         fr: "Un pseudonyme est levé pour une heure au moins et {limit} heures au plus."
#         nl: "Een pseudoniem wordt voor minstens één en hoogstens {limit} uur opgeheven."
#       remedy:
#         en: "Ask for {limit} hours or fewer."
#         de: "Beantragen Sie höchstens {limit} Stunden."
#         fr: "Demandez {limit} heures ou moins."
#         nl: "Vraag hoogstens {limit} uur."
package gateway.admin_rules.an_05

# An auditor reads what was unmasked and so has no part in it.
allowed_roles := {"privacy_officer", "tenant_admin"}

# A closed list: checking how somebody works is not on it.
allowed_reasons := {
	"danger_to_life",
	"data_breach",
	"data_subject_request",
	"legal_order",
	"misuse_report",
	"security_incident",
}

longest := 72

default known := false

known if input.action == "unmask"

default seconded := false

seconded if input.approver.present == true

default distinct := false

distinct if input.approver.distinct == true

default asks := false

asks if {
	some role in input.actor.roles
	role in allowed_roles
}

default agrees := false

agrees if {
	some role in input.approver.roles
	role in allowed_roles
}

default grounded := false

grounded if input.reason.code in allowed_reasons

default brief := false

brief if {
	input.hours >= 1
	input.hours <= longest
}

deny contains reason if {
	known == false
	reason := {"rule": "AN-05", "code": "unmask.act_unknown", "params": {}}
}

require_approval contains reason if {
	seconded == false
	reason := {"rule": "AN-05", "code": "unmask.second_person", "params": {}}
}

deny contains reason if {
	seconded == true
	distinct == false
	reason := {"rule": "AN-05", "code": "unmask.same_person", "params": {}}
}

deny contains reason if {
	asks == false
	reason := misplaced
}

deny contains reason if {
	seconded == true
	agrees == false
	reason := misplaced
}

deny contains reason if {
	grounded == false
	reason := {"rule": "AN-05", "code": "unmask.reason", "params": {"names": sort(allowed_reasons)}}
}

deny contains reason if {
	brief == false
	reason := {"rule": "AN-05", "code": "unmask.hours", "params": {"limit": longest}}
}

misplaced := {"rule": "AN-05", "code": "unmask.roles", "params": {"roles": sort(allowed_roles)}}
