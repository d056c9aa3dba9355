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

owed(question) := types if {
	obligations := ip_06.obligations with input as question
	types := [obligation.params.types | some obligation in obligations]
}

every_kind := [example.saw(kind, 1) |
	some kind in [
		"ADDRESS",
		"BIRTH_DATE",
		"DATE_TIME",
		"EMAIL_ADDRESS",
		"LOCATION",
		"ORGANIZATION",
		"PERSON",
		"REFERENCE_NUMBER",
	]
]

test_dates_and_places_stay_unless_a_tenant_wants_otherwise if {
	owed(holding(every_kind)) == [["ADDRESS", "BIRTH_DATE", "EMAIL_ADDRESS", "PERSON", "REFERENCE_NUMBER"]]
	owed(holding([example.saw("DATE_TIME", 1), example.saw("LOCATION", 1)])) == []
}

test_a_tenant_says_which_are_replaced if {
	chosen := {"parameters": {"ip_06_types": ["LOCATION", "ORGANIZATION", "PERSON"]}}
	owed(object.union(holding(every_kind), chosen)) == [["EMAIL_ADDRESS", "LOCATION", "ORGANIZATION", "PERSON"]]
}

test_direct_identifiers_are_not_the_tenants_to_leave if {
	owed(object.union(holding(every_kind), {"parameters": {"ip_06_types": []}})) == [["EMAIL_ADDRESS"]]
}

test_a_kind_nobody_has_listed_is_replaced if {
	owed(holding([example.saw("CUSTOMER_CODE", 1)])) == [["CUSTOMER_CODE"]]
}

test_what_other_rules_answer_for_is_not_replaced if {
	owed(holding([example.saw("SECRET", 1), example.saw("SPECIAL_HEALTH", 1), example.saw("detector.failed", 1)])) == []
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

test_a_way_that_is_usual_is_not_said if {
	ip_06.chosen_ways == {} with input as holding([example.saw("EMAIL_ADDRESS", 1)])
}

test_a_way_that_a_tenant_wants_is_said if {
	seen := {"data": {"findings": [example.saw("EMAIL_ADDRESS", 1)]}, "parameters": {"ip_06_style": "surrogate"}}
	owing := ip_06.obligations with input as example.changed(seen)
	some obligation in owing
	obligation.params == {"types": ["EMAIL_ADDRESS"], "style": "surrogate"}
}
