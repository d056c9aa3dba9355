package gateway.rules.ip_05_test

import data.gateway.lib.example
import data.gateway.rules.ip_05

denied(question) := found if {
	reasons := ip_05.deny with input as question
	found := {reason.code | some reason in reasons}
}

routed(question) := found if {
	reasons := ip_05.route with input as question
	found := {reason.code | some reason in reasons}
}

owed(question) := types if {
	obligations := ip_05.obligations with input as question
	types := {kind | some obligation in obligations; some kind in obligation.params.types}
}

holding(data_seen, more) := object.union(example.changed({"data": data_seen}), more)

health := {"special": ["health"], "findings": [example.saw("SPECIAL_HEALTH", 1)], "special_removable": true}

cleared := {"purpose": {"art9_condition": true}}

zero := {"terms": {"retention_days": 0, "zero_retention": true}}

redacting := {"parameters": {"ip_05_redact": "when_removable"}}

test_ordinary_content_passes if {
	denied(example.request) == set()
	routed(example.request) == set()
	owed(example.request) == set()
}

test_protected_data_without_a_condition_are_denied if {
	denied(holding(health, {})) == {"special_category.no_condition"}
	denied(holding({"criminal": true}, {})) == {"special_category.criminal"}
	denied(holding({"criminal": true, "special": ["belief"]}, {})) == {"special_category.criminal", "special_category.no_condition"}
}

test_zero_retention_is_no_condition if {
	denied(holding(health, zero)) == {"special_category.no_condition"}
}

test_the_condition_of_a_purpose_nobody_knows_does_not_count if {
	denied(holding(health, {"purpose": {"art9_condition": true, "known": false}})) == {"special_category.no_condition"}
}

test_with_a_condition_it_goes_where_nothing_is_kept if {
	every seen in [health, {"criminal": true}] {
		passing := holding(seen, object.union(cleared, zero))
		denied(passing) == set()
		routed(passing) == set()
		routed(holding(seen, cleared)) == {"special_category.retention"}
	}
}

test_both_halves_of_zero_retention_count if {
	every terms in [{"retention_days": 0}, {"zero_retention": true}] {
		routed(holding(health, object.union(cleared, {"terms": terms}))) == {"special_category.retention"}
	}
}

test_an_unknown_model_is_for_another_rule if {
	routed(holding(health, object.union(cleared, {"destination": {"known": false}}))) == set()
}

test_it_is_taken_out_where_the_tenant_wants_it if {
	question := holding(health, redacting)
	denied(question) == set()
	owed(question) == {"SPECIAL_HEALTH"}
	criminal := {"criminal": true, "special_removable": true, "findings": [example.saw("SPECIAL_CRIMINAL", 1)]}
	owed(holding(criminal, redacting)) == {"SPECIAL_CRIMINAL"}
	denied(holding(criminal, redacting)) == set()
}

test_it_is_not_taken_out_unless_the_tenant_wants_it if {
	owed(holding(health, {})) == set()
}

test_it_is_not_taken_out_where_the_purpose_may_hold_it if {
	owed(holding(health, object.union(cleared, redacting))) == set()
}

test_what_cannot_be_taken_out_is_denied if {
	every change in [
		{"special_removable": false},
		{"special": ["health", "union"]},
		{"special": ["health", "a_new_matter"]},
		{"findings": []},
		{"criminal": true},
	] {
		question := holding(object.union(health, change), redacting)
		count(denied(question)) > 0
		owed(question) == set()
	}
}

test_what_it_is_is_not_told if {
	reasons := ip_05.deny with input as holding(health, {})
	every reason in reasons {
		reason.params == {}
	}
}
