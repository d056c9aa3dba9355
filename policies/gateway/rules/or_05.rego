# METADATA
# title: No third party's work in, no third party's style out
# description: >-
#   Every contract makes the customer answer for the rights to what is sent in.
#   Works of others need the person's own word; named artists, brands and
#   characters need a second person. An attachment that is to be published needs
#   known rights.
# custom:
#   id: OR-05
#   pack: output-rights
#   severity: medium
#   loosening: configuration
#   concerns: [rights]
#   sentences: [S16, S17, S18, S19]
#   why: "The customer warrants the rights to the input, Mistral forbids the style of protected content, and trademark use is outside every indemnity read (provider terms)."
#   references: ["OpenAI Services Agreement: customer content", "Mistral Commercial Terms: style of third-party protected content", "Anthropic Commercial Terms: indemnification exclusions", "Directive 2001/29/EC Art. 2, 3", "Alderding: S17"]
#   standards: ["NIST AI RMF Map", "NIST AI 600-1 intellectual property", "ISO/IEC 42001 A.9"]
#   needs: [signals.third_party_works, request.attachments, purpose.publication]
#   reasons:
#     rights.named_work:
#       kind: require_approval
#       text:
#         en: "You ask for the style, brand or character of somebody else ({kinds}). That takes a colleague's approval."
#         de: "Sie verlangen den Stil, die Marke oder die Figur eines Dritten ({kinds}). Das braucht eine Freigabe."
#         fr: "Vous demandez le style, la marque ou le personnage d'un tiers ({kinds}). Il faut l'accord d'un collègue."
#         nl: "U vraagt om de stijl, het merk of het personage van een ander ({kinds}). Daarvoor is goedkeuring van een collega nodig."
#       remedy:
#         en: "Describe what you want without naming them, or ask a colleague who may approve, at {public_url}/approvals."
#         de: "Beschreiben Sie Ihren Wunsch ohne den Namen, oder bitten Sie um Freigabe: {public_url}/approvals."
#         fr: "Décrivez ce que vous voulez sans nommer personne, ou demandez un accord sur {public_url}/approvals."
#         nl: "Beschrijf wat u wilt zonder namen te noemen, of vraag een collega om goedkeuring op {public_url}/approvals."
#     rights.third_party_work:
#       kind: require_acknowledgement
#       text:
#         en: "Your request draws on somebody else's work ({kinds}). Please confirm that you may use it."
#         de: "Ihre Anfrage greift auf ein fremdes Werk zurück ({kinds}). Bitte bestätigen Sie, dass Sie es nutzen dürfen."
#         fr: "Votre demande s'appuie sur l'œuvre d'un tiers ({kinds}). Veuillez confirmer que vous pouvez l'utiliser."
#         nl: "Uw verzoek steunt op het werk van een ander ({kinds}). Bevestig dat u het mag gebruiken."
#       remedy:
#         en: "Confirm at {public_url}/confirmations, or POST {\"code\": \"rights.third_party_work\"} to {public_url}/v1/confirmations."
#         de: "Bestätigen Sie es unter {public_url}/confirmations, oder senden Sie POST {\"code\": \"rights.third_party_work\"} an {public_url}/v1/confirmations."
#         fr: "Confirmez sur {public_url}/confirmations, ou envoyez POST {\"code\": \"rights.third_party_work\"} à {public_url}/v1/confirmations."
#         nl: "Bevestig op {public_url}/confirmations, of stuur POST {\"code\": \"rights.third_party_work\"} naar {public_url}/v1/confirmations."
#     rights.attachment:
#       kind: require_acknowledgement
#       text:
#         en: "You mean to pass on what is made from an attachment, and nobody has said who holds the rights to it."
#         de: "Sie möchten weitergeben, was aus einem Anhang entsteht, und es ist nicht angegeben, wem die Rechte daran gehören."
#         fr: "Vous souhaitez diffuser ce qui sera tiré d'une pièce jointe dont les droits ne sont pas indiqués."
#         nl: "U wilt doorgeven wat uit een bijlage ontstaat, en er is niet vermeld wie de rechten erop heeft."
#       remedy:
#         en: "State the rights of the attachment, or confirm that you may use it at {public_url}/confirmations (POST {\"code\": \"rights.attachment\"} to {public_url}/v1/confirmations)."
#         de: "Geben Sie die Rechte am Anhang an, oder bestätigen Sie unter {public_url}/confirmations, dass Sie ihn nutzen dürfen (POST {\"code\": \"rights.attachment\"} an {public_url}/v1/confirmations)."
#         fr: "Indiquez les droits sur la pièce jointe, ou confirmez sur {public_url}/confirmations que vous pouvez l'utiliser (POST {\"code\": \"rights.attachment\"} à {public_url}/v1/confirmations)."
#         nl: "Vermeld de rechten op de bijlage, of bevestig op {public_url}/confirmations dat u die mag gebruiken (POST {\"code\": \"rights.attachment\"} naar {public_url}/v1/confirmations)."
package gateway.rules.or_05

deny := set()

# A kind that is not known to need less takes a second person.
require_approval contains reason if {
	named := {work | some work in input.signals.third_party_works} - {"studio_style", "verbatim_work"}
	count(named) > 0
	kinds := sort(named)
	reason := {"rule": "OR-05", "code": "rights.named_work", "params": {"kinds": kinds}}
}

# For these the person's own word is enough.
require_acknowledgement contains reason if {
	others := {work | some work in input.signals.third_party_works} & {"studio_style", "verbatim_work"}
	count(others) > 0
	kinds := sort(others)
	reason := {"rule": "OR-05", "code": "rights.third_party_work", "params": {"kinds": kinds}}
}

require_acknowledgement contains reason if {
	input.purpose.publication != "none"
	rights := {attachment.rights | some attachment in input.request.attachments}
	count(rights - {"licensed", "own"}) > 0
	reason := {"rule": "OR-05", "code": "rights.attachment", "params": {}}
}
