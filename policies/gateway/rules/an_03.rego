# METADATA
# title: What remains may still say who it is
# description: >-
#   With every name taken out, a rare job, a place and a date can still point to
#   one person. The sender is warned at a medium risk and confirms at a high one;
#   at a very high one the text goes only to a model that your company runs itself,
#   or nowhere.
# custom:
#   id: AN-03
#   pack: anonymity
#   severity: high
#   loosening: configuration
#   concerns: [anonymity]
#   sentences: [S15]
#   why: "A person is identifiable by all means reasonably likely to be used, not by name alone (GDPR recital 26); singling out, linking and inferring remain after names are gone (WP29 Opinion 05/2014)."
#   references: ["GDPR Art. 4(1), recital 26", "WP29 Opinion 05/2014 on anonymisation techniques", "CJEU C-413/23 P EDPS v SRB, 4 September 2025", "Alderding: S15"]
#   standards: ["OWASP LLM02:2026", "OWASP LLM02:2025", "NIST AI RMF Measure", "NIST AI 600-1 data privacy", "ISO/IEC 42001 A.5"]
#   needs: [data.reid, destination.known, destination.self_hosted]
#   parameters:
#     an_03_warn: {default: medium, choices: [very_high, high, medium, low], meaning: "From which risk of being recognised on the sender is warned."}
#     an_03_confirm: {default: high, choices: [very_high, high, medium, low], meaning: "From which risk of being recognised on the sender must confirm."}
#     an_03_keep: {default: very_high, choices: [very_high, high, medium, low], meaning: "From which risk of being recognised on only a model that your company runs itself will do."}
#   reasons:
#     recognisable.hint:
#       kind: warn
#       text:
#         en: "Someone may be recognised from what remains ({drivers})."
#         de: "Aus dem, was bleibt, könnte jemand erkannt werden ({drivers})."
#         fr: "Ce qui reste pourrait permettre de reconnaître quelqu'un ({drivers})."
#         nl: "Uit wat overblijft kan iemand worden herkend ({drivers})."
#       remedy:
#         en: "Say it more generally: the field instead of the job, the month instead of the day, the region instead of the town."
#         de: "Sagen Sie es allgemeiner: das Fach statt der Stelle, den Monat statt des Tages, die Region statt des Ortes."
#         fr: "Dites-le plus généralement : le domaine au lieu du poste, le mois au lieu du jour, la région au lieu de la ville."
#         nl: "Zeg het algemener: het vak in plaats van de functie, de maand in plaats van de dag, de streek in plaats van de plaats."
#     recognisable.unconfirmed:
#       kind: require_acknowledgement
#       text:
#         en: "Someone can probably be recognised from what remains ({drivers})."
#         de: "Aus dem, was bleibt, kann wahrscheinlich jemand erkannt werden ({drivers})."
#         fr: "Ce qui reste permet probablement de reconnaître quelqu'un ({drivers})."
#         nl: "Uit wat overblijft kan iemand waarschijnlijk worden herkend ({drivers})."
#       remedy:
#         en: "Say it more generally, or confirm at {public_url}/confirmations, or POST {\"code\": \"recognisable.unconfirmed\"} to {public_url}/v1/confirmations."
#         de: "Sagen Sie es allgemeiner, oder bestätigen Sie unter {public_url}/confirmations, oder senden Sie POST {\"code\": \"recognisable.unconfirmed\"} an {public_url}/v1/confirmations."
#         fr: "Dites-le plus généralement, ou confirmez sur {public_url}/confirmations, ou envoyez POST {\"code\": \"recognisable.unconfirmed\"} à {public_url}/v1/confirmations."
#         nl: "Zeg het algemener, of bevestig op {public_url}/confirmations, of stuur POST {\"code\": \"recognisable.unconfirmed\"} naar {public_url}/v1/confirmations."
#     recognisable.certain:
#       kind: route
#       text:
#         en: "What remains points to one person ({drivers}), so it may go only to a model that your company runs itself."
#         de: "Was bleibt, weist auf eine einzige Person ({drivers}); es darf nur an ein Modell gehen, das Ihr Unternehmen selbst betreibt."
#         fr: "Ce qui reste désigne une seule personne ({drivers}) : cela ne peut aller qu'à un modèle exploité par votre entreprise."
#         nl: "Wat overblijft wijst naar één persoon ({drivers}); het mag alleen naar een model dat uw organisatie zelf beheert."
#       remedy:
#         en: "Choose such a model, or leave out what is rare: the only one of a kind, exact dates, small places."
#         de: "Wählen Sie ein solches Modell oder lassen Sie Seltenes weg: Einzigartiges, genaue Daten, kleine Orte."
#         fr: "Choisissez un tel modèle, ou omettez ce qui est rare : l'unique en son genre, les dates exactes, les petits lieux."
#         nl: "Kies zo'n model, of laat weg wat zeldzaam is: de enige in zijn soort, precieze datums, kleine plaatsen."
package gateway.rules.an_03

import data.gateway.lib.recognition.confirm
import data.gateway.lib.recognition.exposed
import data.gateway.lib.recognition.keep
import data.gateway.lib.recognition.level
import data.gateway.lib.recognition.params
import data.gateway.lib.recognition.warn

deny := set()

advice contains item if {
	input.data.reid.level != "none"
	level >= warn
	item := {"rule": "AN-03", "code": "recognisable.hint", "params": params}
}

require_acknowledgement contains reason if {
	input.data.reid.level != "none"
	level >= confirm
	level < keep
	exposed == true
	reason := {"rule": "AN-03", "code": "recognisable.unconfirmed", "params": params}
}

route contains reason if {
	input.data.reid.level != "none"
	level >= keep
	input.destination.known == true
	exposed == true
	reason := {"rule": "AN-03", "code": "recognisable.certain", "params": params}
}
