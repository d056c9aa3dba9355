# METADATA
# title: Other people's data stays out of answers
# description: >-
#   What identifies somebody in a model's own words was not supplied by the person
#   who asks: their own values are known, and come back. Account and card numbers
#   and national numbers of others are taken out of the answer, and what else a
#   tenant lists.
# custom:
#   id: IP-06
#   pack: input-privacy
#   severity: high
#   loosening: configuration
#   concerns: [input, anonymity]
#   sentences: [S9, S10, S11]
#   why: "Models repeat what they were trained on or shown (OWASP LLM02:2026); who asks has no ground to process a stranger's number (GDPR Art. 5(1)(b), 6)."
#   references: ["GDPR Art. 5(1)(b), 5(1)(c), 6, 25(1)", "Alderding: S9, S10, S11"]
#   standards: ["OWASP LLM02:2026", "OWASP LLM02:2025", "NIST AI RMF Manage", "NIST AI 600-1 data privacy", "ISO/IEC 42001 A.9", "ISO/IEC 27001 A.8.11"]
#   needs: [output.findings]
#   parameters:
#     ip_06_others: {default: [CREDIT_CARD, FR_NIR, IBAN_CODE, UK_NINO, US_SSN], tighten: more, meaning: "Types of values that are taken out of an answer, unless the caller supplied the value."}
#   reasons: {}
package gateway.output_rules.ip_06

deny := set()

obligations contains obligation if {
	listed := {kind | is_array(input.parameters.ip_06_others); some kind in input.parameters.ip_06_others}
	found := {finding.type | some finding in input.output.findings}
	count(found & listed) > 0
	types := sort(found & listed)
	obligation := {"id": "IP-06/redact", "type": "redact", "params": {"types": types}}
}
