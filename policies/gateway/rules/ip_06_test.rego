package gateway.rules.ip_06_test

import data.gateway.lib.example
import data.gateway.rules.ip_06

codes(question) := found if {
	reasons := ip_06.deny with input as question
	found := {reason.code | some reason in reasons}
}

holding(findings) := example.changed({"data": {"findings": findings}})

test_a_text_without_people_owes_nothing if {
	count(ip_06.obligations) == 0 with input as example.request
}

test_direct_identifiers_leave_as_placeholders if {
	question := holding([example.saw("EMAIL_ADDRESS", 2), example.saw("IBAN_CODE", 1)])
	owed := ip_06.obligations with input as question
	owed == {{
		"id": "IP-06/pseudonymise",
		"type": "pseudonymise",
		"params": {"types": ["EMAIL_ADDRESS", "IBAN_CODE"]},
	}}
	codes(question) == set()
}

test_a_date_is_not_a_direct_identifier if {
	count(ip_06.obligations) == 0 with input as holding([example.saw("DATE_TIME", 1)])
}

test_what_could_not_be_inspected_is_denied if {
	codes(holding([example.saw("detector.failed", 1)])) == {"inspection.failed"}
}

test_an_image_with_harmless_words_passes if {
	codes(example.changed({"data": {"unscanned": [{"kind": "image", "count": 1}]}})) == set()
}

test_an_image_beside_confidential_words_is_denied if {
	every class in ["confidential", "restricted"] {
		seen := {"class": class, "unscanned": [{"kind": "image", "count": 1}]}
		codes(example.changed({"data": seen})) == {"content.unscanned"}
	}
}

test_the_kinds_are_told if {
	seen := {"class": "confidential", "unscanned": [{"kind": "audio", "count": 1}, {"kind": "image", "count": 2}]}
	reasons := ip_06.deny with input as example.changed({"data": seen})
	some reason in reasons
	reason.params == {"kinds": "audio, image", "class": "confidential"}
}
