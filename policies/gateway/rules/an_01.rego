# METADATA
# title: Providers see pseudonyms only
# description: >-
#   A provider need not know who of your company is asking. What a client
#   says of that is replaced by a pseudonym that differs from provider to provider.
#   Where that cannot be done, because the client signed the body, nothing is sent.
# custom:
#   id: AN-01
#   pack: anonymity
#   severity: high
#   loosening: configuration
#   concerns: [anonymity]
#   sentences: [S11, S13, S14]
#   why: "Providers ask for an opaque identifier and no name or e-mail address (OpenAI safety_identifier, Anthropic metadata.user_id), and a pseudonym is what protects the person who asks (GDPR Art. 25(1))."
#   references: ["GDPR Art. 4(5), 25(1), 32(1)(a)", "OpenAI API: safety_identifier", "Anthropic Messages API: metadata.user_id", "Alderding: S11, S13, S14"]
#   standards: ["OWASP LLM02:2026", "OWASP LLM02:2025", "NIST AI RMF Manage", "NIST AI 600-1 data privacy", "ISO/IEC 42001 A.9", "ISO/IEC 27001 A.8.11"]
#   needs: [request.identifying, request.rewritable]
#   reasons:
#     identifier.fixed:
#       kind: deny
#       text:
#         en: "The request says who is asking ({names}), and its body is signed, so that cannot be replaced by a pseudonym."
#         de: "Die Anfrage nennt, wer fragt ({names}), und ihr Inhalt ist signiert; ein Pseudonym kann nicht eingesetzt werden."
#         fr: "La requête indique qui demande ({names}) et son corps est signé : un pseudonyme ne peut pas y être mis."
#         nl: "Het verzoek zegt wie vraagt ({names}) en is ondertekend, dus er kan geen pseudoniem in worden gezet."
#       remedy:
#         en: "Leave these fields out, or send the request unsigned."
#         de: "Lassen Sie diese Felder weg oder senden Sie die Anfrage ohne Signatur."
#         fr: "Retirez ces champs, ou envoyez la requête sans signature."
#         nl: "Laat deze velden weg, of stuur het verzoek zonder handtekening."
package gateway.rules.an_01

deny contains reason if {
	count(input.request.identifying) > 0
	input.request.rewritable == false
	names := sort(input.request.identifying)
	reason := {"rule": "AN-01", "code": "identifier.fixed", "params": {"names": names}}
}

obligations contains obligation if {
	count(input.request.identifying) > 0
	names := sort(input.request.identifying)
	obligation := {"id": "AN-01/replace_identifiers", "type": "replace_identifiers", "params": {"names": names}}
}
