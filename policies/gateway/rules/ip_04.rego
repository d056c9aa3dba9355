# METADATA
# title: Personal data need a processor contract on file
# description: >-
#   Whoever processes personal data for your company does so under a contract, and
#   the gateway wants to know of it. About other people the sender is reminded of
#   them; where there are many, or something of theirs is decided, the sender says
#   that this is right before anything is sent.
# custom:
#   id: IP-04
#   pack: input-privacy
#   severity: critical
#   loosening: impossible
#   concerns: [input, ethics]
#   sentences: [S6, S10, S23]
#   why: "Personal data may go to a processor only under a contract (GDPR Art. 28(3)), and people whose data came from others must learn of it (Art. 14); placeholders do not change that for the sender (CJEU C-413/23 P)."
#   references: ["GDPR Art. 4(1), 14, 28(3)", "CJEU C-413/23 P EDPS v SRB, 4 September 2025", "Alderding: S6, S10, S23"]
#   standards: ["OWASP LLM02:2026", "OWASP LLM02:2025", "NIST AI RMF Govern", "NIST AI 600-1 data privacy", "ISO/IEC 42001 A.10"]
#   needs: [data.criminal, data.findings, data.people, data.special, destination.known, destination.self_hosted, destination.tier, purpose.decides_about_person, purpose.domain, signals.domain_hint, terms.processor_contract]
#   parameters:
#     ip_04_people: {default: 10, minimum: 1, maximum: 1000, tighten: lower, meaning: "From how many other people on the sender must confirm that sending their data is right."}
#   reasons:
#     personal_data.no_contract:
#       kind: deny
#       text:
#         en: "The text holds personal data, and no processor contract with {tier} is on file."
#         de: "Der Text enthält personenbezogene Daten, und mit {tier} liegt kein Auftragsverarbeitungsvertrag vor."
#         fr: "Le texte contient des données personnelles, et aucun contrat de sous-traitance avec {tier} n'est déposé."
#         nl: "De tekst bevat persoonsgegevens en er is geen verwerkersovereenkomst met {tier} vastgelegd."
#       remedy:
#         en: "Choose a model under contract, take the personal data out, or ask your privacy officer to file the contract."
#         de: "Wählen Sie ein Modell mit Vertrag, entfernen Sie die personenbezogenen Daten oder bitten Sie Ihren Datenschutz, den Vertrag zu hinterlegen."
#         fr: "Choisissez un modèle sous contrat, retirez les données personnelles ou demandez à votre délégué à la protection des données de déposer le contrat."
#         nl: "Kies een model onder contract, haal de persoonsgegevens weg of vraag uw privacyfunctionaris de overeenkomst vast te leggen."
#     personal_data.others:
#       kind: warn
#       text:
#         en: "The text is about other people ({count}). They have a right to know where their data go."
#         de: "Der Text handelt von anderen Menschen ({count}). Sie haben ein Recht zu erfahren, wohin ihre Daten gehen."
#         fr: "Le texte concerne d'autres personnes ({count}). Elles ont le droit de savoir où vont leurs données."
#         nl: "De tekst gaat over andere mensen ({count}). Zij hebben het recht te weten waar hun gegevens heen gaan."
#       remedy:
#         en: "Send only what the task needs."
#         de: "Senden Sie nur, was die Aufgabe braucht."
#         fr: "N'envoyez que ce que la tâche exige."
#         nl: "Verzend alleen wat de taak nodig heeft."
#     personal_data.others_unconfirmed:
#       kind: require_acknowledgement
#       text:
#         en: "The text is about other people ({count}), and there are many of them or something is decided about them."
#         de: "Der Text handelt von anderen Menschen ({count}); es sind viele, oder es wird über sie entschieden."
#         fr: "Le texte concerne d'autres personnes ({count}) : elles sont nombreuses, ou une décision les touche."
#         nl: "De tekst gaat over andere mensen ({count}): het zijn er veel, of er wordt over hen beslist."
#       remedy:
#         en: "Confirm at {public_url}/confirmations that you may use their data for this, or POST {\"code\": \"personal_data.others_unconfirmed\"} to {public_url}/v1/confirmations."
#         de: "Bestätigen Sie unter {public_url}/confirmations, dass Sie ihre Daten dafür verwenden dürfen, oder senden Sie POST {\"code\": \"personal_data.others_unconfirmed\"} an {public_url}/v1/confirmations."
#         fr: "Confirmez sur {public_url}/confirmations que vous pouvez utiliser leurs données à cette fin, ou envoyez POST {\"code\": \"personal_data.others_unconfirmed\"} à {public_url}/v1/confirmations."
#         nl: "Bevestig op {public_url}/confirmations dat u hun gegevens hiervoor mag gebruiken, of stuur POST {\"code\": \"personal_data.others_unconfirmed\"} naar {public_url}/v1/confirmations."
package gateway.rules.ip_04

import data.gateway.lib.people.identified
import data.gateway.lib.people.weighty
import data.gateway.lib.transfers.contracted

deny contains reason if {
	contracted == false
	input.destination.known == true
	identified == true
	reason := {"rule": "IP-04", "code": "personal_data.no_contract", "params": {"tier": input.destination.tier}}
}

advice contains item if {
	input.data.people > 0
	item := {"rule": "IP-04", "code": "personal_data.others", "params": {"count": input.data.people}}
}

require_acknowledgement contains reason if {
	input.data.people > 0
	weighty == true
	params := {"count": input.data.people}
	reason := {"rule": "IP-04", "code": "personal_data.others_unconfirmed", "params": params}
}
