# METADATA
# title: Specially protected data need a recorded condition
# description: >-
#   Health, belief, politics, union membership, origin, sex life, genes and
#   biometrics, and criminal matters, are sent only for a purpose that has a
#   condition of Article 9(2) or 10 on record, and only to a tier that keeps
#   nothing. A tenant may have them taken out instead, where that can be done.
# custom:
#   id: IP-05
#   pack: input-privacy
#   severity: critical
#   loosening: configuration
#   concerns: [input, ethics]
#   sentences: [S10, S23, S27]
#   why: "Processing of special categories is forbidden without a condition (GDPR Art. 9(1) and (2)), and of criminal matters without law that allows it (Art. 10); OpenAI's data processing addendum expects no sensitive data."
#   references: ["GDPR Art. 9(1), 9(2), 10, 32", "OpenAI Data Processing Addendum", "Alderding: S10"]
#   standards: ["OWASP LLM02:2026", "OWASP LLM02:2025", "NIST AI RMF Manage", "NIST AI 600-1 data privacy", "ISO/IEC 42001 A.9"]
#   needs: [data.criminal, data.findings, data.special, data.special_removable, destination.known, destination.tier, purpose.art9_condition, purpose.known, terms.retention_days, terms.zero_retention]
#   parameters:
#     ip_05_redact: {default: never, choices: [when_removable, never], meaning: "Whether specially protected words are taken out and the rest is sent, where the purpose has no condition and taking them out removes the matter."}
#   reasons:
#     special_category.no_condition:
#       kind: deny
#       text:
#         en: "The text holds specially protected data, such as health, belief or origin, and your purpose has no condition on record that allows it."
#         de: "Der Text enthält besonders geschützte Daten, etwa zu Gesundheit, Religion oder Herkunft, und für Ihren Zweck ist keine Ausnahme hinterlegt, die das erlaubt."
#         fr: "Le texte contient des données particulièrement protégées, comme la santé, les convictions ou l'origine, et votre finalité n'a pas de condition enregistrée qui le permette."
#         nl: "De tekst bevat bijzondere persoonsgegevens, zoals gezondheid, geloof of afkomst, en voor uw doel is geen uitzondering vastgelegd die dit toestaat."
#       remedy:
#         en: "Take it out, or choose a purpose that your privacy officer has cleared for such data."
#         de: "Entfernen Sie sie oder wählen Sie einen Zweck, den Ihr Datenschutz für solche Daten freigegeben hat."
#         fr: "Retirez-les, ou choisissez une finalité que votre délégué à la protection des données a autorisée pour de telles données."
#         nl: "Haal ze weg, of kies een doel dat uw privacyfunctionaris voor zulke gegevens heeft vrijgegeven."
#     special_category.criminal:
#       kind: deny
#       text:
#         en: "The text is about convictions or offences, and your purpose has no legal ground on record that allows it."
#         de: "Der Text handelt von Verurteilungen oder Straftaten, und für Ihren Zweck ist keine Rechtsgrundlage hinterlegt, die das erlaubt."
#         fr: "Le texte porte sur des condamnations ou des infractions, et votre finalité n'a pas de base légale enregistrée qui le permette."
#         nl: "De tekst gaat over veroordelingen of strafbare feiten, en voor uw doel is geen wettelijke grond vastgelegd die dit toestaat."
#       remedy:
#         en: "Take it out, or choose a purpose that your privacy officer has cleared for such data."
#         de: "Entfernen Sie dies oder wählen Sie einen Zweck, den Ihr Datenschutz für solche Daten freigegeben hat."
#         fr: "Retirez-le, ou choisissez une finalité que votre délégué à la protection des données a autorisée pour de telles données."
#         nl: "Haal dit weg, of kies een doel dat uw privacyfunctionaris voor zulke gegevens heeft vrijgegeven."
#     special_category.retention:
#       kind: route
#       text:
#         en: "The text holds specially protected data, and {tier} may keep it."
#         de: "Der Text enthält besonders geschützte Daten, und {tier} darf sie aufbewahren."
#         fr: "Le texte contient des données particulièrement protégées, et {tier} peut les conserver."
#         nl: "De tekst bevat bijzondere persoonsgegevens, en {tier} mag ze bewaren."
#       remedy:
#         en: "Choose a model with zero retention, or one that your company runs itself."
#         de: "Wählen Sie ein Modell ohne Aufbewahrung oder eines, das Ihr Unternehmen selbst betreibt."
#         fr: "Choisissez un modèle sans conservation ou exploité par votre entreprise."
#         nl: "Kies een model zonder bewaring, of een dat uw organisatie zelf beheert."
package gateway.rules.ip_05

import data.gateway.lib.special.conditioned
import data.gateway.lib.special.forgotten
import data.gateway.lib.special.present
import data.gateway.lib.special.removed
import data.gateway.lib.special.types

deny contains reason if {
	count(input.data.special) > 0
	conditioned == false
	removed == false
	reason := {"rule": "IP-05", "code": "special_category.no_condition", "params": {}}
}

deny contains reason if {
	input.data.criminal == true
	conditioned == false
	removed == false
	reason := {"rule": "IP-05", "code": "special_category.criminal", "params": {}}
}

route contains reason if {
	present == true
	input.destination.known == true
	conditioned == true
	forgotten == false
	reason := {"rule": "IP-05", "code": "special_category.retention", "params": {"tier": input.destination.tier}}
}

obligations contains obligation if {
	present == true
	removed == true
	taken := sort(types)
	obligation := {"id": "IP-05/redact", "type": "redact", "params": {"types": taken}}
}
