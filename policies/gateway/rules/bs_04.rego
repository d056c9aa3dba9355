# METADATA
# title: No malware, no fraud, nothing export-controlled
# description: >-
#   Working malware, tools for fraud and what needs an export licence are refused.
#   To explain a known weakness so that it can be mended passes; a doubtful case
#   is only warned about.
# custom:
#   id: BS-04
#   pack: baseline-security
#   severity: critical
#   loosening: configuration
#   concerns: [ethics, input]
#   sentences: [S23]
#   why: "Ethical use does no harm (Alderding, S23); the providers' policies forbid malware and fraud, and OpenAI bars input that needs an export licence."
#   references: ["Alderding, Privacy considerations when using generative AI", "OpenAI Services Agreement, trade controls", "Anthropic Usage Policy, malicious code and fraud", "Regulation (EU) 2021/821", "Directive 2013/40/EU Art. 7"]
#   standards: ["NIST AI 600-1 information security", "NIST AI 600-1 CBRN information", "NIST AI RMF Manage", "ISO/IEC 42001 A.9"]
#   needs: [signals.misuse]
#   parameters:
#     bs_04_score:
#       default: 70
#       minimum: 1
#       maximum: 100
#       tighten: lower
#       meaning: "Score out of 100 from which a request for malware or fraud is refused."
#     bs_04_export_score:
#       default: 50
#       minimum: 1
#       maximum: 100
#       tighten: lower
#       meaning: "The same for what looks export-controlled."
#     bs_04_warn:
#       default: 40
#       minimum: 1
#       maximum: 100
#       tighten: lower
#       meaning: "Score from which the person is warned."
#   reasons:
#     security.malware:
#       kind: deny
#       text:
#         en: "This looks like a request for software that does harm."
#         de: "Dies sieht nach der Bitte um Schadsoftware aus."
#         fr: "Cela ressemble à une demande de logiciel malveillant."
#         nl: "Dit lijkt een verzoek om schadelijke software."
#       remedy:
#         en: "Ask how a weakness works and how it is mended. For authorised tests, turn to your security team."
#         de: "Fragen Sie, wie eine Schwachstelle wirkt und wie man sie behebt. Für genehmigte Tests wenden Sie sich an Ihr Sicherheitsteam."
#         fr: "Demandez comment une faille fonctionne et se corrige. Pour un test autorisé, adressez-vous à l'équipe de sécurité."
#         nl: "Vraag hoe een zwakke plek werkt en hoe u die herstelt. Ga voor toegestane tests naar uw beveiligingsteam."
#     security.fraud:
#       kind: deny
#       text:
#         en: "This looks like a request that helps to deceive people for money or access."
#         de: "Dies sieht nach einer Anfrage aus, die hilft, Menschen um Geld oder Zugang zu betrügen."
#         fr: "Cela ressemble à une demande qui aide à tromper des personnes pour obtenir argent ou accès."
#         nl: "Dit lijkt een verzoek dat helpt mensen te bedriegen voor geld of toegang."
#       remedy:
#         en: "Ask how to recognise and prevent it instead."
#         de: "Fragen Sie stattdessen, wie man so etwas erkennt und verhindert."
#         fr: "Demandez plutôt comment le reconnaître et le prévenir."
#         nl: "Vraag liever hoe u het herkent en voorkomt."
#     security.export_controlled:
#       kind: deny
#       text:
#         en: "This looks like technology that needs an export licence."
#         de: "Dies sieht nach Technik aus, die eine Ausfuhrgenehmigung braucht."
#         fr: "Cela ressemble à une technologie soumise à licence d'exportation."
#         nl: "Dit lijkt technologie waarvoor een uitvoervergunning nodig is."
#       remedy:
#         en: "Do not send it to a provider. Turn to your export control office."
#         de: "Senden Sie sie an keinen Anbieter. Wenden Sie sich an Ihre Exportkontrolle."
#         fr: "Ne l'envoyez à aucun fournisseur. Adressez-vous au contrôle des exportations."
#         nl: "Stuur het naar geen enkele aanbieder. Ga naar uw afdeling exportcontrole."
#     security.near:
#       kind: warn
#       text:
#         en: "Your request touches on malware, fraud or controlled technology."
#         de: "Ihre Anfrage berührt Schadsoftware, Betrug oder kontrollierte Technik."
#         fr: "Votre demande touche aux logiciels malveillants, à la fraude ou à une technologie contrôlée."
#         nl: "Uw verzoek raakt aan schadelijke software, fraude of gecontroleerde technologie."
#       remedy:
#         en: "Ask how it works and how to guard against it; leave working attacks out."
#         de: "Fragen Sie, wie es wirkt und wie man sich schützt; lassen Sie lauffähige Angriffe weg."
#         fr: "Demandez comment cela fonctionne et comment s'en protéger, sans attaque opérationnelle."
#         nl: "Vraag hoe het werkt en hoe u zich beschermt; laat werkende aanvallen weg."
package gateway.rules.bs_04

codes := {"malware": "security.malware", "fraud": "security.fraud"}

deny contains reason if {
	some item in input.signals.misuse
	code := codes[item.category]
	item.score >= input.parameters.bs_04_score
	reason := {"rule": "BS-04", "code": code, "params": {}}
}

deny contains reason if {
	some item in input.signals.misuse
	item.category == "export_controlled"
	item.score >= input.parameters.bs_04_export_score
	reason := {"rule": "BS-04", "code": "security.export_controlled", "params": {}}
}

advice contains item if {
	some signal in input.signals.misuse
	signal.category in {"malware", "fraud", "export_controlled"}
	signal.score >= input.parameters.bs_04_warn
	item := {"rule": "BS-04", "code": "security.near", "params": {}}
}
