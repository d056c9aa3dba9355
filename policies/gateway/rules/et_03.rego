# METADATA
# title: No campaigning; public affairs only with approval
# description: >-
#   Campaign material and messages to voters are refused. A purpose registered for
#   public affairs may ask, with a second person's approval, where the provider's
#   terms do not forbid political use. Neutral talk about politics passes; before
#   it is published the person is asked to check it.
# custom:
#   id: ET-03
#   pack: ethical-use
#   severity: high
#   loosening: configuration
#   concerns: [ethics]
#   sentences: [S20, S21]
#   why: "Generated campaign material can manipulate public opinion (Alderding, S21), and OpenAI, Anthropic and Midjourney forbid campaigning through their models."
#   references: ["Alderding, Privacy considerations when using generative AI", "OpenAI Usage Policies, political campaigning and lobbying", "Anthropic Usage Policy, election integrity", "Midjourney Community Guidelines, political campaigns", "Regulation (EU) 2024/900"]
#   standards: ["NIST AI 600-1 information integrity", "NIST AI RMF Govern", "ISO/IEC 42001 A.9"]
#   needs: [purpose.domain, purpose.publication, signals.misuse, signals.political, terms.political_use]
#   parameters:
#     et_03_score:
#       default: 70
#       minimum: 1
#       maximum: 100
#       tighten: lower
#       meaning: "Score out of 100 from which a request counts as campaigning."
#     et_03_warn:
#       default: 40
#       minimum: 1
#       maximum: 100
#       tighten: lower
#       meaning: "Score from which the person is warned."
#   reasons:
#     politics.campaign:
#       kind: deny
#       text:
#         en: "This looks like campaign material or a message to voters, which is not generated here."
#         de: "Dies sieht nach Wahlwerbung oder einer Botschaft an Wählerinnen und Wähler aus; das wird hier nicht erzeugt."
#         fr: "Cela ressemble à du matériel de campagne ou à un message aux électeurs, ce qui n'est pas généré ici."
#         nl: "Dit lijkt campagnemateriaal of een boodschap aan kiezers; dat wordt hier niet gemaakt."
#       remedy:
#         en: "Ask for a neutral summary. For public affairs, choose a purpose registered for it and a model whose terms permit political use."
#         de: "Bitten Sie um eine neutrale Zusammenfassung. Für Interessenvertretung wählen Sie einen dafür eingetragenen Zweck und ein Modell, dessen Bedingungen politische Nutzung erlauben."
#         fr: "Demandez un résumé neutre. Pour les affaires publiques, choisissez une finalité enregistrée à cet effet et un modèle dont les conditions permettent l'usage politique."
#         nl: "Vraag om een neutrale samenvatting. Voor public affairs kiest u een daarvoor geregistreerd doel en een model waarvan de voorwaarden politiek gebruik toestaan."
#     politics.approval:
#       kind: require_approval
#       text:
#         en: "This is political work for public affairs; a second person must approve it first."
#         de: "Dies ist politische Interessenvertretung; zuerst muss eine zweite Person zustimmen."
#         fr: "Il s'agit d'un travail politique d'affaires publiques ; une deuxième personne doit d'abord l'approuver."
#         nl: "Dit is politiek werk voor public affairs; eerst moet een tweede persoon het goedkeuren."
#       remedy:
#         en: "Ask a colleague who may approve, at {public_url}/approvals."
#         de: "Bitten Sie eine Person, die freigeben darf, unter {public_url}/approvals."
#         fr: "Demandez l'accord d'une personne habilitée sur {public_url}/approvals."
#         nl: "Vraag een collega die mag goedkeuren, via {public_url}/approvals."
#     politics.near:
#       kind: warn
#       text:
#         en: "Your request comes near to campaigning."
#         de: "Ihre Anfrage kommt Wahlwerbung nahe."
#         fr: "Votre demande se rapproche d'une campagne politique."
#         nl: "Uw verzoek komt dicht bij campagne voeren."
#       remedy:
#         en: "Keep it neutral, and do not aim it at groups of voters."
#         de: "Bleiben Sie neutral und richten Sie den Text nicht an Wählergruppen."
#         fr: "Restez neutre et ne ciblez pas de groupes d'électeurs."
#         nl: "Houd het neutraal en richt het niet op groepen kiezers."
#     politics.published:
#       kind: warn
#       text:
#         en: "This is about politics and will be published."
#         de: "Dies handelt von Politik und soll veröffentlicht werden."
#         fr: "Ceci porte sur la politique et sera publié."
#         nl: "Dit gaat over politiek en wordt gepubliceerd."
#       remedy:
#         en: "Check facts and balance, and say that AI helped."
#         de: "Prüfen Sie Tatsachen und Ausgewogenheit, und sagen Sie, dass KI geholfen hat."
#         fr: "Vérifiez les faits et l'équilibre, et indiquez que l'IA a aidé."
#         nl: "Controleer feiten en evenwicht, en vermeld dat AI heeft geholpen."
package gateway.rules.et_03

default lawful := false

lawful if {
	input.purpose.domain == "public_affairs"
	input.terms.political_use in {"allowed", "conditional", "unknown"}
}

deny contains reason if {
	lawful == false
	some item in input.signals.misuse
	item.category == "political_campaign"
	item.score >= input.parameters.et_03_score
	reason := {"rule": "ET-03", "code": "politics.campaign", "params": {}}
}

require_approval contains reason if {
	lawful == true
	some item in input.signals.misuse
	item.category == "political_campaign"
	item.score >= input.parameters.et_03_score
	reason := {"rule": "ET-03", "code": "politics.approval", "params": {}}
}

advice contains item if {
	some signal in input.signals.misuse
	signal.category == "political_campaign"
	signal.score >= input.parameters.et_03_warn
	item := {"rule": "ET-03", "code": "politics.near", "params": {}}
}

advice contains item if {
	input.signals.political == true
	input.purpose.publication == "public"
	item := {"rule": "ET-03", "code": "politics.published", "params": {}}
}
