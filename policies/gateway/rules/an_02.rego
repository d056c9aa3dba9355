# METADATA
# title: Attachments leave without their side channels
# description: >-
#   A photo tells where it was taken and a document who wrote it. Such data are
#   taken off attachments. From confidential on, an attachment that cannot be read
#   or cleaned is not sent; below that, the sender is told.
# custom:
#   id: AN-02
#   pack: anonymity
#   severity: high
#   loosening: configuration
#   concerns: [anonymity, input]
#   sentences: [S12, S15]
#   why: "Place, device, author and earlier versions travel unseen in files and tell who is behind them, whatever the text says (WP29 Opinion 05/2014; GDPR Art. 5(1)(c))."
#   references: ["GDPR Art. 5(1)(c), 25, 32", "WP29 Opinion 05/2014 on anonymisation techniques", "Alderding: S12, S15"]
#   standards: ["OWASP LLM02:2026", "OWASP LLM02:2025", "NIST AI RMF Manage", "NIST AI 600-1 data privacy", "ISO/IEC 42001 A.9"]
#   needs: [data.class, request.attachments]
#   parameters:
#     an_02_from: {default: confidential, choices: [restricted, confidential, internal, public], meaning: "From which data class on an attachment that cannot be read or cleaned is refused."}
#   reasons:
#     attachment.unreadable:
#       kind: deny
#       text:
#         en: "An attachment ({kinds}) cannot be opened and checked, and this content is {class}."
#         de: "Ein Anhang ({kinds}) lässt sich nicht öffnen und prüfen, und dieser Inhalt ist {class}."
#         fr: "Une pièce jointe ({kinds}) ne peut pas être ouverte et contrôlée, et ce contenu est {class}."
#         nl: "Een bijlage ({kinds}) kan niet worden geopend en gecontroleerd, en deze inhoud is {class}."
#       remedy:
#         en: "Send it without password and in a common format, or put the text into the request."
#         de: "Senden Sie sie ohne Kennwort und in einem gängigen Format, oder schreiben Sie den Text in die Anfrage."
#         fr: "Envoyez-la sans mot de passe et dans un format courant, ou mettez le texte dans la requête."
#         nl: "Stuur haar zonder wachtwoord en in een gangbaar formaat, of zet de tekst in het verzoek."
#     attachment.uncleaned:
#       kind: deny
#       text:
#         en: "Hidden data, such as author or place, cannot be taken off an attachment ({kinds}), and this content is {class}."
#         de: "Verborgene Angaben wie Verfasser oder Ort lassen sich aus einem Anhang ({kinds}) nicht entfernen, und dieser Inhalt ist {class}."
#         fr: "Les données cachées, comme l'auteur ou le lieu, ne peuvent pas être retirées d'une pièce jointe ({kinds}), et ce contenu est {class}."
#         nl: "Verborgen gegevens, zoals auteur of plaats, kunnen niet uit een bijlage ({kinds}) worden gehaald, en deze inhoud is {class}."
#       remedy:
#         en: "Save it in a common format, such as PDF, PNG or plain text, and send that."
#         de: "Speichern Sie sie in einem gängigen Format wie PDF, PNG oder reinem Text und senden Sie dieses."
#         fr: "Enregistrez-la dans un format courant, comme PDF, PNG ou texte brut, et envoyez celui-ci."
#         nl: "Sla haar op in een gangbaar formaat, zoals PDF, PNG of platte tekst, en stuur dat."
#     attachment.metadata:
#       kind: warn
#       text:
#         en: "An attachment ({kinds}) leaves with its hidden data, such as author or place."
#         de: "Ein Anhang ({kinds}) geht mit seinen verborgenen Angaben hinaus, etwa Verfasser oder Ort."
#         fr: "Une pièce jointe ({kinds}) part avec ses données cachées, comme l'auteur ou le lieu."
#         nl: "Een bijlage ({kinds}) vertrekt met haar verborgen gegevens, zoals auteur of plaats."
#       remedy:
#         en: "Save it in a common format, such as PDF, PNG or plain text, so that they can be taken off."
#         de: "Speichern Sie ihn in einem gängigen Format wie PDF, PNG oder reinem Text, damit sie entfernt werden können."
#         fr: "Enregistrez-la dans un format courant, comme PDF, PNG ou texte brut, pour qu'elles puissent être retirées."
#         nl: "Sla haar op in een gangbaar formaat, zoals PDF, PNG of platte tekst, zodat ze eraf kunnen."
package gateway.rules.an_02

import data.gateway.lib.files.cleaned
import data.gateway.lib.files.free
import data.gateway.lib.files.uncleaned
import data.gateway.lib.files.unreadable

deny contains reason if {
	count(input.request.attachments) > 0
	free == false
	kinds := sort(unreadable)
	count(kinds) > 0
	reason := {"rule": "AN-02", "code": "attachment.unreadable", "params": {"kinds": kinds, "class": input.data.class}}
}

deny contains reason if {
	count(input.request.attachments) > 0
	free == false
	kinds := sort(uncleaned)
	count(kinds) > 0
	reason := {"rule": "AN-02", "code": "attachment.uncleaned", "params": {"kinds": kinds, "class": input.data.class}}
}

obligations contains obligation if {
	count(input.request.attachments) > 0
	kinds := sort(cleaned)
	count(kinds) > 0
	obligation := {"id": "AN-02/strip_metadata", "type": "strip_metadata", "params": {"kinds": kinds}}
}

advice contains item if {
	count(input.request.attachments) > 0
	kinds := sort(unreadable | uncleaned)
	count(kinds) > 0
	item := {"rule": "AN-02", "code": "attachment.metadata", "params": {"kinds": kinds}}
}
