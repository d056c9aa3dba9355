package gateway.rules.ip_01_test

import data.gateway.lib.example
import data.gateway.rules.ip_01

codes(question) := found if {
	reasons := ip_01.deny with input as question
	found := {reason.code | some reason in reasons}
}

test_confirmed_terms_pass if codes(example.request) == set()

test_a_fact_nobody_confirmed_is_denied if {
	codes(example.changed({"terms": {"unknown_facts": ["retention"]}})) == {"terms.unknown"}
}

test_the_facts_and_the_tier_are_told if {
	reasons := ip_01.deny with input as example.changed({"terms": {"unknown_facts": ["retention", "human_review"]}})
	some reason in reasons
	reason.params == {"tier": "openai/api-default", "facts": "retention, human_review"}
}

test_an_unknown_tier_is_denied if {
	codes(example.changed({"terms": {"known": false}})) == {"terms.unknown"}
}

test_synthetic_terms_are_denied_outside_the_demonstration if {
	codes(example.changed({"terms": {"demo": true}})) == {"terms.demo_only"}
}

test_synthetic_terms_pass_in_the_demonstration if {
	codes(example.changed({"terms": {"demo": true}, "tenant": {"demo": true}})) == set()
}

test_a_demo_tenant_still_needs_confirmed_terms if {
	codes(example.changed({"terms": {"unknown_facts": ["retention"]}, "tenant": {"demo": true}})) == {"terms.unknown"}
}
