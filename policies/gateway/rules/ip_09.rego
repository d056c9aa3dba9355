# METADATA
# title: Only where it may lawfully go
# description: >-
#   Content is processed in the regions your company allows, and leaves the
#   European Economic Area only on a ground that the law accepts. One switch ends
#   reliance on the EU-US Data Privacy Framework. Your own machines are always
#   fine. Another model may do; where there is none, nothing is sent.
# custom:
#   id: IP-09
#   pack: input-privacy
#   severity: high
#   loosening: configuration
#   concerns: [input]
#   sentences: [S7, S27]
#   why: "A transfer to a third country needs an adequacy decision or appropriate safeguards (GDPR Art. 44-46); endpoints named global process anywhere, and the framework with the United States is under appeal (C-703/25 P)."
#   references: ["GDPR Art. 44, 45, 46(2)(c), 49", "Commission Implementing Decision (EU) 2023/1795", "General Court T-553/23 Latombe, 3 September 2025", "CJEU C-311/18 Schrems II", "EDPB Guidelines 2/2018 on Art. 49", "Alderding: S7"]
#   standards: ["OWASP LLM02:2026", "OWASP LLM02:2025", "NIST AI RMF Govern", "NIST AI 600-1 data privacy", "ISO/IEC 42001 A.10"]
#   needs: [destination.known, destination.region, destination.self_hosted, destination.tier, destination.transfer, terms.processor_contract]
#   parameters:
#     ip_09_regions: {default: [ch, eea, eu, own, uk, us], members: [ch, eea, eu, global, own, uk, us], tighten: fewer, meaning: "Regions in which content may be processed. For European processing only: eea, eu and own."}
#     ip_09_accept_dpf: {default: true, tighten: "false", meaning: "Whether the EU-US Data Privacy Framework counts as adequate. Switched off, every request that relies on it goes elsewhere or is refused."}
#     ip_09_accept_scc: {default: true, tighten: "false", meaning: "Whether standard contractual clauses, as a part of the processor contract on file, carry a transfer."}
#   reasons:
#     transfer.region:
#       kind: route
#       text:
#         en: "{tier} processes what you send in region {region}, which your company does not allow."
#         de: "{tier} verarbeitet Ihren Text in der Region {region}, die Ihr Unternehmen nicht zulässt."
#         fr: "{tier} traite votre texte dans la région {region}, que votre entreprise n'autorise pas."
#         nl: "{tier} verwerkt uw tekst in regio {region}, wat uw organisatie niet toestaat."
#       remedy:
#         en: "Choose a model that runs in one of the regions your company allows."
#         de: "Wählen Sie ein Modell, das in einer zugelassenen Region läuft."
#         fr: "Choisissez un modèle exécuté dans une région autorisée."
#         nl: "Kies een model dat in een toegestane regio draait."
#     transfer.no_ground:
#       kind: route
#       text:
#         en: "Sending this to {tier} in region {region} has no ground that data protection law accepts."
#         de: "Für die Übermittlung an {tier} in der Region {region} fehlt eine datenschutzrechtlich anerkannte Grundlage."
#         fr: "L'envoi à {tier} dans la région {region} n'a pas de fondement admis par le droit de la protection des données."
#         nl: "Voor verzending naar {tier} in regio {region} is er geen grond die het gegevensbeschermingsrecht erkent."
#       remedy:
#         en: "Choose a model that runs in Europe or at your company, or ask your privacy officer about the transfer."
#         de: "Wählen Sie ein Modell, das in Europa oder in Ihrem Unternehmen läuft, oder fragen Sie Ihren Datenschutz nach der Übermittlung."
#         fr: "Choisissez un modèle exécuté en Europe ou dans votre entreprise, ou interrogez votre délégué à la protection des données sur le transfert."
#         nl: "Kies een model dat in Europa of bij uw organisatie draait, of vraag uw privacyfunctionaris naar de doorgifte."
package gateway.rules.ip_09

import data.gateway.lib.transfers.adequate
import data.gateway.lib.transfers.bound

deny := set()

default placed := false

placed if input.destination.region in input.parameters.ip_09_regions

placed if input.destination.self_hosted == true

route contains reason if {
	placed == false
	input.destination.known == true
	params := {"tier": input.destination.tier, "region": input.destination.region}
	reason := {"rule": "IP-09", "code": "transfer.region", "params": params}
}

route contains reason if {
	adequate == false
	bound == false
	input.destination.known == true
	params := {"tier": input.destination.tier, "region": input.destination.region}
	reason := {"rule": "IP-09", "code": "transfer.no_ground", "params": params}
}
